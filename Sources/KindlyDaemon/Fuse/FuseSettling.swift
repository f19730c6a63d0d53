import KindlyCore
import Logging

/// Decides on the reminders that were checked for a suspect fuse, once no other reminder of their rule is due.
struct FuseSettling {
  let ledger: any FuseLedger
  let log: Logger
  let now: Instant

  /// - Parameter due: The rules that have other reminders due.
  /// - Returns: Whether reminders were released; these are due now.
  func run(besides due: Set<ExactText>) async throws -> Bool {
    var hasReleased = false
    for standing in try await ledger.fuses(now: now).current(at: now)
    where standing.hasChecked && !due.contains(ExactText(standing.rule)) {
      switch try await ledger.settle(standing, now: now) {
      case .released(let count): hasReleased = hasReleased || count > 0
      case .blown(let blown): log.tell(blown)
      }
    }
    return hasReleased
  }

  /// Makes every fuse suspect on the first day after a long stop, so that nothing leaves before everything is counted.
  func suspect(
    _ claimed: [ClaimedReminder], _ rules: [ExactText: Rule], in zone: Zone
  ) async throws -> FuseStandings {
    let standings = try await ledger.fuses(now: now)
    let today = CompanyDay(zone.date(at: now), in: zone)
    guard standings.isCatchUp(today) else { return standings }
    let names = Set(claimed.map { ExactText($0.rule) })
    let fresh = names.filter { standings.standing(ofRule: $0.string, on: today) == nil }
    if fresh.isEmpty { return standings }
    for name in fresh.sorted() {
      try await ledger.keep(
        FuseStanding(
          rule: name.string, day: today, state: .suspect, since: now,
          fuse: Fuse(usual: nil, declared: rules[name]?.fuse, isCatchUp: true), letters: 0),
        now: now)
    }
    return try await ledger.fuses(now: now)
  }
}
