package import KindlyCore

/// Finds the days of a forecast on which the fuse of a rule would hold its reminders.
package struct FuseForecast: Sendable {
  private let rule: Rule
  private let zone: Zone
  private let now: Instant
  /// The names of the steps that come on single days of the calendar.
  private let occasionSteps: Set<ExactText>
  /// How many reminders leave, by the day on which they are due.
  private var letters: [CivilDate: Int] = [:]
  private var occasions: Set<CivilDate> = []

  package init(of rule: Rule, in forecast: Forecast) {
    self.rule = rule
    zone = forecast.inquiry.zone
    now = forecast.now
    occasionSteps = Set(
      rule.steps.filter { $0.when.schedule?.isOccasion == true }.map { ExactText($0.name) })
  }

  /// Counts a reminder if it leaves and a fuse counts it; fuses count neither what a person resent nor follow-ups.
  package mutating func add(_ entry: ForecastEntry) {
    guard case .leaves = entry.fate, !FollowUp.isFollowUp(leg: entry.leg) else { return }
    if case .resend = entry.cycle { return }
    let date = CompanyDay.date(ofDue: entry.due, in: zone, now: now)
    letters[date, default: 0] += 1
    if occasionSteps.contains(ExactText(entry.step)) { occasions.insert(date) }
  }

  /// The days that would be held, in order.
  ///
  /// The usual number of today is used for later days too. Days whose fuse is blown or settled are left out.
  package func floods(
    _ ledger: (any ForecastingLedger)?, knownAs name: String
  ) async throws -> [BlownFuse] {
    let least = rule.fuse ?? Fuse.fewest
    let today = zone.date(at: now)
    let candidates = letters.filter { $0.value > least || $0.key == today }
    if candidates.isEmpty { return [] }
    let standings = try await ledger?.fuses(now: now) ?? FuseStandings()
    let usual = try await ledger?.usualDay(ofRule: name, in: zone, now: now)
    var floods: [BlownFuse] = []
    for (date, leaving) in candidates.sorted(by: { $0.key < $1.key }) {
      let day = CompanyDay(date, in: zone)
      switch standings.standing(ofRule: name, on: day)?.state {
      case .blown, .settled: continue
      case .suspect, nil: break
      }
      let fuse = Fuse(
        usual: usual, declared: rule.fuse, isOccasion: occasions.contains(date),
        isCatchUp: standings.isCatchUp(day))
      let load =
        date == today ? try await ledger?.load(ofRule: name, on: day, limit: 0, now: now) : nil
      let gone = load?.gone ?? 0
      guard fuse.isBlown(by: leaving + gone) else { continue }
      floods.append(BlownFuse(day: date.description, letters: leaving + gone, fuse: fuse))
    }
    return floods
  }
}
