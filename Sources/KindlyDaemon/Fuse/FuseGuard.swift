import KindlyCore
import Logging

/// Judges the reminders that a plan is about to add, before any of them is planned, so that a flood is held as a whole.
struct FuseGuard {
  let ledger: any FuseLedger
  let zone: Zone
  let log: Logger
  let now: Instant

  /// What a plan is about to add to a rule.
  struct Addition {
    /// By the earliest day on which they can be handed over.
    var letters: [CivilDate: Int] = [:]
    /// The days on which some of them are for a festival or another single day of the calendar.
    var occasions: Set<CivilDate> = []
    /// Whether they have piled up because the source was not read for a long time.
    var isCatchUp = false

    mutating func add(_ count: Int, on date: CivilDate, isOccasion: Bool) {
      guard count > 0 else { return }
      letters[date, default: 0] += count
      if isOccasion { occasions.insert(date) }
    }
  }

  /// How many of a day's reminders would leave under the conditions as they are now; nil if that cannot be told.
  typealias Forecast = (CompanyDay) async throws -> Int?

  /// Blows the fuse of each day that gets too many, or makes it suspect if conditions decide how many leave.
  ///
  /// - Parameter forecast: Asked only for days that may get too many. It counts the additions too, but no reminder that
  ///   was planned before and is due by now.
  func judge(
    _ rule: Rule, _ addition: Addition, forecast: Forecast
  ) async throws {
    if addition.letters.isEmpty { return }
    let standings = try await ledger.fuses(now: now)
    let usual =
      rule.fuse == nil
      ? try await ledger.usualDay(ofRule: rule.name, in: zone, now: now) : nil
    let today = zone.date(at: now)
    for (date, letters) in addition.letters.sorted(by: { $0.key < $1.key }) {
      let day = CompanyDay(date, in: zone)
      if standings.standing(ofRule: rule.name, on: day)?.state == .blown { continue }
      let fuse = Fuse(
        usual: usual, declared: rule.fuse, isOccasion: addition.occasions.contains(date),
        isCatchUp: date == today && addition.isCatchUp || standings.isCatchUp(day))
      let load = try await ledger.load(
        ofRule: rule.name, on: day, limit: max(fuse.most - letters, 0), now: now)
      let most = load.letters + letters
      guard fuse.isBlown(by: most) else { continue }
      let expected = try await forecast(day).map { min(load.departing + $0, most) }
      let isBlown = expected.map(fuse.isBlown) ?? false
      try await keep(
        FuseStanding(
          rule: rule.name, day: day, state: isBlown ? .blown : .suspect, since: now, fuse: fuse,
          letters: isBlown ? expected ?? most : most))
    }
  }

  private func keep(_ standing: FuseStanding) async throws {
    if try await ledger.keep(standing, now: now), standing.state == .blown { log.tell(standing) }
  }
}

extension Logger {
  /// Warns of a fuse that has blown.
  func tell(_ blown: FuseStanding) {
    for sentence in blown.problem.sentences(in: .utc) {
      warning("\(sentence)", metadata: ["rule": "\(blown.rule)"])
    }
  }
}
