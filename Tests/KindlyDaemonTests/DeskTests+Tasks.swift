import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

extension DeskTests {
  @Test("takes, puts off, gives and finishes tasks", arguments: Way.allCases)
  func tasks(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.daemon.ledger.keep(
      TaskDelivery(
        publicID: "a", rule: "ending", customer: "1", assignee: "anna", subject: "Call Wang",
        card: "+86", due: company.clock.now + .hours(1)), now: company.clock.now)
    let id = try #require(
      try await company.daemon.ledger.tasks(TaskSelection(), now: company.clock.now, limit: 9)
        .first?.id)
    func ask(_ action: TaskAction, by: String = "anna") async throws -> ControlReply {
      try await self.ask(.task(id, action, by: by), of: company, way)
    }
    #expect(try await ask(.take) == .ok(text: "task \(id) is taken", count: 1))
    #expect(try await ask(.take, by: "bob").isRefused("task \(id) is taken by anna"))
    let until = company.clock.now + .hours(2)
    #expect(
      try await ask(.snooze(until: until, note: "away"))
        == .ok(text: "task \(id) is put off until 2026-03-05 14:00 CST", count: 1))
    #expect(
      try await company.daemon.ledger.tasks(TaskSelection(), now: company.clock.now, limit: 9)
        .isEmpty)
    #expect(
      try await company.daemon.ledger.tasks(TaskSelection(), now: until, limit: 9).first?.due
        == until)
    #expect(
      try await ask(.give(to: "bob", note: nil))
        == .ok(text: "task \(id) is given to bob", count: 1))
    let again = TaskAction.again(
      until: until + .days(1), date: "2026-03-06 14:00 CET", kind: nil, note: "is ill")
    #expect(
      try await ask(again, by: "bob")
        == .ok(text: "task \(id) is to be done again on 2026-03-06 14:00 CET", count: 1))
    let asleep = try await company.daemon.ledger.task(id)?.task
    #expect(asleep?.state == .open && asleep?.outcome == nil && asleep?.decided == nil)
    #expect(asleep?.sleepsUntil == until + .days(1) && asleep?.due == until + .days(1))
    let end = TaskAction.done(outcome: "complaint", kind: "delivery", note: "too late")
    #expect(try await ask(end, by: "bob") == .ok(text: "task \(id) is done: complaint", count: 1))
    #expect(try await ask(end, by: "bob").isRefused("task \(id) is done already: complaint"))
    let (task, events) = try #require(try await company.daemon.ledger.task(id))
    #expect(task.state == .done && task.kind == "delivery" && task.note == "too late")
    #expect(
      events.map { "\($0.by): \($0.text)" } == [
        "anna: taken", "anna: put off: away", "anna: given to bob",
        "bob: again on 2026-03-06 14:00 CET: is ill", "bob: done: complaint (delivery): too late",
      ])
    #expect(
      try await self.ask(.task(99, .take, by: "anna"), of: company, way)
        .isRefused("there is no task 99"))
    await company.close()
  }
}
