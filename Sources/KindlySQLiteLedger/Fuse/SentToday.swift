import GRDB
import KindlyCore
import Synchronization

/// Counts what each rule has sent on a day, reading each decided reminder of the day once.
final class SentToday: Sendable {
  private struct State {
    var day: CompanyDay?
    /// Everything decided before this instant is in `counts`.
    var through = Instant.distantPast
    var counts: [Int64: Int] = [:]
  }

  private let state = Mutex(State())

  /// A reminder may be committed a little later than the time at which it was decided.
  private static let settling = Duration.minutes(2)

  /// How many reminders of each rule were sent on a day, by the rule's number.
  func counts(on day: CompanyDay, now: Instant, _ db: Database) throws -> [Int64: Int] {
    try state.withLock { state in
      if state.day != day { state = State(day: day, through: day.begins) }
      let through = min(now - SentToday.settling, day.ends)
      if through > state.through {
        let settled = try SentToday.sent(from: state.through, to: through, db)
        state.counts.merge(settled) { $0 + $1 }
        state.through = through
      }
      let recent = try SentToday.sent(from: state.through, to: day.ends, db)
      return state.counts.merging(recent) { $0 + $1 }
    }
  }

  private static func sent(
    from start: Instant, to end: Instant, _ db: Database
  ) throws -> [Int64: Int] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT rule, count(*) AS count FROM reminder INDEXED BY reminder_decided
          WHERE decided_at IS NOT NULL AND decided_at >= ? AND decided_at < ? AND state = \(state: .sent)
          GROUP BY rule
          """), arguments: [start.milliseconds, end.milliseconds])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["rule"], $0["count"]) })
  }
}
