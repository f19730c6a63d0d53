import Foundation
import KindlyTestKit
import Testing

/// An emergency: somebody has saved a file with an error, and the daemon works on by the rules that it loaded before.
@Suite("Verbs while the configuration has errors", .serialized)
struct BrokenFilesTests {
  private static let error = "rules.d/10-trial.yaml:5:5: error:"

  private func breakRules(of company: Company) throws {
    try company.write(
      Company.trial.replacing("send: email", with: "sent: email"), to: "rules.d/10-trial.yaml")
  }

  @Test("every verb works by what the daemon loaded, and warns of the file that has the error")
  func everyVerb() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Zoe")
    try await Eventually.holds("the outcome") {
      try await company.reminders().map(\.state) == ["sent"]
    }
    let id = try #require(try await company.reminders().first).id
    try breakRules(of: company)
    let copy = company.folder.path + "/copy.db"
    let verbs: [[String]] = [
      ["pause", "--all", "--because", "wrong price"], ["resume", "--all"],
      ["pause", "trial", "--because", "wrong price"], ["resume", "trial"],
      ["why", "--customer", "4"], ["outbox"], ["outbox", "list", "--rule", "trial"],
      ["outbox", "show", id], ["outbox", "cancel", "--rule", "trial", "--because", "x", "--yes"],
      ["outbox", "restore", "--rule", "trial", "--because", "x", "--yes"],
      ["outbox", "retry", "--rule", "trial", "--yes"], ["resend", id, "--because", "lost"],
      ["inbox"], ["suppression", "list"], ["rules"], ["coverage"],
      ["preview", "trial", "4", "--step", "welcome"],
      ["send-test", "email", "me@example.com"], ["source", "ddl", "customers"],
      ["source", "inspect", "crm"], ["backup", copy],
    ]
    for verb in verbs {
      let ran = try await KindlyBinary.run(verb + ["--config", company.etc])
      #expect(ran.code == 0, "\(verb): \(ran.errors)")
      #expect(ran.errors.contains(BrokenFilesTests.error), "\(verb): \(ran.errors)")
      #expect(ran.errors.contains("which was loaded last"))
      #expect(!ran.output.contains(BrokenFilesTests.error), "\(verb)")
    }
    // What the daemon itself must refuse stays refused, and does not look like a typing slip.
    for verb in [["reload"], ["arm", "--because", "x"], ["clock", "accept", "--because", "x"]] {
      let ran = try await KindlyBinary.run(verb + ["--config", company.etc])
      #expect(ran.code != 78, "\(verb): \(ran.errors)")
    }
    #expect(await daemon.stop() == 0)
  }

  @Test("status and its monitoring line warn of the file that has the error")
  func status() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    #expect(try await company.run("status").code == 0)
    try breakRules(of: company)
    let warning = "the configuration in \(company.etc) has 3 errors and cannot be loaded"
    let status = try await company.run("status")
    #expect(status.code == 1)
    #expect(status.output.contains("warning: \(warning)"))
    // The zone is that of the configuration that the daemon loaded.
    #expect(status.output.contains(" CST\n"))
    let line = try await company.run("status", "--check")
    #expect(line.code == 1)
    #expect(line.output.hasPrefix("KINDLY WARNING - \(warning)"))
    #expect(line.errors.isEmpty)
    #expect(await daemon.stop() == 0)
  }

  @Test("a kindly.yaml that is no YAML leaves the verbs at work, with and without a daemon")
  func brokenMain() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try company.configure("  nonsense: [ \"", behind: "channels:")
    let paused = try await company.run("pause", "--all", "--because", "wrong price")
    #expect(paused.code == 0, "\(paused.errors)")
    #expect(paused.errors.contains("kindly.yaml"))
    #expect(try await company.run("status").output.contains("everything is paused"))
    #expect(await daemon.stop() == 0)
    let resumed = try await company.run("resume", "--all")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try await company.run("outbox", "list").code == 0)
  }

  @Test("where there is neither a daemon nor a ledger, the errors are all there is to say: exit 78")
  func nothingElse() async throws {
    let company = try Company()
    try breakRules(of: company)
    let list = try await company.run("outbox", "list")
    #expect(list.code == 78)
    #expect(list.errors.contains(BrokenFilesTests.error))
    let status = try await company.run("status", "--check")
    #expect(status.code == 3)
    #expect(status.output.hasPrefix("KINDLY UNKNOWN - "))
    #expect(status.output.contains(BrokenFilesTests.error))
  }

  @Test(
    "if kindly.yaml names other places than the running daemon uses, verbs work on the daemon's and say so",
    arguments: [
      ("control.sock", "elsewhere.sock", "socket"), ("/state", "/elsewhere", "ledger"),
      ("delivery: live", "delivery: rehearsal", "ledger"),
    ])
  func otherPlaces(_ old: String, _ new: String, _ what: String) async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.replace(old, with: new)
    let warning = "the running daemon uses the \(what) "
    let paused = try await company.run("pause", "--all", "--because", "wrong price")
    #expect(paused.code == 0, "\(paused.errors)")
    #expect(paused.errors.contains(warning), "\(paused.errors)")
    let status = try await company.run("status")
    #expect(status.code == 1)
    #expect(status.output.contains("everything is paused"), "\(status.output)")
    #expect(status.output.contains("warning: \(warning)"), "\(status.output)")
    #expect(try await company.run("resume", "--all").code == 0)
    #expect(await daemon.stop() == 0)
  }

  @Test("a slip in --config never reaches the daemon of the standard folder: exit 78")
  func otherFolder() async throws {
    let ran = try await KindlyBinary.run([
      "pause", "--all", "--because", "x", "--config", "/nowhere/kindly",
    ])
    #expect(ran.code == 78)
    #expect(ran.errors.contains("got no kindly.yaml in /nowhere/kindly"))
  }
}
