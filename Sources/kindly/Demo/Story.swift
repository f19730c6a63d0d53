import KindlyCore

/// What happens at the company while Kindly runs.
struct Story {
  private var stage: Stage
  private let clock: any Timekeeper

  /// The dates of the first scene fall due after this time: what happens before takes a few seconds.
  private static let untilDue = Duration.seconds(15)
  /// A complaint should be answered within this time; the owner's task comes first, within about a second.
  private static let untilAnswered = Duration.seconds(6)
  /// Kindly reads a row again just before it sends; a change closer to the moment than this might come too late.
  private static let margin = Duration.seconds(1)

  init(on stage: Stage) {
    self.stage = stage
    clock = stage.clock
  }

  mutating func play() async throws {
    try await stage.awaitFirstLook()
    stage.narrator.heading("The daemon has taken its first look, and sends nothing about the past")
    try await stage.awaitEvents(
      Cast.endingSoon.sorted().map { Event(.planned, rule: "trial", customer: $0) })
    let due = try await setDates()
    try await changeBefore(due)
    try await newcomers()
    try await reloadAndShip()
    try await moveCall()
    try await deleteLease()
    try await stage.scene("And now the dates fall due")
    try await stage.awaitEvents(
      [
        Event(.letter, rule: "trial", customer: Cast.tester),
        Event(.letter, rule: "invoice-due", customer: Cast.debtor),
        Event(.cancelled, rule: "invoice-due", customer: Cast.payer),
      ], until: max(due, clock.now) + Stage.patience)
    try await complain()
    try checkTotals()
  }

  private mutating func setDates() async throws -> Instant {
    let due = clock.now + Story.untilDue
    try await stage.scene(
      "A trial and two invoices will be due in \(Int(Story.untilDue.inSeconds)) seconds")
    try stage.apply(DemoActs.setDates(due))
    try await stage.awaitEvents([
      Event(.planned, rule: "trial", customer: Cast.tester),
      Event(.planned, rule: "invoice-due", customer: Cast.payer),
      Event(.planned, rule: "invoice-due", customer: Cast.debtor),
    ])
    return due
  }

  private mutating func changeBefore(_ due: Instant) async throws {
    try await stage.scene("李娜 has a new address, and 陈思远 pays before the reminder")
    try stage.apply(DemoActs.changeBefore)
    guard clock.now + Story.margin < due else {
      throw DemoProblem(
        "this machine is too busy: the dates fell due before anything could happen to them; try again"
      )
    }
    try await stage.awaitEvents([
      Event(.letter, rule: "lease-paid", customer: Cast.payer),
      Event(.message, rule: "lease-paid", customer: Cast.payer),
    ])
  }

  private mutating func newcomers() async throws {
    try await stage.scene("Two people apply for a trial")
    let today = stage.narrator.zone.date(at: clock.now)
    for newcomer in DemoActs.newcomers(on: today) { try stage.apply(newcomer) }
    try await stage.awaitEvents(
      Cast.newcomers.map { Event(.letter, rule: "trial", customer: $0) })
  }

  private mutating func reloadAndShip() async throws {
    try await stage.scene("All orders are deleted and reloaded; then one is shipped")
    try stage.apply(DemoActs.reloadOrders)
    try stage.apply(DemoActs.ship(at: clock.now))
    try await stage.awaitEvents([
      Event(.letter, rule: "shipped", customer: Cast.buyer),
      Event(.message, rule: "shipped", customer: Cast.buyer),
    ])
  }

  private mutating func moveCall() async throws {
    try await stage.scene("A call with Camille Laurent is scheduled, then moved to an earlier time")
    try stage.apply(DemoActs.agreeCall(at: clock.now + .seconds(690)))
    try await stage.awaitEvents([Event(.planned, rule: "callback", customer: Cast.caller)])
    try stage.apply(DemoActs.agreeCall(at: clock.now + .seconds(604)))
    try await stage.awaitEvents([
      Event(.cancelled, rule: "callback", customer: Cast.caller),
      Event(.letter, rule: "callback", customer: Cast.caller),
    ])
  }

  private mutating func deleteLease() async throws {
    try await stage.scene("A lease is deleted: a note for a colleague")
    try stage.apply(DemoActs.deleteLease)
    try await stage.awaitEvents([Event(.task, rule: "lease-gone", customer: Cast.leaver)])
  }

  private mutating func complain() async throws {
    try await stage.scene("孙丽 complains: a task, which goes to the lead if nobody calls")
    try stage.apply(DemoActs.complain(answeredBy: clock.now + Story.untilAnswered))
    try await stage.awaitEvents([Event(.call, rule: "complaint", customer: Cast.complainer)])
    try await stage.awaitEvents(
      [Event(.escalation, rule: "complaint", customer: Cast.complainer)])
  }

  /// Every letter, task and cancellation that the story asks for happened exactly once, and nothing else did.
  private func checkTotals() throws {
    let expected =
      (Cast.newcomers + [Cast.tester]).map { Event(.letter, rule: "trial", customer: $0) } + [
        Event(.letter, rule: "lease-paid", customer: Cast.payer),
        Event(.letter, rule: "shipped", customer: Cast.buyer),
        Event(.message, rule: "lease-paid", customer: Cast.payer),
        Event(.message, rule: "shipped", customer: Cast.buyer),
        Event(.letter, rule: "callback", customer: Cast.caller),
        Event(.letter, rule: "invoice-due", customer: Cast.debtor),
        Event(.task, rule: "lease-gone", customer: Cast.leaver),
        Event(.call, rule: "complaint", customer: Cast.complainer),
        Event(.escalation, rule: "complaint", customer: Cast.complainer),
        Event(.cancelled, rule: "callback", customer: Cast.caller),
        Event(.cancelled, rule: "invoice-due", customer: Cast.payer),
      ]
    for event in expected where stage.count(of: event) != 1 {
      throw DemoProblem("\(event): \(stage.count(of: event)) times instead of once")
    }
    let surplus = stage.events.subtracting(expected).filter { $0.kind != .planned }
    if let event = surplus.first {
      throw DemoProblem("\(event), which nothing in the demo caused")
    }
  }
}
