import Foundation
import Testing

@Suite("Times in the output of the command")
struct WrittenTimesTests {
  /// A company with an inbox, whose daemon has sent a letter, delivered a task, and holds something back.
  private func company() async throws -> (Company, RunningDaemon, String) {
    let company = try Company()
    try company.configure("  inbox: { type: inbox }", behind: "channels:")
    try company.write(
      Company.trial.replacing("send: email", with: "send: [email, inbox]"),
      to: "rules.d/10-trial.yaml")
    let daemon = try await RunningDaemon.start(company)
    try company.insert(7, name: "Eve")
    try await Eventually.holds("two reminders sent") {
      try await company.reminders().filter { $0.state == "sent" }.count == 2
    }
    for verb in [
      ["pause", "email", "--for", "2h", "--because", "test"],
      ["suppression", "add", "x@example.com", "--because", "test"],
    ] {
      let ran = try await company.run(
        verb[0] == "pause" ? ["channel"] + verb : verb)
      #expect(ran.code == 0, "\(ran.errors)")
    }
    let id = try #require(try await company.reminders().first?.id)
    return (company, daemon, id)
  }

  @Test("are written one way for people, and one way for scripts, by every verb and in the log")
  func oneWay() async throws {
    let (company, daemon, id) = try await company()
    let verbs = [
      ["status"], ["outbox", "list"], ["outbox", "show", id], ["why", "--customer", "7"],
      ["channel", "list"], ["inbox", "list"], ["suppression", "list"],
    ]
    for verb in verbs {
      let page = try await company.run(verb).output
      #expect(try times(in: page, followedBy: #/(?::\d\d)? CST\b/#, verb) > 0, "\(verb): \(page)")
      let json = try await company.run(verb + ["--json"]).output
      #expect(
        try times(in: json, followedBy: #/(?::\d\d(?:\.\d+)?)\+08:00/#, verb) > 0,
        "\(verb): \(json)")
    }
    let csv = try await company.run("outbox", "list", "--csv").output
    #expect(try times(in: csv, followedBy: #/:\d\d(?:\.\d+)?\+08:00/#, ["csv"]) > 0)
    #expect(await daemon.stop() == 0)
    #expect(try times(in: daemon.log, followedBy: #/(?::\d\d)? CST\b/#, ["the log"]) > 0)
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
