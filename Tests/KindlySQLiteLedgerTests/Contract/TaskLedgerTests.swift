import KindlyCore
import Testing

@Suite("Tasks in the ledger")
struct TaskLedgerTests {
  private let start = Fixture.start
  private let note = ActionNote(uid: 1000, user: "li", because: "asked by the team")

  private func delivery(
    _ publicID: String, for assignee: String = "anna", due: Instant = Fixture.start,
    lists: [ShownList] = []
  ) -> TaskDelivery {
    TaskDelivery(
      publicID: publicID, rule: "trial", customer: "42", assignee: assignee, subject: "Call",
      card: "Call them", lists: lists, due: due)
  }

  /// Keeps one task and returns its id.
  private func keep(_ delivery: TaskDelivery, in fixture: Fixture) async throws -> Int64 {
    try await fixture.ledger.keep(delivery, now: start)
    let all = try await fixture.ledger.tasks(
      TaskSelection(includesAll: true), now: start, limit: 99)
    return try #require(all.first { $0.publicID == delivery.publicID }).id
  }

  private func names(
    _ selection: TaskSelection = TaskSelection(), in fixture: Fixture,
    at now: Instant = Fixture.start, limit: Int = 9
  ) async throws -> [String] {
    try await fixture.ledger.tasks(selection, now: now, limit: limit).map(\.publicID)
  }

  @Test("a task is kept once, as it was handed over", arguments: LedgerKind.allCases)
  func keeps(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let lists = [
      ShownList("invoices", ListAnswer(columns: ["number"], rows: [[.text("A 7")]])),
      ShownList("visits", fault: "took too long"),
    ]
    let delivery = delivery("a", due: start + .hours(3), lists: lists)
    let id = try await keep(delivery, in: fixture)
    try await fixture.ledger.keep(delivery, now: start + .hours(1))
    let expected = TaskRecord(
      id: id, publicID: "a", rule: "trial", customer: "42", assignee: "anna", subject: "Call",
      card: "Call them", lists: lists, state: .open, created: start, due: start + .hours(3),
      sleepsUntil: nil, takenBy: nil, outcome: nil, kind: nil, note: nil, decided: nil)
    #expect(try await fixture.ledger.tasks(TaskSelection(), now: start, limit: 9) == [expected])
    let found = try await fixture.ledger.task(id)
    #expect(found?.task == expected && found?.events.isEmpty == true)
    let missing = try await fixture.ledger.task(id + 1)
    #expect(missing?.task == nil)
  }

  @Test("tasks are listed by their due times and assignees", arguments: LedgerKind.allCases)
  func lists(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    _ = try await keep(delivery("late", for: "anna", due: start + .hours(2)), in: fixture)
    _ = try await keep(delivery("soon", for: "ben", due: start + .hours(1)), in: fixture)
    let done = try await keep(delivery("done", for: "ben"), in: fixture)
    try await fixture.ledger.act(
      on: done, .done(outcome: "reached", kind: nil, note: nil), by: "ben", note: note, now: start)
    #expect(try await names(in: fixture) == ["soon", "late"])
    #expect(try await names(in: fixture, limit: 1) == ["soon"])
    #expect(try await names(TaskSelection(assignees: ["anna", "cleo"]), in: fixture) == ["late"])
    // The finished ones come last.
    #expect(
      try await names(TaskSelection(includesAll: true), in: fixture) == ["soon", "late", "done"])
    let status = try await fixture.ledger.status(now: start + .minutes(90))
    #expect(status.openTasks == 2 && status.overdueTasks == 1)
  }

  @Test("a task remembers who took it and how it ended", arguments: LedgerKind.allCases)
  func ends(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let id = try await keep(delivery("a"), in: fixture)
    func act(_ action: TaskAction, after hours: Int) async throws -> TaskRecord? {
      try await fixture.ledger.act(
        on: id, action, by: "anna", note: note, now: start + .hours(hours))
      return try await fixture.ledger.task(id)?.task
    }
    let taken = try await act(.take, after: 1)
    #expect(taken?.state == .taken && taken?.takenBy == "anna")
    let done = try await act(
      .done(outcome: "reached", kind: "by phone", note: "will pay"), after: 2)
    #expect(done?.state == .done && done?.decided == start + .hours(2))
    #expect(done?.outcome == "reached" && done?.kind == "by phone" && done?.note == "will pay")
    let events = try await fixture.ledger.task(id)?.events ?? []
    #expect(events.map(\.by) == ["anna", "anna"])
    #expect(events.map(\.at) == [start + .hours(1), start + .hours(2)])
    #expect(events.last?.text.contains("reached") == true)
    let actions = try await fixture.ledger.actions(before: nil, limit: 9)
    #expect(actions.map(\.verb) == ["task done", "task take"])
    #expect(actions.map(\.note) == [note, note])
  }

  @Test("a task that is put off comes back at its time", arguments: LedgerKind.allCases)
  func putsOff(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let (first, second) = (start + .hours(3), start + .days(1))
    let id = try await keep(delivery("a"), in: fixture)
    try await fixture.ledger.act(
      on: id, .snooze(until: first, note: nil), by: "anna", note: note, now: start)
    #expect(try await names(in: fixture).isEmpty)
    #expect(try await names(TaskSelection(includesSleeping: true), in: fixture) == ["a"])
    #expect(try await names(in: fixture, at: first) == ["a"])
    #expect(try await fixture.ledger.task(id)?.task.due == first)
    try await fixture.ledger.act(
      on: id, .again(until: second, date: "2026-02-03", kind: nil, note: "nobody there"),
      by: "anna", note: note, now: first)
    #expect(try await names(in: fixture, at: first).isEmpty)
    let again = try await fixture.ledger.task(id)?.task
    #expect(again?.state == .open && again?.outcome == nil)
    #expect(again?.sleepsUntil == second && again?.due == second)
  }

  @Test("a task that is given away is open for its new assignee", arguments: LedgerKind.allCases)
  func gives(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let id = try await keep(delivery("a"), in: fixture)
    try await fixture.ledger.act(on: id, .take, by: "anna", note: note, now: start)
    try await fixture.ledger.act(
      on: id, .give(to: "ben", note: nil), by: "anna", note: note, now: start)
    let given = try await fixture.ledger.task(id)?.task
    #expect(given?.state == .open && given?.takenBy == nil && given?.assignee == "ben")
    #expect(try await names(TaskSelection(assignees: ["anna"]), in: fixture).isEmpty)
  }

  @Test(
    "nobody acts on a task that is unknown or finished, or takes that of a colleague",
    arguments: LedgerKind.allCases)
  func refuses(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let id = try await keep(delivery("a"), in: fixture)
    func refusal(of action: TaskAction, on task: Int64, by: String) async -> LedgerProblem.Kind? {
      let problem = await #expect(throws: LedgerProblem.self) {
        try await fixture.ledger.act(on: task, action, by: by, note: note, now: start)
      }
      return problem?.kind
    }
    #expect(await refusal(of: .take, on: id + 1, by: "anna") == .refused)
    try await fixture.ledger.act(on: id, .take, by: "anna", note: note, now: start)
    #expect(await refusal(of: .take, on: id, by: "ben") == .refused)
    try await fixture.ledger.act(
      on: id, .done(outcome: "reached", kind: nil, note: nil), by: "anna", note: note, now: start)
    #expect(
      await refusal(of: .give(to: "ben", note: nil), on: id, by: "anna") == .refused)
    #expect(try await fixture.ledger.task(id)?.events.count == 2)
  }
}
