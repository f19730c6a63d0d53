import Foundation
import GRDB
import KindlyTestKit
import Testing

@Suite("Times in the output of the command")
struct WrittenTimesTests {
  private struct Entry: Decodable {
    let id: Int
  }

  /// A company with an inbox and tasks, whose daemon has sent a letter, delivered a task, and holds something back.
  private func company() async throws -> (Company, RunningDaemon) {
    let company = try Company()
    try company.configure(
      "  inbox: { type: inbox }\n  calls: { type: task, quiet hours: none }", behind: "channels:")
    try company.replace("channels:\n", with: "teams: { sales: { name: Sales } }\nchannels:\n")
    try company.write(
      Company.trial.replacing("send: email", with: "send: [email, inbox]"),
      to: "rules.d/10-trial.yaml")
    try company.write(
      """
      rules:
        - name: call
          watch: customers
          when: insert
          to: team sales
          send: calls
          template: welcome

      """, to: "rules.d/20-call.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(7, name: "Eve")
    try await Eventually.holds("three reminders sent") {
      try await company.reminders().filter { $0.state == "sent" }.count == 3
    }
    for verb in [
      ["channel", "pause", "email", "--for", "2h", "--because", "test"],
      ["suppression", "add", "x@example.com", "--because", "test"],
    ] {
      let ran = try await company.run(verb)
      #expect(ran.code == 0, "\(ran.errors)")
    }
    try company.insert(8, name: "Mo")
    try await Eventually.holds("a reminder that waits for the channel") {
      try await company.reminders().contains { $0.customer == "8" && $0.state == "waiting" }
    }
    return (company, daemon)
  }

  /// A folder with the company's configuration and one more rule.
  private func otherConfiguration(_ company: Company) throws -> String {
    let other = company.folder.path + "/other"
    try FileManager.default.copyItem(atPath: company.etc, toPath: other)
    try company.folder.write(
      """
      rules:
        - name: daily
          when: every day at 12:00
          if: id = 1
          send: inbox
          template: ending

      """, to: "other/rules.d/30-daily.yaml")
    return other
  }

  @Test("are written one way for people, and one way for scripts, by every verb and in the log")
  func oneWay() async throws {
    let (company, daemon) = try await company()
    let other = try otherConfiguration(company)
    let id = try #require(try await company.reminders().first?.id)
    let task = try await firstID(of: "task", company)
    let entry = try await firstID(of: "inbox", company)
    let forecast = ["forecast", "--at", "2099-02-01", "--days", "10"]
    let verbs = [
      ["status"], ["outbox", "list"], ["outbox", "show", id], ["why", "--customer", "7"],
      ["channel", "list"], ["inbox", "list"], ["suppression", "list"], ["rules"],
      ["task", "list"], ["task", "show", task], ["plan", other], forecast,
      forecast + ["--customer", "1"],
    ]
    for verb in verbs {
      try await expectForPeople(verb, company)
      let json = try await company.run(verb + ["--json"]).output
      #expect(
        try times(in: json, followedBy: #/(?::\d\d(?:\.\d+)?)\+08:00/#, verb) > 0,
        "\(verb): \(json)")
    }
    for verb in [["outbox", "list"], ["plan", other], forecast] {
      let csv = try await company.run(verb + ["--csv"]).output
      #expect(
        try times(in: csv, followedBy: #/:\d\d(?:\.\d+)?\+08:00/#, verb) > 0, "\(verb): \(csv)")
    }
    // Verbs that do something, and print no JSON.
    for verb in [
      ["inbox", "read", entry], ["task", "snooze", task, "--until", "+2h"],
      ["outbox", "cancel", "--rule", "trial", "--dry-run"],
      ["pause", "trial", "--for", "2h", "--because", "test"],
      ["channel", "pause", "inbox", "--for", "2h", "--because", "test"],
    ] {
      try await expectForPeople(verb, company)
    }
    #expect(await daemon.stop() == 0)
    #expect(try times(in: daemon.log, followedBy: #/(?::\d\d)? CST\b/#, ["the log"]) > 0)
  }

  @Test("are written the same way by the verb that accepts the clock, and where it is doubted")
  func clock() async throws {
    let company = try Company()
    let first = try await RunningDaemon.start(company)
    #expect(await first.stop() == 0)
    let ledger = try DatabaseQueue(path: company.ledger)
    // As if it had been at work while the clock was thirty days ahead.
    try await ledger.write {
      try $0.execute(sql: "UPDATE ledger SET last_time = last_time + 30 * 86400000")
    }
    try ledger.close()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("which the ledger has already recorded; nothing is planned or sent")
    let accepted = ["clock", "accept", "--because", "it was wrong before"]
    try await expectForPeople(accepted, company)
    #expect(await daemon.stop() == 0)
    #expect(try times(in: daemon.log, followedBy: #/(?::\d\d)? CST\b/#, ["the log"]) > 0)
  }

  /// The id of the first entry of a list.
  private func firstID(of list: String, _ company: Company) async throws -> String {
    let entries = try await company.run(list, "list", "--json").json(as: [Entry].self)
    let entry = try #require(entries.first)
    return "\(entry.id)"
  }

  /// Runs a verb, which must print a time, and every time with the abbreviation of the zone.
  private func expectForPeople(_ verb: [String], _ company: Company) async throws {
    let ran = try await company.run(verb)
    #expect(
      try times(in: ran.output, followedBy: #/(?::\d\d)? CST\b/#, verb) > 0, "\(verb): \(ran)")
  }

  /// How many times a text holds; each must go on as the pattern says.
  private func times(
    in text: String, followedBy end: Regex<Substring>, _ verb: [String]
  ) throws -> Int {
    let all = text.matches(of: #/\d{4}-\d\d-\d\d[ T]\d\d:\d\d/#)
    for match in all {
      let rest = text[match.range.upperBound...]
      // A sentence for people may stand in JSON.
      let isRight =
        try end.prefixMatch(in: rest) != nil
        || (try #/(?::\d\d)? CST\b/#.prefixMatch(in: rest)) != nil
      #expect(isRight, "\(verb): \(match.output)\(rest.prefix(10))")
    }
    return all.count
  }
}
