import Glibc
import KindlyCore
import KindlyTestKit
import Testing

@Suite("A mail server that misbehaves")
struct ServerTests {
  /// What the server does for the second of four customers, and what must come of it.
  struct Behaviour: CustomTestStringConvertible, Sendable {
    /// The local part that makes `smtp_server.py` do it.
    let script: String
    let state: ReminderState
    let reason: Reason?
    let outcome: AttemptOutcome
    /// How long after the attempt the reminder wants attention again.
    let pause: ClosedRange<Duration>?

    init(
      _ script: String, _ state: ReminderState, _ reason: Reason? = nil, outcome: AttemptOutcome,
      pause: ClosedRange<Duration>? = nil
    ) {
      self.script = script
      self.state = state
      self.reason = reason
      self.outcome = outcome
      self.pause = pause
    }

    var testDescription: String { script }
  }

  private static let others = [1, 3, 4]

  @Test(
    "each answer ends in its state, and the other customers get their mail",
    arguments: [
      Behaviour(
        "reply-451-4.3.0", .waiting, .retry, outcome: .retry, pause: .seconds(24)...(.seconds(36))),
      Behaviour(
        "reply-451-4.7.1", .waiting, .retry, outcome: .retry, pause: .seconds(24)...(.seconds(36))),
      Behaviour(
        "reply-550-5.1.1", .waiting, .recipientRefused, outcome: .rejected,
        pause: .seconds(24)...(.seconds(36))),
      Behaviour(
        "dot-554-5.6.0", .waiting, .recipientRefused, outcome: .rejected,
        pause: .seconds(24)...(.seconds(36))),
      Behaviour(
        "drop-after-mail", .waiting, .retry, outcome: .retry, pause: .seconds(24)...(.seconds(36))),
      Behaviour(
        "drop-at-dot", .uncertain, outcome: .unknown,
        pause: Disposition.uncertainPause...Disposition.uncertainPause),
    ])
  func answers(_ behaviour: Behaviour) async throws {
    let server = try await SMTPServerFixture.start()
    let company = try MailCompany(port: server.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...4) { $0 == 2 ? "\(behaviour.script)@example.com" : "c\($0)@example.com" }
    try await Eventually.holds("the end of all hand-overs") {
      try await company.reminders().filter { $0.attempts.count == 1 }.count == 4
    }
    #expect(await daemon.stop() == 0)

    let reminders = try await company.reminders()
    let one = try #require(reminders.first { $0.summary.customer == RowKey([.text("2")]) })
    #expect(one.summary.state == behaviour.state && one.summary.reason == behaviour.reason)
    let attempt = try #require(one.attempts.first)
    #expect(attempt.outcome == behaviour.outcome && !attempt.text.contains("@example.com"))
    if let pause = behaviour.pause {
      #expect(pause.contains(try #require(one.summary.next) - attempt.ended))
    } else {
      #expect(one.summary.next == nil)
    }
    #expect(reminders.filter { $0.summary.state == .sent }.count == ServerTests.others.count)
    let taken = try server.accepted().map(\.rcpt).filter { $0.hasPrefix("c") }
    #expect(taken.sorted() == ServerTests.others.map { "c\($0)@example.com" })
  }

  @Test(
    "a 421 holds the whole channel, and waiting reminders say so; fixed and reloaded, all are sent at once"
  )
  func channelDown() async throws {
    let server = try await SMTPServerFixture.start()
    let company = try MailCompany(port: server.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...1) { _ in "reply-421-4.3.2@example.com" }
    try await daemon.says("nothing is sent over it until")
    try company.insert(2...4)
    try await Eventually.holds("what waits for the channel") {
      try await company.summaries().filter { $0.reason == .channelDown }.count == 4
    }
    #expect(try server.accepted().isEmpty)
    #expect(try await company.summaries().map(\.attempts) == [1, 0, 0, 0])

    try company.moveCustomer(1, to: "c1@example.com")
    daemon.signal(SIGHUP)
    try await company.become([.sent: 4])
    #expect(await daemon.stop() == 0)
    #expect(try server.accepted().count == 4)
  }

  @Test("a server that swallows every reply to the final dot gets three mails, not the whole lane")
  func swallowsAll() async throws {
    let server = try await SMTPServerFixture.start()
    let company = try MailCompany(port: server.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...300) { _ in "drop-at-dot@example.com" }
    try await company.acceptInserts()
    try await daemon.says("nothing is sent over it until")
    try await Eventually.holds("what waits for the channel, and what may have arrived") {
      try await company.summaries().allSatisfy {
        $0.state == .uncertain || $0.state == .waiting && $0.reason == .channelDown
      }
    }
    #expect(await daemon.stop() == 0)
    let summaries = try await company.summaries()
    let uncertain = summaries.filter { $0.state == .uncertain }.count
    // The third opens the breaker; the other connections were in the middle of theirs.
    #expect((3...3 + MailCompany.connections - 1).contains(uncertain))
    #expect(try server.accepted().count == uncertain)
    // What was behind them in the lane was not tried.
    #expect(summaries.filter { $0.attempts == 0 }.count == summaries.count - uncertain)
  }

  @Test(
    "told to end beside a server that hangs, it breaks off what was not handed over and ends well within its time"
  )
  func endsBesideHanging() async throws {
    let server = try await SMTPServerFixture.start()
    let company = try MailCompany(port: server.port)
    let daemon = try await DaemonProcess.start(company)
    let scripts = [1: "hang", 2: "hang-at-data", 3: "hang-at-dot"]
    try company.insert(1...3) { "\(scripts[$0] ?? "c\($0)")@example.com" }
    for script in scripts.values { try await server.hangs(at: script) }
    #expect(await daemon.stop() == 0)
    let reminders = try await company.reminders()
    #expect(
      reminders.map(\.summary.state).sorted { $0.rawValue < $1.rawValue } == [
        .waiting, .waiting, .uncertain,
      ])
    for reminder in reminders where reminder.summary.state == .waiting {
      #expect(reminder.summary.attempts == 0 && reminder.attempts.isEmpty)
    }
    #expect(!daemon.lines.contains { $0.contains("nothing is sent over it until") })
  }

  @Test(
    "a server that hangs on two mails delays none of the others, and only the one at its final dot becomes uncertain"
  )
  func hangs() async throws {
    let server = try await SMTPServerFixture.start()
    let company = try MailCompany(port: server.port)
    let daemon = try await DaemonProcess.start(company)
    let scripts = [7: "hang", 11: "hang-at-dot"]
    try company.insert(1...200) { "\(scripts[$0] ?? "c\($0)")@example.com" }
    try await company.acceptInserts()
    try await company.become([.sent: 198, .sending: 2])
    await server.stop()
    try await company.become([.sent: 198, .waiting: 1, .uncertain: 1])
    #expect(await daemon.stop() == 0)
    let hung = try await company.reminders().filter { $0.summary.state != .sent }
    #expect(Set(hung.map(\.summary.customer)) == [RowKey([.text("7")]), RowKey([.text("11")])])
    for reminder in hung {
      let isUncertain = reminder.summary.customer == RowKey([.text("11")])
      #expect(reminder.summary.state == (isUncertain ? .uncertain : .waiting))
      #expect(reminder.attempts.map(\.outcome) == [isUncertain ? .unknown : .retry])
    }
  }
}
