package import KindlyCore
package import Logging

/// Reviews the open tasks: closes those that are done or pointless, and hands the tasks of colleagues who have left to
/// their leads.
package actor TaskReview {
  private let current: CurrentGeneration
  private let ledger: any ActingLedger & ReadingLedger
  private let health: Health
  private let clocks: ClockBoard
  private let log: Logger
  /// The tasks whose customer was missing, and since when; an import may bring the customer back.
  private var missing: [Int64: Instant] = [:]

  package static let interval = Duration.minutes(5)
  /// More open tasks than a company can have colleagues for.
  private static let mostTasks = 100_000
  /// In whose name tasks are changed.
  private static let name = "kindly"

  package init(
    current: CurrentGeneration, ledger: any ActingLedger & ReadingLedger, health: Health,
    clocks: ClockBoard, log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.clocks = clocks
    self.log = log
  }

  package struct Summary: Hashable, Sendable {
    package var closed = 0
    package var given = 0
  }

  /// What one review finds that a person should know.
  private struct Findings {
    /// So many customers are lost at once that it looks like a mistake.
    var lost: Problem.Fact?
    /// Why nobody takes over the tasks of an assignee.
    var absences: [ExactText: RecipientAbsence] = [:]
    var faults: [DoneTasks.Fault] = []

    var problems: [Problem] {
      let absent = absences.sorted { $0.key < $1.key }.map { assignee, absence in
        Problem(.tasks, .noSuccessor(of: assignee, absence))
      }
      let mistake = lost.map { [Problem(.tasks, $0)] } ?? []
      return mistake + absent + DoneTasks.problems(of: faults)
    }
  }

  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    guard clocks.hold() == nil else { return summary }
    let tasks = try await ledger.tasks(
      TaskSelection(includesSleeping: true), now: now, limit: TaskReview.mostTasks)
    missing = missing.filter { id, _ in tasks.contains { $0.id == id } }
    guard !tasks.isEmpty else {
      conclude(Findings())
      return summary
    }
    do {
      var findings = Findings()
      let pointless = try await pointless(tasks, now: now, &findings)
      for start in stride(from: 0, to: tasks.count, by: RowQuestion.mostKeys) {
        let page = Array(tasks[start..<min(start + RowQuestion.mostKeys, tasks.count)])
        try await review(page, pointless, now: now, &summary, &findings)
      }
      conclude(findings)
    } catch let problem as SourceProblem {
      if health.recordFailure(of: .tasks, problem) {
        log.error(
          "the open tasks cannot be reviewed: \(problem.description); they stay as they are")
      }
    }
    if summary != Summary() {
      log.info("tasks: \(summary.closed) closed, \(summary.given) handed on")
    }
    return summary
  }

  private func review(
    _ tasks: [TaskRecord], _ pointless: [Int64: String], now: Instant,
    _ summary: inout Summary, _ findings: inout Findings
  ) async throws {
    for task in tasks {
      guard let reason = pointless[task.id] else { continue }
      try await act(
        on: task, .done(outcome: TaskAction.closed, kind: nil, note: reason), now: now)
      summary.closed += 1
    }
    let open = tasks.filter { pointless[$0.id] == nil }
    let found = try await DoneTasks(generation: current.value, ledger: ledger, now: now)
      .find(in: open)
    findings.faults += found.faults
    for task in open where found.done.contains(task.id) {
      try await act(
        on: task, .done(outcome: TaskAction.closed, kind: nil, note: "`done if` holds"), now: now)
      summary.closed += 1
    }
    let rest = open.filter { !found.done.contains($0.id) }
    for (task, successor) in try await successors(of: rest, now: now, &findings) {
      try await act(
        on: task,
        .give(to: successor, note: "colleague \(task.assignee) has left"), now: now)
      summary.given += 1
    }
  }

  /// The tasks whose customer is gone or no longer meets `customers: if`, each with the reason.
  ///
  /// Empty while this may be a mistake, because changes of the customers are held or so many customers are lost at once
  /// that a person should look.
  private func pointless(
    _ tasks: [TaskRecord], now: Instant, _ findings: inout Findings
  ) async throws -> [Int64: String] {
    let databases = current.value.databases
    guard let home = databases.home, health.hold(of: home.name) == nil else { return [:] }
    let keys = tasks.map { task in
      task.customer.map { RowKey.typed($0, columns: home.key.count) }
    }
    let entries = try await databases.lookup(now: now).find(Set(keys.compactMap(\.self)))
    var reasons: [Int64: String] = [:]
    for case (let task, let key?) in zip(tasks, keys) {
      guard let entry = entries[key] else {
        let since = missing[task.id] ?? now
        missing[task.id] = since
        if now >= since + Recheck.grace { reasons[task.id] = "customer \(key) is gone" }
        continue
      }
      missing[task.id] = nil
      if entry.fault == nil, !entry.holds {
        reasons[task.id] = "`customers: if` no longer holds for customer \(key)"
      }
    }
    let customers = Set(keys.compactMap(\.self))
    let lost = Set(
      zip(tasks, keys).compactMap { task, key in reasons[task.id] == nil ? nil : key })
    guard LookGuard.objection(known: customers.count, vanished: lost.count, changed: 0) != nil
    else { return reasons }
    findings.lost = .lostCustomers(lost.count, of: customers.count)
    return [:]
  }

  /// The tasks of colleagues who have left, with who represents them.
  private func successors(
    of tasks: [TaskRecord], now: Instant, _ findings: inout Findings
  ) async throws -> [(task: TaskRecord, successor: String)] {
    let databases = current.value.databases
    let teams = Set(texts: databases.teams.map { Team.key(of: $0.name).description })
    let own = tasks.filter { !teams.contains($0.assignee) }
    let answers = try await databases.recipients(now: now).find(
      own.map { task in
        // The assignee is found like any colleague whom a row names.
        RecipientLookup.Request(
          .colleague(column: "assignee"), about: nil, this: ["assignee": .text(task.assignee)])
      }
    ).answers
    var successors: [(task: TaskRecord, successor: String)] = []
    for (task, answer) in zip(own, answers) {
      switch answer.recipient {
      case .success(let person) where person.key.description.isExactly(task.assignee): continue
      case .success(let person): successors.append((task, person.key.description))
      case .failure(.absence(let absence)):
        findings.absences[ExactText(task.assignee)] = absence
      case .failure(.fault): continue
      }
    }
    return successors
  }

  /// Reports what a finished review found, and that an earlier one's failure is over.
  private func conclude(_ findings: Findings) {
    health.record(findings.problems, foundIn: .tasks).tell(log, in: current.value.zone)
    if health.recordRecovery(of: .tasks) {
      log.notice("the review of the open tasks no longer fails")
    }
  }

  private func act(on task: TaskRecord, _ action: TaskAction, now: Instant) async throws {
    do {
      try await ledger.act(
        on: task.id, action, by: TaskReview.name,
        note: ActionNote(uid: nil, user: TaskReview.name), now: now)
    } catch let problem as LedgerProblem where problem.kind == .refused {
      // A colleague acted on the task first.
      return
    }
  }
}
