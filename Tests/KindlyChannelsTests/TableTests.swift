import Foundation
import GRDB
import KindlyConfig
import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@testable import KindlyChannels

/// Channels of type `table`, on real databases.
@Suite("A channel of type table")
struct TableTests {
  private static let columns =
    "user_id varchar(40) NOT NULL, title varchar(20), body text, email varchar(40) UNIQUE, created_at timestamp NULL"

  /// A channel over the settings that YAML gives.
  private func channel(_ url: String, keys: String = "") throws -> any Channel {
    let settings = try settings(url, keys: keys)
    return try settings.type.channel(
      in: ChannelSurroundings(
        name: "app", concurrency: 2, sender: try Mailbox("Example <care@example.com>"), zone: .utc,
        ledger: NoLedger(), clock: ManualClock(ProviderStandIn.now),
        environment: ["PASSWORD": "open sesame"]))
  }

  private func settings(_ url: String, keys: String = "") throws -> ChannelSettings {
    let folder = try TemporaryFolder()
    let yaml = """
      sources:
        crm: { url: "sqlite:///srv/crm.db" }
      watches:
        customers: { source: crm, table: customers, key: id }
      customers: { watch: customers, email: email }
      channels:
        app:
          type: table
          url: "\(url)"
          table: messages
          id: reminder_id
          columns:
            user_id: "{{customer}}"
            title: "{{subject}}"
            body: "{{text}}"
            created_at: "{{time}}"
            email: "{{html}}"
          \(keys)
      """
    try Data(yaml.utf8).write(to: folder.url.appending(path: "kindly.yaml"))
    return try #require(try ConfigurationLoader.load(folder: folder.url.path).channels.first)
  }

  private func delivery(
    id: String = "k3f9", subject: String = "It's due", html: String? = nil
  ) -> Delivery {
    .fixture(id: id, message: Message(subject: subject, html: html, text: "a \"b\"\n'c' \\ 张三 ✓"))
  }

  private func send(_ channel: any Channel, _ delivery: Delivery) async throws -> Outcome {
    await channel.send(try channel.prepare(delivery), deadline: .seconds(60))
  }

  @Test("inserts each message once, whatever it holds", arguments: ServerKind.allCases)
  func inserts(_ kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE messages (reminder_id varchar(64) UNIQUE, \(Self.columns))")
    try grant("INSERT", on: database)
    let channel = try channel(database.url, keys: "password: { env: PASSWORD }")
    #expect(try await send(channel, delivery()).text == "inserted into messages")
    let again = try await send(channel, delivery())
    #expect(again.word == "sent")
    #expect(again.text.contains("taken before"))
    let rows = try database.rows("SELECT reminder_id, user_id, title, body, email FROM messages")
    #expect(rows == [["k3f9", "42", "It's due", "a \"b\"\n'c' \\ 张三 ✓", nil]])
    await channel.close()
  }

  @Test("tells a repeat from another row that the table refuses", arguments: ServerKind.allCases)
  func otherConstraint(_ kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE messages (reminder_id varchar(64) UNIQUE, \(Self.columns))")
    try grant("INSERT", on: database)
    let channel = try channel(database.url, keys: "password: { env: PASSWORD }")
    #expect(try await send(channel, delivery(id: "a", html: "same")).word == "sent")
    let refused = try await send(channel, delivery(id: "b", html: "same"))
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.refusal?.isChannelWide == false)
    let long = try await send(
      channel, delivery(id: "c", subject: "a subject of more than twenty characters"))
    #expect(long.word == "misconfigured", "\(long)")
    #expect(long.refusal?.isChannelWide == false)
    #expect(try await send(channel, delivery(id: "d")).word == "sent")
    await channel.close()
  }

  @Test("survives the end of its connection", arguments: ServerKind.allCases)
  func connectionEnds(_ kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE messages (reminder_id varchar(64) UNIQUE, \(Self.columns))")
    try grant("INSERT", on: database)
    let channel = try channel(database.url, keys: "password: { env: PASSWORD }\n    concurrency: 1")
    #expect(try await send(channel, delivery(id: "a")).word == "sent")
    #expect(try database.endReaders() >= 1)
    // The server ends the connection in its own time, so it may be there for one more row.
    var words: [String] = []
    while words.count < 9, words.suffix(2) != ["sent", "sent"] {
      words.append(try await send(channel, delivery(id: "b")).word)
    }
    #expect(words.suffix(2) == ["sent", "sent"])
    #expect(Set(words).isSubset(of: ["sent", "unknown"]), "\(words)")
    #expect(try database.rows("SELECT count(*) FROM messages") == [["2"]])
    await channel.close()
  }

  @Test("is checked before anything is inserted", arguments: ServerKind.allCases)
  func check(_ kind: ServerKind) async throws {
    let database = try await kind.database()
    let settings = try settings(database.url, keys: "password: { env: PASSWORD }")
    func findings() -> ChannelFindings {
      settings.type.findings(environment: ["PASSWORD": "open sesame"])
    }
    #expect(findings().faults.first?.contains("has no table messages") == true)
    try database.run("CREATE TABLE messages (reminder_id varchar(64), user_id varchar(40))")
    try grant("INSERT", on: database)
    #expect(
      findings().faults.first?.contains("has no column title, body, created_at, email") == true)
    try database.run("DROP TABLE messages")
    try database.run("CREATE TABLE messages (reminder_id varchar(64), \(Self.columns))")
    try grant("INSERT", on: database)
    #expect(findings().faults.first?.contains("is not unique") == true)
    try database.run("CREATE UNIQUE INDEX once ON messages (reminder_id)")
    #expect(findings() == ChannelFindings(faults: []))
    try grant("UPDATE", on: database)
    #expect(findings().faults.isEmpty)
    #expect(findings().warnings.first?.contains("may do more than insert") == true)
  }

  @Test("needs the right to insert, and says so", arguments: ServerKind.allCases)
  func noRight(_ kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE messages (reminder_id varchar(64) UNIQUE, \(Self.columns))")
    let channel = try channel(database.url, keys: "password: { env: PASSWORD }")
    let outcome = try await send(channel, delivery())
    #expect(outcome.word == "misconfigured", "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    await channel.close()
  }

  @Test("writes into a SQLite file beside its application")
  func sqlite() async throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "app.db").path
    let missing = try channel("sqlite://\(path)")
    #expect(try await send(missing, delivery()).word == "misconfigured")
    #expect(!FileManager.default.fileExists(atPath: path))
    await missing.close()
    let application = try DatabaseQueue(path: path)
    try await application.write { db in
      try db.execute(sql: "CREATE TABLE messages (reminder_id TEXT, \(Self.columns))")
    }
    let settings = try settings("sqlite://\(path)")
    #expect(
      settings.type.findings(environment: [:]).faults.first?.contains("is not unique") == true)
    try await application.write { db in
      try db.execute(sql: "CREATE UNIQUE INDEX once ON messages (reminder_id)")
    }
    #expect(settings.type.findings(environment: [:]) == ChannelFindings(faults: []))
    let channel = try channel("sqlite://\(path)")
    for _ in 1...2 { #expect(try await send(channel, delivery()).word == "sent") }
    let refused = try await send(channel, delivery(id: "b", html: "x"))
    #expect(refused.word == "sent")
    #expect(try await send(channel, delivery(id: "c", html: "x")).word == "misconfigured")
    let rows = try await application.read { db in
      try Row.fetchAll(
        db, sql: "SELECT body, created_at FROM messages WHERE reminder_id = 'k3f9'"
      ).map { [$0["body"] as String?, $0["created_at"] as String?] }
    }
    #expect(rows == [["a \"b\"\n'c' \\ 张三 ✓", "2026-02-10 01:30:00"]])
    await channel.close()
  }

  /// A channel into a SQLite file whose values are made of the names of their columns.
  private func channel(into path: String, columns: [String]) -> TableChannel {
    TableChannel(
      name: "app", traits: ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key),
      target: TableTarget(
        place: .sqlite(path: path), table: "messages", id: "reminder_id", columns: columns),
      password: nil, connections: 1
    ) { delivery, _ in
      [delivery.publicID]
        + columns.map { name -> String? in name == "vacant" ? nil : "of \(name)" }
    }
  }

  @Test(
    "repeats a stored row by the names of its columns",
    arguments: [
      (["title", "body", "vacant"], "sent"), (["vacant", "body", "title"], "sent"),
      (["title", "body", "email"], "misconfigured"), (["title", "body"], "misconfigured"),
      (["title", "body", "vacant", "email"], "misconfigured"),
    ])
  func changedColumns(_ columns: [String], _ word: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "app.db").path
    let application = try DatabaseQueue(path: path)
    try await application.write { db in
      try db.execute(
        sql: """
          CREATE TABLE messages (
            reminder_id TEXT UNIQUE, title TEXT, body TEXT, vacant TEXT, email TEXT)
          """)
    }
    let before = channel(into: path, columns: ["title", "body", "vacant"])
    let payload = try before.prepare(delivery())
    await before.close()
    let after = channel(into: path, columns: columns)
    let outcome = await after.send(payload, deadline: .seconds(60))
    #expect(outcome.word == word, "\(outcome)")
    if word == "misconfigured" { #expect(outcome.text.contains("were `columns` changed?")) }
    let rows = try await application.read { db in
      try Row.fetchAll(db, sql: "SELECT title, body, vacant FROM messages").map {
        [$0["title"] as String?, $0["body"] as String?, $0["vacant"] as String?]
      }
    }
    let expected: [[String?]] = word == "sent" ? [["of title", "of body", nil]] : []
    #expect(rows == expected)
    await after.close()
  }

  @Test("repeats a stored row without names by its number of values")
  func namelessRow() async throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "app.db").path
    let application = try DatabaseQueue(path: path)
    try await application.write { db in
      try db.execute(sql: "CREATE TABLE messages (reminder_id TEXT UNIQUE, title TEXT)")
    }
    let channel = channel(into: path, columns: ["title"])
    let stored = Payload(
      publicID: "k3f9", recipient: "42", bytes: Array("[\"k3f9\",\"It's due\"]".utf8))
    #expect(await channel.send(stored, deadline: .seconds(60)).word == "sent")
    let long = Payload(
      publicID: "k3f8", recipient: "42", bytes: Array("[\"k3f8\",null,null]".utf8))
    #expect(await channel.send(long, deadline: .seconds(60)).word == "misconfigured")
    let titles = try await application.read { db in
      try String.fetchAll(db, sql: "SELECT title FROM messages")
    }
    #expect(titles == ["It's due"])
    await channel.close()
  }

  @Test(
    "reports mistakes in its keys",
    arguments: [
      ("csv:///srv/app", "", "expected `url` of a table to begin with sqlite"),
      ("postgresql://me:pw@db/app", "", "expected `url` to have no password"),
      ("sqlite:///srv/app.db", "rings: maybe", "expected `rings` to be yes or no"),
    ])
  func mistakes(_ url: String, _ keys: String, _ text: String) {
    let problems = #expect(throws: ConfigurationProblems.self) { try settings(url, keys: keys) }
    let all = (problems?.problems ?? []).map(\.text)
    #expect(all.contains { $0.contains(text) }, "\(all)")
  }

  private func grant(_ right: String, on database: any ServerDatabase) throws {
    for user in database.grantees { try database.run("GRANT \(right) ON messages TO \(user)") }
  }
}

/// A ledger for channels that keep nothing in it.
private struct NoLedger: ChannelLedger {
  func deliver(_: InboxDelivery, now _: Instant) async throws {}
  func keep(_: TaskDelivery, now _: Instant) async throws {}
  func token(of _: String) async throws -> AccessToken? { nil }
  func keep(_: AccessToken, of _: String) async throws {}
}
