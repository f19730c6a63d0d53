import Foundation
import Testing

@Suite("The command without a daemon")
struct VerbTests {
  @Test("a first start without a configuration says what to do, and exits 78")
  func firstStart() async throws {
    let started = try await KindlyBinary.run(["run", "--config", "/nowhere/kindly"])
    #expect(started.code == 78)
    #expect(started.errors.contains("there is no configuration at /nowhere/kindly/kindly.yaml"))
    #expect(started.errors.contains("kindly init"))
  }

  @Test("status without a ledger is critical, and says so in one line for monitoring")
  func statusWithoutLedger() async throws {
    let company = try Company()
    let status = try await company.run("status")
    #expect(status.code == 2)
    #expect(status.output.contains("the daemon is not running"))
    #expect(status.output.contains("there is no ledger"))
    let line = try await company.run("status", "--check")
    #expect(line.code == 2)
    #expect(line.output.hasPrefix("KINDLY CRITICAL - "))
    #expect(line.output.contains(" | waiting=0 uncertain=0 sent=0 "))
    #expect(line.output.count { $0 == "\n" } == 1)
  }

  @Test(
    "a verb that was typed wrongly exits 64",
    arguments: [
      ["pause", "--because", "x"], ["pause", "trial", "--all", "--because", "x"],
      ["pause", "--all"], ["pause", "--all", "--because", " "],
      ["outbox", "cancel", "--rule", "trial"], ["outbox", "retry"],
      ["outbox", "list", "--state", "sleeping"], ["why"], ["resend", "abc"],
      ["clock", "accept"], ["clock", "accept", "--because", ""],
      ["status", "--check", "--json"], ["nonsense"],
    ])
  func usage(_ arguments: [String]) async throws {
    let ran = try await KindlyBinary.run(arguments)
    #expect(ran.code == 64, "\(ran.errors)")
  }

  @Test("verbs that only a daemon can do say that it is not running, and exit 69")
  func needsDaemon() async throws {
    let company = try Company()
    for verb in [["reload"], ["send-test", "email", "me@example.com"]] {
      let ran = try await KindlyBinary.run(verb + ["--config", company.etc])
      #expect(ran.code == 69)
      #expect(ran.errors.contains("the daemon is not running"))
      #expect(ran.output.isEmpty)
    }
  }

  @Test("a letter is previewed for a real row, its secrets as dots")
  func preview() async throws {
    let company = try Company()
    let letter = try await company.run("preview", "trial", "1", "--step", "welcome")
    #expect(letter.code == 0)
    #expect(letter.output.contains("To: 李伟 <li.wei@example.com>"))
    #expect(letter.output.contains("Subject: Welcome, 李伟"))
    #expect(!letter.output.contains("geheim"))
    let missing = try await company.run("preview", "trial", "99", "--step", "welcome")
    #expect(missing.code == 65)
  }

  @Test("a letter about a change is previewed with a moment, as if the change were noticed now")
  func previewOfChange() async throws {
    let company = try Company()
    try company.write(
      "---\nsubject: \"{{#moment}}Noticed, in days: {{days_left(moment)}}{{/moment}}\"\n---\n<p>a</p>\n",
      to: "templates/welcome.html")
    for (when, days) in [("insert", 0), ("3 days after insert", 3)] {
      try company.write(
        Company.trial.replacing("when: insert", with: "when: \(when)"),
        to: "rules.d/10-trial.yaml")
      let letter = try await company.run("preview", "trial", "1", "--step", "welcome")
      #expect(letter.output.contains("Subject: Noticed, in days: \(days)"), "\(letter.errors)")
    }
  }

  @Test(
    "a letter is previewed as the correction of a date that moved, if its rule sends corrections")
  func previewOfCorrection() async throws {
    let company = try Company()
    let arguments = ["preview", "trial", "1", "--step", "ending", "--moved-from", "2099-01-31"]
    let none = try await company.run(arguments)
    #expect(none.code == 65)
    #expect(none.errors.contains("rule trial, step ending, sends no corrections"))
    try company.write(
      Company.trial.replacing("09:30, template", with: "09:30, on move: correct, template"),
      to: "rules.d/10-trial.yaml")
    try company.write(
      "---\nsubject: \"{{#moment.was}}Moved from {{date(moment.was)}}{{/moment.was}}{{^moment.was}}Ends{{/moment.was}}\"\n---\n<p>a</p>\n",
      to: "templates/ending.html")
    let moved = try await company.run(arguments)
    #expect(moved.output.contains("Subject: Moved from 31 January 2099"), "\(moved.errors)")
    let usual = try await company.run(Array(arguments.dropLast(2)))
    #expect(usual.output.contains("Subject: Ends"))
    let wrong = try await company.run(arguments.dropLast() + ["soon"])
    #expect(wrong.code == 64)
    #expect(
      wrong.errors.contains("expected --moved-from to be a date such as 2026-02-10, got `soon`"))
  }

  @Test("the DDL of a change log names the columns that rules need, and how to remove it")
  func changeLog() async throws {
    let ddl = try await Company().run("source", "ddl", "customers")
    #expect(ddl.code == 0)
    #expect(ddl.output.contains("CREATE TRIGGER"))
    #expect(ddl.output.contains("DROP TRIGGER"))
    #expect(ddl.output.contains("holds the watch as `source replaced` until"))
    #expect(!ddl.output.contains("initial_password"))
  }

  @Test("each rule is an English sentence")
  func rules() async throws {
    let rules = try await Company().run("rules")
    #expect(rules.code == 0)
    #expect(
      rules.output.contains(
        "  4 days before trial_ends_on in customers, at 09:30, if status = 'trial', send ending by email (care)."
      ))
  }
}
