import Foundation
import KindlyTestKit
import Testing

@Suite("Values that a database repeats in an error", .serialized)
struct ForeignValueTests {
  @Test(
    "reach neither the journal nor the ledger, its log, a backup or what status says",
    arguments: [
      "EXISTS (SELECT 1 FROM words WHERE words MATCH this.initial_password)",
      "json_extract('{}', initial_password)",
    ])
  func kept(condition: String) async throws {
    let company = try Company()
    try company.database.run("CREATE VIRTUAL TABLE words USING fts5 (word)")
    try company.write(
      """
      rules:
        - name: trial
          watch: customers
          if: "\(condition)"
          when: insert
          send: email
          template: welcome
          class: service

      """, to: "rules.d/10-trial.yaml")
    try company.configure("log level: debug", behind: "delivery: live")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    // Of a `secret:` column nothing is kept, though the condition reads it.
    try company.database.run(
      "INSERT INTO customers (id, name, email, initial_password) VALUES (4, 'Zoe', 'z@example.com', '\"Geheimnis')"
    )
    try await Eventually.holds("a reminder that waits for its rule") {
      try await company.reminders().first?.reason == "rule error"
    }
    try await daemon.says("on row 4")
    try await Eventually.holds("the warning") {
      try await company.run("status").output.contains("on row 4")
    }
    let told = [
      try await company.run("status").output,
      try await company.run("why", "--customer", "4").output,
      daemon.log,
    ]
    let copy = company.folder.path + "/copy.db"
    #expect(try await company.run("backup", copy).code == 0)
    for text in told { #expect(!text.contains("Geheimnis"), "\(text)") }
    for path in [company.ledger, company.ledger + "-wal", copy] {
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      #expect(!bytes.isEmpty || path.hasSuffix("-wal"))
      #expect(bytes.range(of: Data("Geheimnis".utf8)) == nil, "\(path)")
    }
    #expect(await daemon.stop() == 0)
  }
}
