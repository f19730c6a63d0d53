import KindlyCore
import KindlyDaemon

/// Counts the letters that a rule's backfill sends when the daemon first sees it.
struct BackfillForecast {
  let inquiry: CustomerInquiry
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

  private var now: Instant { inquiry.now }

  func find() async throws -> Finding {
    var newest: [RowHash: (due: Instant, legs: Int)] = [:]
    var reached: Set<RowHash> = []
    for step in rule.steps {
      guard let schedule = step.when.schedule else { continue }
      let search = MomentSearch(
        databases: inquiry.databases, step: step, schedule: schedule, watch: watch,
        source: try inquiry.source(of: watch), backfill: Backfill(rule, begun: now), now: now)
      try await search.pages(
        after: now - backfill.roughly, through: now, asksConditions: true
      ) { page in
        let customers = try await inquiry.customers(
          Set(page.occurrences.compactMap(\.customer)), in: step.segments)
        for occurrence in page.occurrences where occurrence.holds {
          guard
            RowSubject(occurrence.customer, of: watch, among: customers).holds(in: step.segments)
          else { continue }
          let row = occurrence.key.fingerprint
          reached.insert(row)
          guard occurrence.useUntil > now, occurrence.due > newest[row]?.due ?? .distantPast else {
            continue
          }
          newest[row] = (occurrence.due, step.legs.count)
        }
      }
    }
    return Finding(
      letters: newest.values.reduce(0) { $0 + $1.legs }, useless: reached.count - newest.count)
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
