import KindlyCore
import Synchronization

/// The watches that did not answer in time and are left alone for a while, because each question about them delays the
/// reminders of all others.
final class SlowWatchBoard: Sendable {
  private let ends = Mutex<[ExactText: Instant]>([:])

  /// A question that fails sooner delays the others too little to matter.
  static let patience = Duration.seconds(1)
  /// How long such a watch is not asked about.
  static let pause = Triage.unreachablePause

  /// When a watch may be asked about again; nil if it may be asked about now.
  func pausedUntil(_ watch: String, now: Instant) -> Instant? {
    guard let end = ends.withLock({ $0[ExactText(watch)] }) else { return nil }
    // A clock that was set back ends a pause, too.
    return now < end && now >= end - SlowWatchBoard.pause ? end : nil
  }

  /// Asks a question about a watch. An answer ends its pause; a failure that took too long begins one.
  ///
  /// A condition that takes too long is its rule's own fault and holds up no other rule of the watch.
  func ask<Answer>(
    about watch: Watch, by clock: any Timekeeper, _ question: () async throws -> Answer
  ) async throws -> Answer {
    let began = clock.now
    do {
      let answer = try await question()
      ends.withLock { $0[ExactText(watch.name)] = nil }
      return answer
    } catch let problem as SourceProblem where problem.kind != .condition {
      let now = clock.now
      if now >= began + SlowWatchBoard.patience {
        ends.withLock { $0[ExactText(watch.name)] = now + SlowWatchBoard.pause }
      }
      throw problem
    }
  }
}
