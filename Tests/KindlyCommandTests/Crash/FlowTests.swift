import Glibc
import KindlyControl
import KindlyCore
import KindlyTestKit
import Testing

@Suite("Pause, reload and shutdown while mails flow", .serialized)
struct FlowTests {
  private static let customers = 5_000

  private func flow(_ customers: Int = FlowTests.customers) async throws -> (
    MailRecorder, MailCompany, DaemonProcess
  ) {
    // At most 800 mails a second: however late a test asks, some of them are still to come.
    let recorder = try await MailRecorder.start(pause: 0.005)
    let company = try MailCompany(port: recorder.port)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...customers)
    try await company.acceptInserts()
    return (recorder, company, daemon)
  }

  private func expectEachOnce(_ recorder: MailRecorder, _ customers: Int) throws {
    let recipients = try recorder.mails().map(\.recipient)
    #expect(recipients.count == customers && Set(recipients).count == customers)
  }

  @Test(
    "after a pause returned, no more mails arrive than connections are open; resumed, each goes once"
  )
  func pause() async throws {
    let (recorder, company, daemon) = try await flow()
    for round in 1...5 {
      try await recorder.hasTaken(round * 500)
      let reply = try await company.control.send(.pause(.all, seconds: nil, because: "test"))
      let before = try recorder.count()
      #expect(reply == .ok(text: "everything paused until it is resumed", count: 1))
      // What is left waits and says why: nothing is on its way any more.
      try await Eventually.holds("a standstill") {
        let states = try await company.states()
        return states[.claimed] == nil && states[.sending] == nil
      }
      let after = try recorder.count()
      #expect(after - before <= MailCompany.connections)
      #expect(after < FlowTests.customers)
      guard case .ok = try await company.control.send(.resume(.all)) else {
        Issue.record("resuming was refused")
        return
      }
    }
    try await recorder.hasTaken(FlowTests.customers)
    try await company.become([.sent: FlowTests.customers])
    #expect(await daemon.stop() == 0)
    try expectEachOnce(recorder, FlowTests.customers)
    // What the pauses held back was not tried.
    #expect(try await company.summaries().allSatisfy { $0.attempts == 1 })
  }

  @Test(
    "a broken rule file changes nothing and is named by line and column; once fixed, its rule works"
  )
  func reload() async throws {
    let (recorder, company, daemon) = try await flow()
    try await recorder.hasTaken(500)
    try company.write(rules: MailCompany.rules + "\n    lates: 3 days\n")
    daemon.signal(SIGHUP)
    try await daemon.says("rules.d/10-rules.yaml:9:5: error:")
    try await daemon.says("the previous configuration stays in use")
    let refused = try recorder.count()
    #expect(refused < FlowTests.customers)

    try company.folder.write(
      "---\nsubject: More\n---\n<p>Hello {{customer.name}}</p>\n", to: "templates/more.html")
    try company.write(
      rules: MailCompany.rules + "\n" + """
          - name: more
            watch: customers
            when: insert
            fuse: 10000 a day
            class: service
            send: email
            template: more
        """)
    daemon.signal(SIGHUP)
    try await daemon.says("reloaded:")
    #expect(try recorder.count() < FlowTests.customers)
    let latecomer = FlowTests.customers + 1
    try company.insert(latecomer...latecomer)
    try await recorder.hasTaken(FlowTests.customers + 2)
    try await company.become([.sent: FlowTests.customers + 2])
    #expect(await daemon.stop() == 0)

    let letters = Dictionary(grouping: try recorder.mails(), by: \.recipient)
    #expect(letters.count == latecomer)
    let repeated = letters.filter { $0.value.count > 1 }
    #expect(repeated.keys.sorted() == ["c\(latecomer)@example.com"])
    #expect(repeated.values.map(\.count) == [2])
    let rules = try await company.summaries()
      .filter { $0.customer == RowKey([.text("\(latecomer)")]) }.map(\.rule)
    #expect(rules.sorted() == ["more", "welcome"])
  }

  @Test(
    "told to end, it finishes what is in flight and exits with 0; started again, it goes on where it was"
  )
  func shutdown() async throws {
    let (recorder, company, first) = try await flow()
    var daemon = first
    for round in 1...3 {
      try await recorder.hasTaken(round * 1_000)
      #expect(await daemon.stop() == 0)
      #expect(daemon.lines.last?.contains("nothing is in flight") == true)
      let states = try await company.states()
      let taken = try recorder.count()
      #expect(taken < FlowTests.customers)
      #expect(states == [.sent: taken, .waiting: FlowTests.customers - taken])
      daemon = try DaemonProcess(company)
    }
    try await recorder.hasTaken(FlowTests.customers)
    try await company.become([.sent: FlowTests.customers])
    #expect(await daemon.stop() == 0)
    try expectEachOnce(recorder, FlowTests.customers)
    #expect(try await company.summaries().allSatisfy { $0.attempts == 1 })
  }
}
