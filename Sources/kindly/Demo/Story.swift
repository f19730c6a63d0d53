import KindlyCore

/// What happens at the company while Kindly runs.
struct Story {
  private var stage: Stage
  private let clock: any Timekeeper

  /// The dates of the first scene fall due after this time: what happens before takes a few seconds.
  private static let untilDue = Duration.seconds(15)
  /// Kindly reads a row again just before it sends; a change closer to the moment than this might come too late.
  private static let margin = Duration.seconds(1)

  init(on stage: Stage) {
    self.stage = stage
    clock = stage.clock
  }

  mutating func play() async throws {
    try await stage.awaitFirstLook()
    stage.narrator.heading("The daemon has looked, and writes to nobody about the past")
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
    try checkTotals()
  }

  private mutating func setDates() async throws -> Instant {
    let due = clock.now + Story.untilDue
    let text = CustomerDatabase.text(due)
    try await stage.scene(
      "A trial and two invoices will be due in \(Int(Story.untilDue.inSeconds)) seconds")
    try stage.apply(
      """
      UPDATE customers SET trial_ends_on = '\(text)'
      WHERE id = \(Cast.tester)
      """,
      """
      UPDATE invoices SET due_on = '\(text)'
      WHERE id IN (\(Cast.payerInvoice), \(Cast.debtorInvoice))
      """)
    try await stage.awaitEvents([
      Event(.planned, rule: "trial", customer: Cast.tester),
      Event(.planned, rule: "invoice-due", customer: Cast.payer),
      Event(.planned, rule: "invoice-due", customer: Cast.debtor),
    ])
    return due
  }

  private mutating func changeBefore(_ due: Instant) async throws {
    try await stage.scene("李娜 has a new address, and 陈思远 pays before the reminder")
    try stage.apply(
      """
      UPDATE customers SET email = 'li.na@xinghe.example'
      WHERE id = \(Cast.tester)
      """,
      "UPDATE invoices SET status = 'paid' WHERE id = \(Cast.payerInvoice)",
      "UPDATE leases SET status = 'paid' WHERE id = \(Cast.payerLease)")
    guard clock.now + Story.margin < due else {
      throw DemoProblem(
        "this machine is too busy: the dates fell due before anything could happen to them; try again"
      )
    }
    try await stage.awaitEvents([Event(.letter, rule: "lease-paid", customer: Cast.payer)])
  }

  private mutating func newcomers() async throws {
    try await stage.scene("Two people apply for a trial")
    let today = stage.narrator.zone.date(at: clock.now)
    for (id, person) in zip(Cast.newcomers, DemoCompany.newcomers) {
      try stage.apply(
        """
        INSERT INTO customers (id, name, email, mobile, lang, tz,
        status, trial_started_on, trial_ends_on, initial_password)
        VALUES (\(id), '\(person.name)',
        '\(person.mail).example', '\(person.phone)', '\(person.origin.language)', '\(person.origin.zone)',
        'trial', '\(today)', '\(today.adding(days: 30))', 'maple-\(id)-lantern')
        """)
    }
    try await stage.awaitEvents(
      Cast.newcomers.map { Event(.letter, rule: "trial", customer: $0) })
  }

  private mutating func reloadAndShip() async throws {
    try await stage.scene("The orders are emptied and reloaded; then one leaves the house")
    try stage.apply("DELETE FROM orders", "INSERT INTO orders SELECT * FROM nightly_orders")
    try stage.apply(
      """
      UPDATE orders SET shipped_at = '\(CustomerDatabase.text(clock.now))',
      carrier = 'DHL', tracking_number = 'JD014600300165'
      WHERE id = \(Cast.buyerOrder)
      """)
    try await stage.awaitEvents([Event(.letter, rule: "shipped", customer: Cast.buyer)])
  }

  private mutating func moveCall() async throws {
    try await stage.scene("A call is agreed with Camille Laurent, and then moved forward")
    try agreeCall(in: .seconds(690))
    try await stage.awaitEvents([Event(.planned, rule: "callback", customer: Cast.caller)])
    try agreeCall(in: .seconds(604))
    try await stage.awaitEvents([
      Event(.cancelled, rule: "callback", customer: Cast.caller),
      Event(.letter, rule: "callback", customer: Cast.caller),
    ])
  }

  private func agreeCall(in time: Duration) throws {
    let text = CustomerDatabase.text(clock.now + time)
    try stage.apply(
      """
      UPDATE customers SET callback_at = '\(text)'
      WHERE id = \(Cast.caller)
      """)
  }

  private mutating func deleteLease() async throws {
    try await stage.scene("A lease is deleted: a task for a colleague")
    try stage.apply("DELETE FROM leases WHERE id = \(Cast.leaverLease)")
    try await stage.awaitEvents([Event(.task, rule: "lease-gone", customer: Cast.leaver)])
  }

  /// Every letter, task and cancellation that the story asks for happened exactly once, and nothing else did.
  private func checkTotals() throws {
    let expected =
      (Cast.newcomers + [Cast.tester]).map { Event(.letter, rule: "trial", customer: $0) } + [
        Event(.letter, rule: "lease-paid", customer: Cast.payer),
        Event(.letter, rule: "shipped", customer: Cast.buyer),
        Event(.letter, rule: "callback", customer: Cast.caller),
        Event(.letter, rule: "invoice-due", customer: Cast.debtor),
        Event(.task, rule: "lease-gone", customer: Cast.leaver),
        Event(.cancelled, rule: "callback", customer: Cast.caller),
        Event(.cancelled, rule: "invoice-due", customer: Cast.payer),
      ]
    for event in expected where stage.count(of: event) != 1 {
      throw DemoProblem("\(event): \(stage.count(of: event)) times instead of once")
    }
    let surplus = stage.events.subtracting(expected).filter { $0.kind != .planned }
    if let event = surplus.first {
      throw DemoProblem("\(event), and nothing in the story asked for it")
    }
  }
}
