import GRDB
import KindlyTestKit
import Testing

@testable import kindly

@Suite("The verbs of the fuse", .serialized)
struct FuseCommandTests {
  /// A zone in which it is noon, so that no day ends before the test does.
  private func noon(_ company: Company) async throws -> String {
    let sql = "SELECT printf('Etc/GMT%+d', strftime('%H', 'now') - 12)"
    return try #require(
      try await company.database.writer.read { try String.fetchOne($0, sql: sql) })
  }

  @Test("show what is held, release the first with the daemon, and drop the rest without it")
  func verbs() async throws {
    let company = try Company()
    let zone = try await noon(company)
    try company.replace("timezone: Asia/Shanghai", with: "timezone: \(zone)")
    try company.write(
      Company.trial.replacing("send: email", with: "send: email\n    fuse: 2 a day"),
      to: "rules.d/10-trial.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    func states() async throws -> [String] {
      try await company.reminders().map { [$0.state, $0.reason ?? ""].joined(separator: " ") }
        .sorted()
    }
    for id in 4...5 { try company.insert(id, name: "c\(id)") }
    try await Eventually.holds("two letters") { try await states() == ["sent ", "sent "] }
    for id in 6...7 { try company.insert(id, name: "c\(id)") }
    try await Eventually.holds("two that are held") {
      try await states() == ["sent ", "sent ", "waiting fuse", "waiting fuse"]
    }
    try await daemon.says("run `kindly release trial` to send them")

    let id = try #require(try await company.reminders().first { $0.customer == "6" }).id
    let shown = try await company.run("outbox", "show", id)
    #expect(shown.output.contains("waiting: fuse"), "\(shown.output)")
    let why = try await company.run("why", "--customer", "6")
    #expect(why.output.contains("`kindly release trial` sends it"), "\(why.output)")
    let script = try await company.run("release", "trial", "--because", "x")
    #expect(script.code == 64 && script.errors.contains("add --yes"), "\(script.errors)")
    #expect(script.errors.contains("2 reminders (trial 2; due 20"), "\(script.errors)")
    let dry = try await company.run("release", "trial", "--first", "1", "--dry-run")
    #expect(dry.output.hasPrefix("dry run: the first 1 of 2 reminders (trial 2"), "\(dry.output)")
    let retried = try await company.run("outbox", "retry", id)
    #expect(retried.code == 65 && retried.errors.contains("kindly release"), "\(retried.errors)")

    let released = try await company.run(
      "release", "trial", "--first", "1", "--because", "to see it", "--yes")
    #expect(
      released.output
        == "1 reminder of rule trial released; each is sent once it is due; 1 is still held\n",
      "\(released.errors)")
    try await Eventually.holds("one more letter") {
      try await states() == ["sent ", "sent ", "sent ", "waiting fuse"]
    }
    #expect(await daemon.stop() == 0)

    let dropped = try await company.run("drop", "trial", "--because", "wrong import", "--yes")
    #expect(
      dropped.output == "1 reminder of rule trial dropped, and never sent\n", "\(dropped.errors)")
    #expect(
      try await states() == ["cancelled dropped by a person", "sent ", "sent ", "sent "])
    let again = try await company.run("drop", "trial", "--because", "wrong import", "--yes")
    #expect(again.output == "rule trial holds no reminders; nothing was changed\n")
    let unknown = try await company.run("release", "trail", "--dry-run")
    #expect(unknown.code != 0 && unknown.errors.contains("did you mean `trial`?"))
  }
}
