import KindlyCore
import KindlyDaemon

/// Counts the letters that a rule's backfill sends when the daemon first sees it.
struct BackfillForecast {
  let databases: CustomerDatabases
  let rule: Rule
  let watch: Watch
  let backfill: Period

  /// What was counted.
  struct Finding {
    /// Letters, of several steps of a row those of the newest alone.
    var letters = 0
    /// Rows whose moments have passed and are no longer useful.
    var useless = 0
  }

  private var now: Instant { databases.now }

  func find() async throws -> Finding {
    var newest: [RowHash: (due: Instant, legs: Int)] = [:]
    var reached: Set<RowHash> = []
    for step in rule.steps {
      guard let schedule = step.when.schedule else { continue }
      try await eachMoment(of: schedule, step) { row, moment in
        reached.insert(row)
        guard moment.useUntil > now, moment.due > newest[row]?.due ?? .distantPast else { return }
        newest[row] = (moment.due, step.legs.count)
      }
    }
    return Finding(
      letters: newest.values.reduce(0) { $0 + $1.legs }, useless: reached.count - newest.count)
  }

  private func eachMoment(
    of schedule: Schedule, _ step: Step, _ take: (RowHash, Moment) -> Void
  ) async throws {
    let source = try databases.source(of: watch)
    let kind = try await databases.dates(of: watch)[schedule.column]
    let lower = now - backfill.roughly
    var place: CandidatePlace?
    repeat {
      let page = try await source.candidates(
        CandidateQuery(
          watch: watch, schedule: schedule, kind: kind, lower: lower, upper: now,
          conditions: step.conditions, clock: databases.clock, after: place))
      let customers = try await databases.customers(Set(page.candidates.compactMap(\.customer)))
      for candidate in page.candidates {
        guard let entry = candidate.customer.flatMap({ customers[$0] }), entry.holds,
          let anchor = Anchor.reading(candidate.anchor, as: kind)
        else { continue }
        let context = databases.context(of: watch, zone: entry.customer.zone)
        for moment in schedule.moments(
          of: anchor, after: lower, through: now, late: step.late, in: context)
        {
          let extended = Backfill(rule, begun: now)?.extended(
            moment, of: schedule, late: step.late, zone: context.zone)
          take(candidate.key.fingerprint, extended ?? moment)
        }
      }
      place = page.next
    } while place != nil
  }
}

extension RowKey {
  /// 64 bits that stand for the key where millions are counted.
  var fingerprint: RowHash {
    var hash = RowHash()
    hash.combine(.text(text))
    return hash
  }
}
