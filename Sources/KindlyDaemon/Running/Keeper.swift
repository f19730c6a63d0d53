import KindlyConfig
package import KindlyCore
package import Logging

/// Keeps the ledger small and sound, and what `kindly status` shows up to date.
package actor Keeper {
  private let current: CurrentGeneration
  private let ledger: any KeepingLedger
  private let health: Health
  private let clocks: ClockBoard
  private let log: Logger
  private let access = AccessReview()
  private var nextPurge = Instant.distantPast
  private var nextTidy = Instant.distantPast
  private var isHeld = false
  private var lastTurn = Instant.distantPast
  // By our own words for them.
  private var facts: [String: String] = [:]

  package static let purgeInterval = Duration.hours(1)
  package static let tidyInterval = Duration.minutes(10)
  /// How long nothing is removed after the clock was doubted.
  package static let purgeDelay = Duration.days(1)

  package init(
    current: CurrentGeneration, ledger: any KeepingLedger, health: Health, clocks: ClockBoard,
    log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.clocks = clocks
    self.log = log
  }

  package struct Summary: Sendable {
    package var purged = PurgeSummary()
  }

  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    let problems = [health.problemText(now: now), health.addressText(now: now)].filter {
      !$0.isEmpty
    }
    try await note("problems", problems.joined(separator: "\n"), now: now)
    let zone = current.value.zone
    try await note("holds", health.holdText(in: zone), now: now)
    try await note("unusable dates", health.unusableDates.joined(separator: "\n"), now: now)
    try await note("remarks", health.remarks.joined(separator: "\n"), now: now)
    try await reviewAccess(now: now)
    try await note("busy", health.busyText(in: zone), now: now)
    try await note("fence", ledger.fence.breachText(in: zone), now: now)
    let hold = clocks.hold()
    try await note("clock", hold.map { "\($0.words(in: zone)); \($0.advice)" } ?? "", now: now)
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
      summary.purged = try await ledger.purge(now: now)
      nextPurge = now + Keeper.purgeInterval
      if summary.purged != PurgeSummary() {
        log.info(
          "purged \(counted(summary.purged.reminders, "expired reminder")), \(counted(summary.purged.changes, "change")) and \(counted(summary.purged.bodies, "text"))"
        )
      }
    }
    return summary
  }

  /// Records configuration files that too many users can write or read, and logs changes.
  private func reviewAccess(now: Instant) async throws {
    guard let configuration = current.value.configuration else { return }
    let problems = access.problems(of: configuration).map { "\($0.place): \($0.text)" }
    let text = problems.joined(separator: "\n")
    if text != facts["access"] {
      for problem in problems { log.warning("\(problem)") }
    }
    try await note("access", text, now: now)
  }

  /// Keeps a fact where it changed: a write costs a commit.
  private func note(_ name: String, _ text: String, now: Instant) async throws {
    guard facts[name] != text else { return }
    try await ledger.note(name, text: text, now: now)
    facts[name] = text
  }
}

extension LedgerFence {
  /// Why the ledger is disarmed; empty while it is armed.
  fileprivate func breachText(in zone: Zone) -> String {
    switch self {
    case .armed: ""
    case .disarmed(let breach): breach.text(in: zone)
    }
  }
}

extension Health {
  /// One line a problem, for the ledger's facts.
  func problemText(now: Instant) -> String {
    let sentences = problems.map { subject, problem in subject.sentence(about: problem) }
    return (sentences + rowFaultSentences(now: now)).sortedExactly.joined(separator: "\n")
  }

  /// The first few customers with invalid addresses that hold up reminders, and how many more there are.
  func addressText(now: Instant) -> String {
    let invalid = invalidAddresses(now: now)
    let shown = 3
    var lines = invalid.prefix(shown).map {
      "\($0.description); its reminders wait until the row is corrected"
    }
    if invalid.count > shown {
      lines.append(
        "\(counted(invalid.count - shown, "more invalid address", "more invalid addresses")) of customers; "
          + "see `kindly outbox list --reason 'invalid address'`")
    }
    return lines.joined(separator: "\n")
  }

  func holdText(in zone: Zone) -> String {
    holds.map { "watch \($0.watch): \($0.hold.text), since \(zone.text(of: $0.hold.since))" }
      .joined(separator: "\n")
  }

  func busyText(in zone: Zone) -> String {
    busy.map {
      "channel \($0.key) is behind: more reminders have been due than it can send since \(zone.text(of: $0.value))"
    }
    .sortedExactly.joined(separator: "\n")
  }
}

extension Health.Subject {
  /// The subject as people name it.
  var words: String {
    switch self {
    case .source(let name): "source \(name)"
    case .watch(let name): "watch \(name)"
    case .customers: "customers"
    case .rule(let name), .recheck(let name): "rule \(name)"
    case .step(let rule, Step.only): "rule \(rule)"
    case .step(let rule, let step): "rule \(rule), step \(step)"
    }
  }

  /// What is wrong with it; most problems name their subject themselves.
  func sentence(about problem: SourceProblem) -> String {
    problem.description.hasPrefix(words + ":")
      ? problem.description : "\(words): \(problem.description)"
  }
}
