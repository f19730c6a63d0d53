import KindlyCore
import Synchronization

/// Counts what hand-overs came to, for one summary line instead of a line each.
final class Tally: Sendable {
  // By our own word for each outcome.
  private let counts = Mutex<[String: Int]>([:])

  func count(_ outcome: Outcome, rule: String) {
    counts.withLock { $0[outcome.word, default: 0] += 1 }
  }

  /// The counts since they were last taken, by our own word for each outcome.
  func take() -> [String: Int] {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
  }
}
