import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// What a reload must not lose.
@Suite("Reloads")
struct ReloadTests {
  private static let welcome = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
    """

  @Test(
    "a row that is inserted while the configuration is reloaded is noticed at once",
    arguments: Simple.Mode.allCases)
  func insertDuringReload(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: ReloadTests.welcome)
    try company.write(
      "INSERT INTO customers (id, name, email, updated_at) VALUES (3, 'He', 'he@example.com', 2)")
    // The source that reads on is another one: its connection has seen no commit yet.
    try await company.reload(rules: ReloadTests.welcome)
    try await company.turn()
    #expect(company.mail == ["2026-03-01 3 welcome"])
    await company.close()
  }

  @Test("a rule that comes back wakes what may have arrived, after a restart too")
  func returningRule() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.reload(rules: ReloadTests.welcome, acceptDrop: true)
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["uncertain rule absent"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    try company.folder.write(Simple.ending, to: "rules.d/10-rules.yaml")
    try await company.restart()
    try await company.turn()
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a pause stays with a rule that is renamed, and resuming it sends what was put off")
  func renamedWhilePaused() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-11' WHERE id = 2")
    let ledger = company.daemon.ledger
    let note = ActionNote(uid: 0, user: "test", because: "wrong price")
    try await ledger.pause(.rule("ending"), until: nil, note: note, now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting paused"])
    try await company.reload(
      rules: Simple.ending.replacing("- name: ending", with: "- name: closing\n    was: ending"))
    // The reminder for the other customer falls due under the new name.
    try await company.turn(at: "2026-03-07 09:00")
    #expect(company.mail.isEmpty)
    #expect(try await ledger.resume(.rule("closing"), note: note, now: company.clock.now))
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.mail(to: "1").count == 1 && company.mail(to: "2").count == 1)
    await company.close()
  }

  @Test("a newer step does not take back what may have arrived")
  func supersededDoubt() async throws {
    let rules = """
      rules:
        - name: ending
          watch: customers
          send: email
          steps:
            - { name: first, when: 4 days before ends_on, template: ending }
            - { name: second, when: 4 days before ends_on at 09:03, template: ending }
      """
    let company = try await Simple.company(at: "2026-03-05 12:00", rules: rules)
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["failed unresolved", "sent"])
    await company.close()
  }

  @Test("a reload waits for the one before it, so that the files as they were last are in use")
  func oneAfterTheOther() async throws {
    let (entered, enter) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema, configuration: Simple.configuration(),
      rules: Simple.ending
    ) { _, _, _ in
      enter.finish()
      for await _ in released {}
      return "compared"
    }
    let reloader = company.daemon.reloader
    let rules = "rules.d/10-rules.yaml"
    try company.folder.write(
      Simple.ending.replacingOccurrences(of: "4 days", with: "3 days"), to: rules)
    let first = Task { try await reloader.reload(acceptDrop: false) }
    for await _ in entered {}
    try company.folder.write(Simple.ending, to: rules)
    let second = Task { try await reloader.reload(acceptDrop: false) }
    // A reload that did not wait would be over by now, and the first would replace what it put to use.
    for _ in 1...1_000 { await Task.yield() }
    release.finish()
    #expect(try await first.value.contains("compared"))
    #expect(try await second.value.contains("1 rule changed (ending)"))
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("a configuration that cannot be used is not archived as the one that was loaded last")
  func archivesWhatIsUsed() async throws {
    let company = try await Simple.company()
    let before = try await company.daemon.ledger.latestConfiguration()
    try company.folder.write(
      Simple.ending.replacingOccurrences(of: "template: ending", with: "template: nowhere"),
      to: "rules.d/10-rules.yaml")
    let reloader = company.daemon.reloader
    await #expect(throws: MissingTemplate.self) { try await reloader.reload(acceptDrop: false) }
    #expect(try await company.daemon.ledger.latestConfiguration()?.text == before?.text)
    #expect(before?.text.isEmpty == false)
    await company.close()
  }

  private static let promoted = """
    rules:
      - { name: promoted, watch: customers, when: update of status, if: "status = 'vip' AND old.status IS NOT 'vip'", send: email, template: promoted, class: service }
    """

  /// Reloads with another configuration file.
  private func reload(_ company: Company, _ configuration: String, rules: String) async throws {
    try company.folder.write(
      configuration.replacing("FOLDER", with: company.folder.path), to: "kindly.yaml")
    try await company.reload(rules: rules)
  }

  private func setStatus(_ status: String, of id: Int, _ company: Company) throws {
    try company.write("UPDATE customers SET status = '\(status)' WHERE id = \(id)")
  }

  @Test(
    "a change log repeats nothing that was noticed without it, and what was not is noticed once")
  func beginsLog() async throws {
    let company = try await Simple.company(rules: Self.promoted)
    try await company.installChangeLog(of: "customers")
    try setStatus("vip", of: 1, company)
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail == ["2026-03-01 1 promoted"])
    // No look without the log sees this one.
    try setStatus("vip", of: 2, company)
    try await reload(company, Simple.configuration(mode: .changelog), rules: Self.promoted)
    try await company.turn(at: "2026-03-01 12:20")
    try await company.turn(at: "2026-03-01 12:40")
    #expect(company.mail == ["2026-03-01 1 promoted", "2026-03-01 2 promoted"])
    // From now on the log is read: it alone sees what came and went.
    try setStatus("trial", of: 1, company)
    try setStatus("vip", of: 1, company)
    try await company.turn(at: "2026-03-01 12:41")
    #expect(company.mail(to: "1").count == 2)

    try await reload(company, Simple.configuration(), rules: Self.promoted)
    try setStatus("trial", of: 1, company)
    try await company.turn(at: "2026-03-01 12:57")
    try setStatus("vip", of: 1, company)
    try await company.turn(at: "2026-03-01 12:58")
    #expect(company.mail(to: "1").count == 3)
    try await reload(company, Simple.configuration(mode: .changelog), rules: Self.promoted)
    try await company.turn(at: "2026-03-01 13:20")
    try await company.turn(at: "2026-03-01 13:40")
    #expect(company.mail(to: "1").count == 3 && company.mail(to: "2").count == 1)
    await company.close()
  }

  @Test("two reloads that compare other columns, each within a sweep, lose no update")
  func comparedColumns() async throws {
    let company = try await Simple.company(mode: .cursor, rules: Self.promoted)
    var rules = Self.promoted
    for (index, column) in ["phone", "name"].enumerated() {
      rules +=
        "\n  - { name: \(column), watch: customers, when: update of \(column), send: inbox, template: edited }"
      try company.write("UPDATE customers SET updated_at = \(2 + index) WHERE id = 2")
      try await company.reload(rules: rules)
      try await company.turn(at: "2026-03-01 12:0\(1 + index)")
    }
    try company.write("UPDATE customers SET status = 'vip', updated_at = 9 WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:03")
    #expect(company.mail == ["2026-03-01 1 promoted"])
    await company.close()
  }

  @Test(
    "a rule for a watch that no rule watched for more than a day starts from the rows as they are",
    arguments: [("2026-03-02", ["2026-03-02 3 hello"]), ("2026-03-04", [])])
  func unwatched(day: String, noticed: [String]) async throws {
    let company = try await Simple.company(rules: ReloadTests.welcome)
    try await company.reload(rules: Simple.ending, acceptDrop: true)
    try await company.turn(at: "2026-03-01 12:10")
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'He', 'he@example.com')")
    try await company.turn(at: "\(day) 11:00")
    try await company.reload(
      rules: ReloadTests.welcome.replacing("welcome", with: "hello"), acceptDrop: true)
    try await company.turn()
    try await company.turn(at: "\(day) 11:20")
    #expect(company.mail == noticed)
    try company.write("INSERT INTO customers (id, name, email) VALUES (4, 'Wu', 'wu@example.com')")
    try await company.turn(at: "\(day) 11:21")
    #expect(company.mail == noticed + ["\(day) 4 hello"])
    await company.close()
  }

  @Test("a watch that is given another query starts from its rows as they are")
  func redefined() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration().replacing(
        "table: customers", with: "query: \"SELECT * FROM customers WHERE id = 1\""),
      rules: ReloadTests.welcome)
    try await company.turn()
    try await reload(company, Simple.configuration(), rules: ReloadTests.welcome)
    for minute in [20, 40] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(company.mail.isEmpty)
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'He', 'he@example.com')")
    try await company.turn(at: "2026-03-01 12:41")
    #expect(company.mail == ["2026-03-01 3 welcome"])
    await company.close()
  }
}
