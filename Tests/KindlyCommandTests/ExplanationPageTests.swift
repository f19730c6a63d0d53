import KindlyCore
import Testing

@testable import KindlyDesk
@testable import kindly

@Suite("kindly why")
struct ExplanationPageTests {
  private static let now = Instant(seconds: 1_780_000_000)  // 2026-05-28 20:26:40 UTC

  /// A reminder decided so many days ago.
  private func reminder(_ days: Int, _ state: ReminderState = .sent, rule: String = "lease")
    -> ReminderDetail
  {
    let at = Self.now - .days(days)
    let key = RowKey(canonical: "[\"\(days)\"]")
    let summary = ReminderSummary(
      id: Int64(days), publicID: "P\(days)", rule: rule, step: Step.only, leg: 0, key: key,
      cycle: .insert, customer: nil, state: state, reason: state == .skipped ? .tooLate : nil,
      due: at, useUntil: at, next: nil, decided: at, channel: "email", attempts: 1)
    return ReminderDetail(
      summary: summary, messageID: "", trigger: .insert, messageClass: .care, change: nil,
      depth: 0, created: at, reasonSince: nil, routePosition: 0, uncertainties: 0, revivals: 0,
      configuration: 1, place: .unknown, templateHash: nil, evidence: nil, successor: nil,
      predecessors: [], resendOf: nil, resends: [], attempts: [], actions: [])
  }

  private func page(
    _ reminders: [ReminderDetail], absent: Int = 0, showsAll: Bool = false
  ) -> [String] {
    let absences = (0..<absent).map { index in
      Explanation.Absent(
        rule: "trial", step: "ending", row: RowKey(canonical: "[\"\(index)\"]"),
        finding: index % 2 == 0 ? .window("early") : .rule("no"))
    }
    let explanation = Explanation(
      customer: RowKey(canonical: "[\"42\"]"), reminders: reminders, absent: absences, remarks: [])
    return ExplanationPage(
      explanation, time: TimeText(zone: .utc, now: Self.now), showsAll: showsAll
    ).text.split(separator: "\n").map(String.init)
  }

  @Test("of a customer with 170 rows shows the newest decisions and sums up the others")
  func summary() {
    let reminders = (1...150).map { reminder($0) } + (151...170).map { reminder($0, .skipped) }
    let lines = page(reminders, absent: 20)
    #expect(lines.count < 50)
    #expect(lines[1] == "2026-05-27 20:26 UTC  lease, row 1 (insert): sent over email")
    #expect(
      lines.contains(
        "and 160 older reminders, from 2025-12-09 20:26 UTC to 2026-05-17 20:26 UTC; `--all` shows each:"
      ),
      "\(lines)")
    #expect(lines.contains("  lease: 140 sent, 20 skipped: \(Reason.tooLate.words)"), "\(lines)")
    #expect(
      lines.last
        == "  trial, step ending: 17 more rows, of which 8 not planned now; `--all` shows each")
  }

  @Test("names the date that a correction corrects")
  func correction() {
    var sent = reminder(1)
    sent.was = AnnouncedDate(stored: "2026-03-09T16:00Z 2026-03-10")
    #expect(
      page([sent])[1]
        == "2026-05-27 20:26 UTC  lease, row 1 (insert), correction of 2026-03-10: sent over email")
  }

  @Test("keeps apart what a former customer of the same key got")
  func former() throws {
    // The key passed on ten days ago; what was planned before is about the customer who had it then.
    let row = FormerRow(gone: Self.now - .days(10), passed: Self.now - .days(9))
    let reminders = [reminder(2), reminder(11), reminder(12), reminder(13, .skipped)]
    let (present, former) = FormerCustomer.divide(reminders, by: [row])
    #expect(present.map(\.summary.id) == [2])
    #expect(former.map { $0.reminders.map(\.summary.id) } == [[11, 12, 13]])
    let explanation = Explanation(
      customer: RowKey(canonical: "[\"42\"]"), reminders: present, former: former, absent: [],
      remarks: [])
    func text(showsAll: Bool) -> String {
      ExplanationPage(
        explanation, time: TimeText(zone: .utc, now: Self.now), showsAll: showsAll
      ).text
    }
    let sentence = "another customer had this key until 2026-05-18 20:26 UTC and got 2 letters"
    #expect(
      text(showsAll: false).hasSuffix("\n\(sentence); `--all` shows that customer's reminders"))
    #expect(!text(showsAll: false).contains("id P11"))
    let all = text(showsAll: true).split(separator: "\n")
    let heading = try #require(all.firstIndex(of: "\(sentence):"))
    #expect(all[heading...].count { $0.hasPrefix("      id P") } == 3)
    #expect(all[..<heading].contains("    id P2"))
    let view = ExplanationView(explanation, TimeText(zone: .utc, now: Self.now))
    #expect(view.reminders.count == 1 && view.formerCustomers.map(\.letters) == [2])
    #expect(view.formerCustomers.map(\.until) == ["2026-05-18T20:26:40+00:00"])
    #expect(view.formerCustomers.map(\.reminders.count) == [3])
  }

  @Test("tells the customer's own zone, and by it what is due, where it differs from the company's")
  func zone() throws {
    let zone = try #require(Zone.named("Europe/Berlin"))
    let waiting = reminder(2, .waiting)
    func text(_ zone: Zone?) -> [String] {
      let explanation = Explanation(
        customer: RowKey(canonical: "[\"42\"]"), zone: zone, reminders: [waiting], absent: [],
        remarks: [])
      return ExplanationPage(explanation, time: TimeText(zone: .utc, now: Self.now)).text
        .split(separator: "\n").map(String.init)
    }
    let abroad = text(zone)
    #expect(abroad[0] == "customer 42, in Europe/Berlin (CEST)")
    #expect(
      abroad[1].contains("due 2026-05-26 20:26 UTC (22:26 CEST for the customer), next check"))
    #expect(text(nil)[0] == "customer 42" && text(.utc)[0] == "customer 42")
    #expect(!text(.utc)[1].contains("for the customer"))
  }

  @Test("leaves to the present customer what was still open about another row")
  func stillOpen() {
    let row = FormerRow(gone: Self.now - .days(10), passed: Self.now - .days(9))
    // Planned for a lease before the key passed on, and decided afterwards without an attempt.
    var lease = reminder(5)
    lease.created = Self.now - .days(11)
    #expect(FormerCustomer.divide([lease], by: [row]).present.count == 1)
  }

  @Test("shows everything with --all, and where there is little")
  func everything() {
    let reminders = (1...170).map { reminder($0) }
    let all = page(reminders, absent: 20, showsAll: true)
    #expect(all.count { $0.hasPrefix("    id P") } == 170)
    #expect(all.count { $0.hasPrefix("  trial, step ending, row ") } == 20)
    #expect(!all.contains { $0.contains("--all") })
    #expect(page([reminder(1), reminder(2)], absent: 3).allSatisfy { !$0.contains("--all") })
    #expect(page([]).contains("no reminder was ever made"))
  }

  @Test("tells people and scripts which reminder led to a row of Kindly's own ledger")
  func cause() {
    var detail = reminder(1)
    detail.cause = 7
    detail.depth = 2
    #expect(page([detail]).contains("    number 7 led to it (depth 2 of at most 3)"))
    let view = ReminderDetailView(detail, TimeText(zone: .utc, now: Self.now))
    #expect(view.cause == 7 && view.depth == 2)
  }

  @Test("says which reminders were asked for where there are none")
  func filtered() {
    func line(rule: String? = nil, since: Instant? = nil) -> String? {
      let explanation = Explanation(
        customer: RowKey(canonical: "[\"42\"]"), reminders: [], absent: [], remarks: [],
        rule: rule, since: since)
      return ExplanationPage(explanation, time: TimeText(zone: .utc, now: Self.now)).text
        .split(separator: "\n").last.map(String.init)
    }
    let since = Self.now - .days(1)
    #expect(line() == "no reminder was ever made")
    #expect(line(rule: "trial") == "rule trial made no reminder for this customer")
    #expect(line(since: since) == "no reminder due since 2026-05-27 20:26 UTC")
    #expect(
      line(rule: "trial", since: since)
        == "rule trial made no reminder due since 2026-05-27 20:26 UTC for this customer")
  }
}

@Suite("The progress of a long verb")
struct ProgressLineTests {
  /// A clock that the test moves, and what was written.
  private final class Desk {
    var now = Instant(seconds: 0)
    var written: [String] = []
  }

  @Test("is shown on a terminal after a second, with an estimate, and is gone in the end")
  func shown() {
    let desk = Desk()
    let line = ProgressLine(
      isShown: true, now: { desk.now }, write: { desk.written.append($0) })
    line.begin(expecting: 2000)
    line.advance(by: 100)
    #expect(desk.written.isEmpty)
    desk.now = desk.now + .seconds(10)
    line.advance(by: 400)
    line.advance(by: 1)
    line.clear()
    #expect(
      desk.written == [
        "\r\u{1B}[K500 of 2000 rows read (25 %), about 30 s left", "\r\u{1B}[K",
      ])
  }

  @Test("is not shown elsewhere")
  func hidden() {
    let desk = Desk()
    let line = ProgressLine(
      isShown: false, now: { desk.now }, write: { desk.written.append($0) })
    desk.now = desk.now + .seconds(10)
    line.advance(by: 400)
    line.clear()
    #expect(desk.written.isEmpty)
  }
}
