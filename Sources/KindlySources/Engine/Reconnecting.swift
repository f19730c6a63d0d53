/// How long a server that did not answer is left alone.
///
/// A restart is over in a second or two, so the first waits are short; a server that is down for the night is asked
/// twice a minute.
struct Reconnecting: Sendable {
  private let first: Duration
  private let most: Duration
  private var wait: Duration?
  private var since = Stopwatch()

  static let standardFirst = Duration.seconds(1)
  static let standardMost = Duration.seconds(30)

  init(first: Duration = Reconnecting.standardFirst, most: Duration = Reconnecting.standardMost) {
    self.first = first
    // Who asks for a longer wait means it.
    self.most = max(first, most)
  }

  /// How long it is still left alone; nil where it may be asked.
  var left: Duration? {
    guard let wait else { return nil }
    let left = wait - since.elapsed
    return left > .zero ? left : nil
  }

  mutating func failed() {
    wait = min(wait.map { $0 * 2 } ?? first, most)
    since = Stopwatch()
  }

  mutating func succeeded() { wait = nil }
}
