import Foundation
import Glibc
import KindlyCore
import KindlyDaemon

/// A line on standard error that shows the progress of a long verb, if that is a terminal.
///
/// It overwrites itself and is removed when the verb prints its answer.
final class ProgressLine {
  /// Whether standard error is one.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  let isShown: Bool
  private let now: () -> Instant
  private let write: (String) -> Void
  private var done = 0
  private var expected = 0
  private var began: Instant
  private var shown: Instant?

  /// More frequent updates would not be visible.
  private static let interval = Duration.milliseconds(200)
  /// A verb that is over sooner shows nothing.
  private static let patience = Duration.seconds(1)

  init(
    isShown: Bool, now: @escaping () -> Instant = { SystemClock().now },
    write: @escaping (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
  ) {
    self.isShown = isShown
    self.now = now
    self.write = write
    began = now()
  }

  /// Starts the estimate; nothing expected means that nothing is known about the end.
  func begin(expecting rows: Int) {
    expected = rows
    began = now()
  }

  func advance(by rows: Int) {
    done += rows
    guard isShown else { return }
    let time = now()
    guard time - began >= ProgressLine.patience, time - (shown ?? began) >= ProgressLine.interval
    else { return }
    shown = time
    // Back to the start of the line, and what was there is erased (ECMA-48, EL).
    write("\r\u{1B}[K" + text(after: time - began))
  }

  /// Removes the line.
  func clear() {
    guard shown != nil else { return }
    shown = nil
    write("\r\u{1B}[K")
  }

  private func text(after elapsed: Duration) -> String {
    guard expected > 0 else { return "\(done) rows read" }
    // Rows may come in while they are counted.
    let total = max(expected, done)
    let left = elapsed.wholeMilliseconds / 1000 * Int64(total - done) / Int64(max(done, 1))
    return
      "\(done) of \(total) rows read (\(done * 100 / total) %), about \(ProgressLine.span(left)) left"
  }

  private static func span(_ seconds: Int64) -> String {
    seconds < 120 ? "\(seconds) s" : "\((seconds + 30) / 60) min"
  }
}
