/// Keeps a long turn of a loop in step with the daemon: it ends early at a shutdown, and the watchdog sees that it goes on.
///
/// A first look at a large table may take longer than the watchdog allows for silence, and than the service manager waits for
/// the end. What a turn that ends early has read is read again at the next start.
enum LongTurn {
  /// Shows that the turn goes on; the loop that runs the turn sets it.
  @TaskLocal static var sign = Sign {}

  /// A type of its own, because optimised code of Swift 6.3 crashes when it sets a task-local value of a function type.
  struct Sign: Sendable {
    let give: @Sendable () -> Void
  }

  /// To be called between two parts of a turn.
  ///
  /// - Throws: `CancellationError` when the loop is to end.
  static func goOn() throws {
    try Task.checkCancellation()
    sign.give()
  }
}
