import KindlyCore
import Synchronization

/// Counts what hand-overs came to, for one summary line instead of a line each.
final class Tally: Sendable {
  private let counts = Mutex<[AttemptOutcome: Int]>([:])

  func count(_ outcome: AttemptOutcome) {
    counts.withLock { $0[outcome, default: 0] += 1 }
  }

  /// The counts since they were last taken.
  func take() -> [AttemptOutcome: Int] {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
  }
}
