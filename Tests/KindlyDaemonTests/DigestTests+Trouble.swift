import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Digests whose messages are refused, too long, too late or in doubt.
extension DigestTests {
  @Test("while the channel of a message in doubt is down, nothing but that message is repeated")
  func uncertainWhileDown() async throws {
    let company = try await company(orders: Self.orders(40))
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-07 08:45")
    company.channel.follow { _ in .retry(Refusal("connection refused", isChannelWide: true)) }
    try await company.turn(at: "2026-03-07 08:51")
    #expect(company.channel.handedOver.count == 2)
    try await expect(company, ["uncertain channel down": 1, "uncertain": 39])
    // A reload wakes what waits for the channel.
    try await company.reload(rules: Self.rule + "\n")
    company.channel.follow { _ in .sent(evidence: "taken") }
    for time in ["08:52", "09:30", "10:30"] { try await company.turn(at: "2026-03-07 \(time)") }
    try await expect(company, ["sent": 40])
    #expect(Set(company.channel.handedOver.map(\.messageID)).count == 1)
    await company.close()
  }

  @Test("a list that is too long for its channel is sent as several messages")
  func tooLong() async throws {
    let company = try await company(orders: Self.orders(40))
    company.channel.limit(to: 200)
    try await company.turn(at: "2026-03-07 08:45")
    try await expect(company, ["sent": 40])
    let rows = company.channel.sent.flatMap { $0.text.split(separator: ";") }
      .map(\.trimmed).filter { !$0.isEmpty }
    #expect(rows.count == 40 && Set(rows).count == 40)
    #expect(company.channel.sent.count < 10)
    await company.close()
  }

  @Test("a row that is too long for its channel waits, and holds up no other")
  func longRow() async throws {
    let company = try await company(orders: Self.orders(40))
    try company.write("UPDATE orders SET item = printf('%.300c', 'x') WHERE id = 7")
    company.channel.limit(to: 200)
    try await company.turn(at: "2026-03-07 08:45")
    try await expect(company, ["sent": 39, "waiting template error": 1])
    await company.close()
  }

  @Test("a reminder that misses its digest is sent by itself if the next one would be too late")
  func missed() async throws {
    let rule = """
      rules:
        - name: calls
          watch: orders
          to: owner
          send: email
          digest: weekly on Monday at 09:00
          late: skip after 7 days
          template: list
          when: on ordered_on
      """
    let letter = Self.letter.replacing("{{this.item}}", with: "{{date(this.shipped_on)}}")
    let company = try await company(
      rules: rule, letter: letter, orders: Self.orders(2, on: "2026-03-08"))
    try company.write("UPDATE orders SET shipped_on = iif(id = 1, '2026-03-01', 'soon')")
    try await company.turn(at: "2026-03-09 09:00")
    try await expect(company, ["sent": 1, "waiting template error": 1])
    try company.write("UPDATE orders SET shipped_on = '2026-03-02' WHERE id = 2")
    try await company.turn(at: "2026-03-09 09:06")
    #expect(
      mail(company) == [
        "2026-03-09 09:00 anna: 1 calls for Anna", "2026-03-09 09:06 anna: 1 calls for Anna",
      ])
    await company.close()
  }

  @Test("what the channel knows of a message holds for all its reminders")
  func asked() async throws {
    let company = try await company(orders: Self.orders(3), afterUnknown: .ask)
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    company.channel.answer { _ in .sent(evidence: "asked: it has it") }
    try await company.turn(at: "2026-03-07 08:45")
    try await expect(company, ["uncertain": 3])
    try await company.turn(at: "2026-03-07 08:47")
    try await expect(company, ["sent": 3])
    #expect(company.channel.handedOver.count == 1)
    await company.close()
  }

  @Test("lifting a suppression revives all reminders of the message that was refused")
  func lifted() async throws {
    let company = try await company(
      rules: Self.rule + """

          - { name: note, watch: orders, if: state = 'note', when: insert, to: owner, send: email, template: note }
        """, orders: Self.orders(3))
    company.channel.follow { delivery in
      delivery.recipient.key == "anna"
        ? .rejected(
          Refusal("550 5.1.1 user unknown", suppressesAddress: true, isRepeatable: true))
        : .sent(evidence: "taken")
    }
    try await company.turn(at: "2026-03-07 08:45")
    // Mail for somebody else is accepted in between, so the second refusal is believed.
    try company.write("INSERT INTO orders (id, customer_id, state) VALUES (50, 2, 'note')")
    for time in ["07 10:00", "08 08:45"] { try await company.turn(at: "2026-03-\(time)") }
    try await expect(company, ["failed rejected": 3, "sent": 1])
    company.channel.follow { _ in .sent(evidence: "taken") }
    let lift = try await company.daemon.ledger.lift(
      SuppressionSelection(), note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    #expect(lift == SuppressionLift(lifted: 1, revived: 3))
    try await company.turn(at: "2026-03-09 08:45")
    try await expect(company, ["sent": 4])
    await company.close()
  }

  @Test("a retry that is too late for the first reminder of a message ends no other")
  func lateForTheFirst() async throws {
    let company = try await company(
      rules: """
        rules:
          - name: calls
            watch: orders
            to: owner
            send: email
            digest: daily at 08:45
            late: skip after 2 days
            template: list
            when: 5 days after ordered_on at 09:00
        """,
      orders: Self.orders(1, on: "2026-03-01") + Self.orders(1, from: 2, on: "2026-03-02"))
    try await company.turn(at: "2026-03-06 08:00")
    company.channel.follow { _ in .retry(Refusal("busy", retryAfter: .hours(1))) }
    try await company.turn(at: "2026-03-08 08:45")
    #expect(company.channel.handedOver.map(\.subject) == ["2 calls for Anna"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-08 09:46")
    #expect(company.channel.sent.map(\.subject) == ["1 calls for Anna"])
    let states = try await states(company)
    #expect(states["sent"] == 1 && states.count == 2, "\(states)")
    await company.close()
  }

  private static let followedRule = """
    rules:
      - name: calls
        watch: orders
        to: owner
        send: inbox else after 24 hours unread email
        digest: weekly on Monday at 09:00
        late: skip after 10 days
        template: list
        when: on ordered_on
    """

  @Test(
    "an unread digest is followed after the stated time, for each of its reminders that is of use then"
  )
  func followedUp() async throws {
    let company = try await company(
      rules: Self.followedRule, orders: Self.orders(3, on: "2026-03-08"))
    try await company.turn(at: "2026-03-09 09:00")
    try await expect(company, ["sent": 3, "waiting unread": 3])
    try await company.turn(at: "2026-03-10 09:00")
    #expect(mail(company) == ["2026-03-10 09:00 anna: 3 calls for Anna"])
    await company.close()
  }

  @Test("a follow-up that misses the message of the others is sent once its row is fixed")
  func missedFollowUp() async throws {
    let letter = Self.letter.replacing("{{this.item}}", with: "{{date(this.shipped_on)}}")
    let company = try await company(
      rules: Self.followedRule, letter: letter, orders: Self.orders(2, on: "2026-03-08"))
    try company.write("UPDATE orders SET shipped_on = '2026-03-01'")
    try await company.turn(at: "2026-03-09 09:00")
    try await expect(company, ["sent": 2, "waiting unread": 2])
    try company.write("UPDATE orders SET shipped_on = 'soon' WHERE id = 2")
    try await company.turn(at: "2026-03-10 09:00")
    try await expect(company, ["sent": 3, "waiting template error": 1])
    try company.write("UPDATE orders SET shipped_on = '2026-03-02' WHERE id = 2")
    try await company.turn(at: "2026-03-10 09:06")
    #expect(
      mail(company) == [
        "2026-03-10 09:00 anna: 1 calls for Anna", "2026-03-10 09:06 anna: 1 calls for Anna",
      ])
    await company.close()
  }
}
