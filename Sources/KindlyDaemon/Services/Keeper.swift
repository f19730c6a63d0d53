import KindlyConfig
package import KindlyCore
package import Logging

/// Keeps the ledger small and sound, and what `kindly status` shows up to date.
package actor Keeper {
  private let current: CurrentGeneration
  private let ledger: any KeepingLedger & ReadingLedger & FuseLedger
  private let health: Health
  private let breakers: BreakerBoard
  private let clocks: ClockBoard
  private let log: Logger
  private let access = AccessReview()
  private var nextPurge = Instant.distantPast
  private var nextTidy = Instant.distantPast
  private var silences = SilenceWatch()
  private var nextSilence = Instant.distantPast
  private var isHeld = false
  private var lastTurn = Instant.distantPast
  private var reviewed: [AccessFinding] = []
  /// The problems in the ledger; nil until this process has written them.
  private var kept: Set<Problem>?

  package static let purgeInterval = Duration.hours(1)
  package static let tidyInterval = Duration.minutes(10)
  package static let silenceInterval = Duration.minutes(10)
  /// How long nothing is removed after the clock was doubted.
  package static let purgeDelay = Duration.days(1)

  package init(
    current: CurrentGeneration, ledger: any KeepingLedger & ReadingLedger & FuseLedger,
    health: Health, breakers: BreakerBoard,
    clocks: ClockBoard, log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.breakers = breakers
    self.clocks = clocks
    self.log = log
  }

  package struct Summary: Sendable {
    package var purged = PurgeSummary()
  }

  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    let hold = clocks.hold()
    if hold == nil, now >= nextSilence {
      silences = try await silences.looking(at: current.value, ledger, now: now, log)
      nextSilence = now + Keeper.silenceInterval
    }
    let blown = try await ledger.fuses(now: now).all.filter { $0.state == .blown }
    try await keep(
      health.problems(now: now) + others(hold, now: now) + blown.map(\.problem), now: now)
    guard hold == nil else {
      // By a clock that is years ahead everything would have expired.
      nextTidy = .distantPast
      isHeld = true
      return summary
    }
    if isHeld || now < lastTurn - ClockGuard.slack {
      // What a wrongly accepted clock deletes cannot be restored; a day is enough time to notice.
      (isHeld, nextPurge) = (false, now + Keeper.purgeDelay)
    }
    lastTurn = now
    if now >= nextTidy {
      try await ledger.tidy(now: now)
      nextTidy = now + Keeper.tidyInterval
    }
    if now >= nextPurge {
      summary.purged = try await ledger.purge(now: now, goOn: LongTurn.goOn)
      nextPurge = now + Keeper.purgeInterval
      if summary.purged != PurgeSummary() {
        log.info(
          "purged \(counted(summary.purged.reminders, "expired reminder")), \(counted(summary.purged.changes, "change")) and \(counted(summary.purged.bodies, "text"))"
        )
      }
    }
    return summary
  }

  /// The problems that `Health` does not know.
  private func others(_ hold: ClockHold?, now: Instant) -> [Problem] {
    var problems = reviewAccess()
    if case .disarmed(let breach) = ledger.fence {
      problems.append(Problem(.ledger, .disarmed(breach)))
    }
    if let hold { problems.append(Problem(.clock, .clock(hold))) }
    return problems + breakers.problems(now: now) + calendarGaps(now: now) + silences.problems
  }

  /// Rules whose calendar does not know the days off of a year.
  private func calendarGaps(now: Instant) -> [Problem] {
    let generation = current.value
    let today = generation.zone.date(at: now)
    return generation.orderedRules.flatMap { rule in
      Set(rule.steps.flatMap { $0.gaps(in: today, generation.hours(of: $0)) }).map {
        Problem(.rule(rule.name), .calendar($0))
      }
    }
  }

  /// Configuration files that too many users can write or read; logs changes.
  private func reviewAccess() -> [Problem] {
    guard let configuration = current.value.configuration else { return [] }
    let found = access.findings(of: configuration)
    if found != reviewed {
      for finding in found { log.warning("\(finding.place): \(finding.text)") }
    }
    reviewed = found
    return found.map { Problem(.file("\($0.place)"), .access($0.fault)) }
  }

  /// Writes the problems only if any changed: a write costs a commit.
  private func keep(_ problems: [Problem], now: Instant) async throws {
    let problems = Set(problems)
    guard problems != kept else { return }
    try await ledger.note(Array(problems), now: now)
    kept = problems
  }
}
