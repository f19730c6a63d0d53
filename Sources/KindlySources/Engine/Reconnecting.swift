/// The growing wait before a server that did not answer is tried again.
///
/// A restart takes a second or two, so the first waits are short; a server that is down for the night is tried twice a
/// minute.
struct Reconnecting: Sendable {
  private let first: Duration
  private let most: Duration
  private var wait: Duration?
  private var since = Stopwatch()

  static let standardFirst = Duration.seconds(1)
  static let standardMost = Duration.seconds(30)

  init(first: Duration = Reconnecting.standardFirst, most: Duration = Reconnecting.standardMost) {
    self.first = first
    // A longer first wait also raises the maximum.
    self.most = max(first, most)
  }

  /// How long it is still left alone; nil where it may be asked.
  var left: Duration? {
    guard let wait else { return nil }
    let left = wait - since.elapsed
    return left > .zero ? left : nil
  }

  /// Lengthens the wait, after another failure.
  mutating func waitLonger() {
    wait = min(wait.map { $0 * 2 } ?? first, most)
    since = Stopwatch()
  }

  /// Ends the wait, after a success.
  mutating func reset() { wait = nil }
}
