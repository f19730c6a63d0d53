import ArgumentParser
import Foundation
import KindlyChannels
import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyTestKit
import Testing

@testable import kindly

@Suite("Verbs that change many reminders", .serialized)
struct BulkTests {
  /// A company whose three new customers' letters wait for the end of a pause.
  private func waiting() async throws -> (Company, RunningDaemon) {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    #expect(try await company.run("pause", "email", "--because", "test").code == 0)
    for id in 4...6 { try company.insert(id, name: "c\(id)") }
    try await Eventually.holds("three reminders that are paused") {
      try await company.reminders().map(\.reason) == ["paused", "paused", "paused"]
    }
    return (company, daemon)
  }

  private func states(_ company: Company) async throws -> [String] {
    try await company.reminders().map(\.state)
  }

  @Test("a filter changes nothing until a person confirms the count; --dry-run changes nothing")
  func net() async throws {
    let (company, daemon) = try await waiting()
    let untouched = ["waiting", "waiting", "waiting"]
    let script = try await company.run("outbox", "cancel", "--rule", "trial", "--because", "x")
    #expect(script.code == 64)
    #expect(script.errors.contains("3 reminders (trial 3; due 20"), "\(script.errors)")
    #expect(script.errors.contains("add --yes"))
    let dry = try await company.run(
      "outbox", "cancel", "--rule", "trial", "--dry-run", "--because", "x")
    #expect(dry.code == 0)
    #expect(dry.output.hasPrefix("dry run: 3 reminders (trial 3; due 20"), "\(dry.output)")
    #expect(dry.output.hasSuffix(" CST) would be cancelled\n"))
    #expect(try await states(company) == untouched)

    let arguments = [
      "outbox", "cancel", "--rule", "trial", "--because", "x", "--config", company.etc,
    ]
    let refusing = try TerminalFixture(typing: ["no"])
    let no = try await KindlyBinary.run(arguments, input: refusing.input)
    #expect(no.code == 65 && no.errors.contains("nothing was changed"))
    #expect(no.output.contains("3 reminders (trial 3"))
    #expect(try await states(company) == untouched)
    let agreeing = try TerminalFixture(typing: ["yes"])
    let yes = try await KindlyBinary.run(arguments, input: agreeing.input)
    #expect(yes.code == 0 && yes.output.hasSuffix("3 reminders cancelled\n"), "\(yes.errors)")
    #expect(await daemon.stop() == 0)
  }

  @Test("reminders planned while a person decides are not changed")
  func plannedMeanwhile() async throws {
    let (company, daemon) = try await waiting()
    let arguments = [
      "outbox", "cancel", "--rule", "trial", "--because", "x", "--config", company.etc,
    ]
    let terminal = try TerminalFixture(typing: [])
    let (input, shown) = (terminal.input, try Capture())
    async let cancelling = KindlyBinary.run(arguments, input: input, output: shown)
    try await Eventually.holds("the question") { shown.text.contains("Go on? (yes or no)") }
    try company.insert(7, name: "c7")
    try await Eventually.holds("a fourth reminder") {
      try await company.reminders().count == 4
    }
    try terminal.type("yes")
    let cancelled = try await cancelling
    #expect(cancelled.output.hasSuffix("3 reminders cancelled\n"), "\(cancelled.output)")
    let left = try await company.reminders().filter { $0.state == "waiting" }
    #expect(left.map(\.customer) == ["7"])
    #expect(await daemon.stop() == 0)
  }

  @Test("what a person cancelled is restored, and goes when nothing holds it")
  func restore() async throws {
    let (company, daemon) = try await waiting()
    let cancelled = try await company.run(
      "outbox", "cancel", "--customer", "5", "--because", "slip", "--yes")
    #expect(cancelled.output == "1 reminder cancelled\n")
    let id = try #require(try await company.reminders().first { $0.customer == "5" }).id
    let again = try await company.run("outbox", "cancel", id, "--because", "slip")
    #expect(again.code == 65)
    #expect(again.errors.contains("cannot be cancelled: it is cancelled: dropped by a person"))
    let restored = try await company.run("outbox", "restore", id, "--because", "was a slip")
    #expect(restored.code == 0 && restored.output == "1 reminder restored\n", "\(restored.errors)")
    #expect(try await company.run("outbox", "show", id).output.contains("restore by "))
    #expect(try await company.run("resume", "email").code == 0)
    try await Eventually.holds("all three mails") { company.letters.count == 3 }
    let sent = try await company.run("outbox", "restore", id, "--because", "x")
    #expect(sent.code == 65)
    let nothing = try await company.run(
      "outbox", "restore", "--rule", "trial", "--because", "x", "--yes")
    #expect(nothing.code == 0 && nothing.output == "no reminder matches; nothing was changed\n")
    #expect(await daemon.stop() == 0)
  }

  @Test(
    "unknown names are refused, and the name that was probably meant is suggested",
    arguments: [
      (["outbox", "list", "--rule", "trail"], "there is no rule trail; did you mean `trial`?"),
      (
        ["outbox", "list", "--channel", "emial"], "there is no channel emial; did you mean `email`?"
      ),
      (
        ["outbox", "cancel", "--rule", "nope", "--because", "x", "--yes"],
        "there is no rule nope; the rules are trial"
      ),
      (["outbox", "retry", "--rule", "trail", "--dry-run"], "did you mean `trial`?"),
      (["outbox", "restore", "--channel", "emial", "--because", "x"], "did you mean `email`?"),
      (
        ["pause", "trail", "--because", "x"],
        "there is no rule or channel trail; did you mean `trial`?"
      ),
      (["resume", "rule:trail"], "there is no rule trail; did you mean `trial`?"),
      (
        ["source", "accept", "custmers", "--because", "x"],
        "there is no watch or source custmers; did you mean `customers`?"
      ),
      (["source", "ddl", "custmers"], "there is no watch custmers; did you mean `customers`?"),
      (["preview", "trail", "1"], "there is no rule trail; did you mean `trial`?"),
    ])
  func names(_ arguments: [String], _ text: String) async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    let asked = try await KindlyBinary.run(arguments + ["--config", company.etc])
    #expect(asked.code == 65, "\(asked.output)")
    #expect(asked.errors.contains(text), "\(asked.errors)")
    #expect(await daemon.stop() == 0)
    let alone = try await KindlyBinary.run(arguments + ["--config", company.etc])
    #expect(alone.code == 65, "\(alone.output)")
    #expect(alone.errors.contains(text), "\(alone.errors)")
  }

  @Test("since a past time ends now, unless --until says otherwise")
  func since() throws {
    let company = try Company()
    let workplace = Workplace(try ConfigurationLoader.load(folder: company.etc))
    let now = workplace.now
    func filter(_ arguments: String...) throws -> ReminderSelection {
      try OutboxFilter.parse(arguments).selection(workplace)
    }
    let hour = try filter("--since", "1h")
    #expect(hour.since == now - .hours(1))
    #expect(hour.until == now + .milliseconds(1))
    let tomorrow = try filter("--since", "1h", "--until", "+1d")
    #expect(tomorrow.since == now - .hours(1) && tomorrow.until == now + .days(1))
    let later = try filter("--since", "+2h")
    #expect(later.since == now + .hours(2) && later.until == nil)
    let ahead = try filter("--since", "+0m")
    #expect(ahead.since == now && ahead.until == nil)
  }

  @Test("--reason tells a condition that never held from one that no longer holds")
  func neverApplied() throws {
    let company = try Company()
    let workplace = Workplace(try ConfigurationLoader.load(folder: company.etc))
    func selection(_ words: String) throws -> ReminderSelection {
      try OutboxFilter.parse(["--reason", words]).selection(workplace)
    }
    #expect(
      try selection("never-applied") == ReminderSelection(reason: .condition, hasApplied: false))
    #expect(try selection("condition") == ReminderSelection(reason: .condition, hasApplied: true))
    #expect(try selection("Quiet hours") == ReminderSelection(reason: .quietHours))
  }

  @Test("pause and resume find a rule by a name that it had before")
  func formerName() async throws {
    let company = try Company()
    try company.write(
      Company.trial.replacing("- name: trial", with: "- name: lease\n    was: trial"),
      to: "rules.d/10-trial.yaml")
    let workplace = Workplace(try ConfigurationLoader.load(folder: company.etc))
    let scope = try await PauseTarget.parse(["trial"]).scope(workplace)
    #expect(scope == ControlRequest.Scope.rule("lease"))
  }

  @Test(
    "an unknown verb is refused, and the verb that was meant is suggested: exit 64",
    arguments: [
      (["statsu"], "`kindly` has no verb statsu; did you mean `kindly status`?"),
      (["outbox", "cancle", "--rule", "trial"], "did you mean `kindly outbox cancel`?"),
      (["source", "inspct"], "did you mean `kindly source inspect`?"),
      (["nonsense"], "its verbs are init, run, check"),
    ])
  func verbs(_ arguments: [String], _ text: String) async throws {
    let ran = try await KindlyBinary.run(arguments)
    #expect(ran.code == 64)
    #expect(ran.errors.contains(text), "\(ran.errors)")
  }
}
