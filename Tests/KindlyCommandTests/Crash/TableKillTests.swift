import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// The real daemon is killed while it inserts rows into an application's table on a real server.
@Suite("Kill -9 during an insert")
struct TableKillTests {
  private static let asked = Int(ProcessInfo.processInfo.environment["KINDLY_KILLS"] ?? "")
  /// `KINDLY_KILLS=20` asks for 20 kills and 10,000 messages.
  private static let kills = asked ?? 2
  /// How many portions there are for each kill.
  private static let portions = asked == nil ? 1 : 5
  /// Few enough to be no mass change.
  private static let portion = 100

  @Test("each message has exactly one row", arguments: ServerKind.allCases)
  func killed(_ kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE messages (reminder_id varchar(64) UNIQUE, customer varchar(20), title text)")
    for user in database.grantees {
      try database.run("GRANT INSERT ON messages TO \(user)")
    }
    let company = try MailCompany(port: 0)
    try company.folder.write("open sesame", to: "secret")
    try company.use(
      channel: """
        { type: table, url: "\(database.url)", password: { file: \(company.folder.path)/secret }, table: messages, \
        id: reminder_id, columns: { customer: "{{customer}}", title: "{{subject}}" }, concurrency: 4 }
        """, address: nil)
    var daemon = try await DaemonProcess.start(company)
    var chance = SeededRandom(seed: 20_260_210)
    let total = Self.kills * Self.portions * Self.portion
    for (round, first) in stride(from: 1, to: total, by: Self.portion).enumerated() {
      try await company.plans(first - 1)
      let before = try count(database)
      try company.insert(first...first + Self.portion - 1)
      guard round % Self.portions == Self.portions - 1 else { continue }
      let wanted = before + chance.number(in: 1...Self.portion / 2)
      try await Eventually.holds("\(wanted) rows") { try count(database) >= wanted }
      #expect(await daemon.kill())
      daemon = try DaemonProcess(company)
    }
    try await company.become([.sent: total])
    // Before it runs, a signal to end would end it at once.
    try await daemon.says("is running: ")
    #expect(await daemon.stop() == 0)
    #expect(try count(database) == total)
    #expect(
      try database.rows("SELECT count(DISTINCT customer) FROM messages") == [["\(total)"]])
  }

  private func count(_ database: any ServerDatabase) throws -> Int {
    Int(try database.rows("SELECT count(*) FROM messages").first?.first.flatMap(\.self) ?? "") ?? 0
  }
}
