import Foundation
import GRDB
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit

/// A ledger with one activated rule, and the few calls that the tests make again and again.
struct Fixture {
  let home: any LedgerHome
  var ledger: any ContractLedger { home.ledger }
  let configuration: Int64

  static let start = TemporaryLedger.start

  init(
    _ kind: LedgerKind = .sqlite, rules: [String] = ["trial"],
    steps: [String] = ["ending", "ended"]
  ) async throws {
    home = try kind.makeHome()
    configuration = try await home.ledger.archive(
      configuration: "hash", text: "rules: []", now: Fixture.start)
    let activations = rules.map { name in
      RuleActivation(
        name: name, watch: "customers",
        steps: steps.map { StepActivation(name: $0, formerNames: []) })
    }
    _ = try await home.ledger.activate(activations, now: Fixture.start)
  }

  /// The SQLite ledger, for tests of what only this kind has.
  var temporary: TemporaryLedger {
    guard let home = home as? SQLiteHome else { preconditionFailure("this is no SQLite ledger") }
    return home.temporary
  }

  /// The ledger in the one role that reads pauses and suppressed addresses to dispatch.
  var dispatching: any DispatchingLedger { ledger }

  /// Opens the ledger once more, as the next process does.
  func reopen() throws -> any ContractLedger { try home.reopen() }

  func batch(
    _ occurrences: [PlannedOccurrence], rule: String = "trial", step: String = "ending",
    trigger: Trigger = .moment, legs: Int = 1, messageClass: MessageClass = .care,
    minimumGap: Duration? = nil
  ) -> PlanBatch {
    PlanBatch(
      rule: rule, step: step, trigger: trigger, legs: Array(0..<legs), messageClass: messageClass,
      configuration: configuration, place: Place(file: "rules.d/20-trial.yaml", line: 3),
      minimumGap: minimumGap, occurrences: occurrences)
  }

  @discardableResult
  func plan(
    _ occurrences: [PlannedOccurrence], rule: String = "trial", step: String = "ending",
    trigger: Trigger = .moment, legs: Int = 1, messageClass: MessageClass = .care,
    minimumGap: Duration? = nil, now: Instant = Fixture.start
  ) async throws -> PlanSummary {
    let batch = batch(
      occurrences, rule: rule, step: step, trigger: trigger, legs: legs,
      messageClass: messageClass, minimumGap: minimumGap)
    return try await ledger.plan([batch], advancing: [], now: now)
  }

  func claim(at now: Instant = Fixture.start, limit: Int = 500) async throws -> [ClaimedReminder] {
    try await ledger.claim(atMost: limit, now: now)
  }

  /// Claims all that is due and sends it.
  @discardableResult
  func sendAll(at now: Instant = Fixture.start) async throws -> [ClaimedReminder] {
    let claimed = try await claim(at: now)
    try await move(claimed, .sending(channel: "email", routePosition: 0), at: now)
    try await move(claimed, .sent(Fixture.record(.sent(evidence: "250 ok"), at: now)), at: now)
    return claimed
  }

  @discardableResult
  func move(
    _ claimed: [ClaimedReminder], _ move: Transition.Move, at now: Instant = Fixture.start
  ) async throws -> [Int64] {
    try await ledger.submit(
      claimed.map { Transition(reminder: $0.id, lease: $0.lease, move: move) }, now: now)
  }

  static func record(
    _ outcome: Outcome, at now: Instant = start, to recipient: String? = nil
  ) -> AttemptRecord {
    guard
      let record = AttemptRecord(
        channel: "email", began: now, ended: now, outcome: outcome, recipient: recipient)
    else { preconditionFailure("a withdrawn hand-over is no attempt") }
    return record
  }

  /// Every reminder in the order of its making, as `cycle state reason`.
  func states() async throws -> [String] {
    try await all().map { reminder in
      [reminder.cycle.text, reminder.state.word, reminder.reason?.words]
        .compactMap(\.self).joined(separator: " ")
    }
  }

  func all() async throws -> [ReminderSummary] {
    try await ledger.reminders(ReminderSelection(), before: nil, limit: 1_000).reversed()
  }

  func standing(
    of name: String = "trial", formerNames: [String] = [], steps: [StepActivation] = []
  ) async throws -> RuleStanding {
    let activation = RuleActivation(
      name: name, formerNames: formerNames, watch: "customers", steps: steps)
    let standings = try await ledger.activate([activation], now: Fixture.start)
    guard let standing = standings[name] else { throw LedgerProblem(.failed, "no standing") }
    return standing
  }

  /// One value from the ledger's file, read by a connection of its own.
  func value<Value: DatabaseValueConvertible & Sendable>(_ sql: String) throws -> Value? {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: temporary.path, configuration: configuration).read {
      try Value.fetchOne($0, sql: sql)
    }
  }
}

func key(_ number: Int) -> RowKey { RowKey(canonical: "[\"\(number)\"]") }

func occurrence(
  _ row: Int = 1, _ cycle: String = "2026-02-10", due: Instant = Fixture.start,
  use: Duration = .days(3), holds: Bool = false, change: Int64? = nil
) -> PlannedOccurrence {
  PlannedOccurrence(
    key: key(row), cycle: Cycle(stored: cycle), due: due, useUntil: due + use, customer: key(row),
    change: change, holds: holds)
}
