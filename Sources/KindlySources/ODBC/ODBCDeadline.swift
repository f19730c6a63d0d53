#if ODBC
  import CODBC
  import Dispatch
  import Synchronization

  /// Cancels a connection's statement from another thread when it takes too long (SQLCancel).
  ///
  /// Not every driver has its own deadline, and a deadline on the server does not help if the cable is cut.
  final class ODBCDeadline: Sendable {
    private struct State {
      /// The handle of the statement that runs, as a number; nil where none does.
      var statement: UInt?
      var since = Stopwatch()
      var limit = Duration.zero
      var wasCancelled = false
      /// Whether a look at the clock is on its way; there is one at most.
      var isChecking = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "kindly.odbc.deadline")

    /// A cancellation without effect is repeated; it may have come before the statement had begun.
    private static let pause = Duration.seconds(1)

    func begin(_ statement: SQLHSTMT, limit: Duration) {
      let starts = state.withLock { state in
        state.statement = UInt(bitPattern: statement)
        state.since = Stopwatch()
        state.limit = limit
        state.wasCancelled = false
        defer { state.isChecking = true }
        return !state.isChecking
      }
      if starts { check(in: limit) }
    }

    /// Ends the watch over a statement before its handle is freed; true where it was cancelled.
    @discardableResult func end(_ statement: SQLHSTMT) -> Bool {
      state.withLock { state in
        // Another may have begun meanwhile.
        guard state.statement == UInt(bitPattern: statement) else { return false }
        state.statement = nil
        return state.wasCancelled
      }
    }

    private func check(in time: Duration) {
      queue.asyncAfter(deadline: Stopwatch.ahead(time)) { self.check() }
    }

    private func check() {
      // Under the lock, so that the handle is not freed meanwhile.
      let left: Duration? = state.withLock { state in
        guard let number = state.statement else {
          state.isChecking = false
          return nil
        }
        let left = state.limit - state.since.elapsed
        if left > .zero { return left }
        state.wasCancelled = true
        // Whatever it answers, it is asked again until the statement ends.
        _ = SQLCancel(UnsafeMutableRawPointer(bitPattern: number))
        return ODBCDeadline.pause
      }
      if let left { check(in: left) }
    }
  }
#endif
