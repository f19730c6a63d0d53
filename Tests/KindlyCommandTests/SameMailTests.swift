import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Logging
import Testing

@testable import kindly

/// The demo's company lives through the same story on every engine.
@Suite("The same company")
struct SameMailTests {
  @Test(
    "gives the same mail on a server as on SQLite, letter for letter",
    arguments: ServerKind.allCases)
  func sameMail(kind: ServerKind) async throws {
    let ledger = try await DemoLife.emptyLedger()
    let expected = try await DemoLife(on: SQLiteApplication(), ledger: ledger).mail()
    // Two who came, a trial's end and two of them near, a payment, a parcel, a call and an invoice.
    #expect(expected.count == 9)
    let mail = try await DemoLife(on: ServerApplication(kind), ledger: ledger).mail()
    #expect(mail.keys.sorted() == expected.keys.sorted())
    for (name, letter) in expected {
      #expect(mail[name] == letter)
    }
  }
}

/// The company's application, with the tables and rows of the demo in its database.
private protocol DemoApplication: Sendable {
  /// What stands in `kindly.yaml` where a source's URL is expected; FOLDER holds a file `password`.
  var settings: String { get }
  /// Runs statements in one transaction.
  func execute(_ statements: [String]) throws
  /// Runs what `kindly source ddl` prints.
  func run(script: String) throws
}

private struct SQLiteApplication: DemoApplication {
  private let database: TemporaryDatabase

  init() throws {
    database = try TemporaryDatabase(DemoCompany.tables + DemoCompany.touching, journal: .wal)
  }

  var settings: String { "\"sqlite://\(database.path)\"" }

  func execute(_ statements: [String]) throws {
    try database.run(
      (["BEGIN"] + statements + SQLiteApplication.wholeTimes + ["COMMIT"]).joined(separator: ";\n"))
  }

  func run(script: String) throws { try database.run(script) }

  /// A column of times on a server makes midnight of a date, and so does this application.
  private static let wholeTimes = [
    ("customers", "trial_ends_on"), ("invoices", "due_on"), ("orders", "shipped_at"),
  ].map { table, column in
    "UPDATE \(table) SET \(column) = \(column) || ' 00:00:00' WHERE length(\(column)) = 10"
  }
}

private struct ServerApplication: DemoApplication {
  private let database: any ServerDatabase

  init(_ kind: ServerKind) async throws {
    database = try await kind.database(kind.demoTables)
  }

  var settings: String { "\"\(database.url)\", password: { file: FOLDER/password }" }

  func execute(_ statements: [String]) throws {
    try database.run((["BEGIN"] + statements + ["COMMIT"]).joined(separator: ";\n"))
  }

  func run(script: String) throws { try database.run(script) }
}

extension ServerKind {
  /// The demo's tables as an application on this server would have made them, with the types that it has for dates.
  fileprivate var demoTables: String {
    let touched = "updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))"
    switch self {
    #if PostgreSQL
      case .postgres:
        return DemoCompany.tables
          .replacing(touched, with: "updated_at timestamptz NOT NULL DEFAULT clock_timestamp()")
          .replacing("DATETIME", with: "timestamp")
          .replacing("NUMERIC", with: "numeric(12, 2)")
            + """
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.updated_at = clock_timestamp(); RETURN NEW; END';
            CREATE TRIGGER customers_touched BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch()
            """
    #endif
    #if MariaDB
      case .mariadb:
        return DemoCompany.tables
          .replacing(
            touched, with: "updated_at datetime(6) NOT NULL DEFAULT NOW(6) ON UPDATE NOW(6)"
          )
          .replacing("TEXT", with: "varchar(80)")
          .replacing("NUMERIC", with: "decimal(12, 2)")
    #endif
    }
  }
}

/// What happens in the demo, on a clock that is moved by hand, with the whole daemon.
private struct DemoLife {
  private let application: any DemoApplication
  private let folder: TemporaryFolder
  private let clock = ManualClock(DemoLife.start)
  private let daemon: Daemon
  private let providers: DemoProviders

  private static let zone = Zone.named("Europe/Berlin") ?? .utc
  /// Tuesday, 3 March 2026, at eleven in Berlin.
  private static let start = Instant(seconds: 1_772_532_000)

  /// The folder of a ledger in which nothing has happened: what derives from its number is then the same for all.
  static func emptyLedger() async throws -> TemporaryFolder {
    let folder = try TemporaryFolder("demo-ledger")
    let ledger = try SQLiteLedger(
      opening: LedgerOptions(path: folder.path + "/kindly.db", create: true), now: start,
      fatal: { fatalError("\($0)") })
    await ledger.close(now: start)
    return folder
  }

  init(on application: some DemoApplication, ledger: TemporaryFolder) async throws {
    self.application = application
    let folder = try TemporaryFolder("demo-life")
    self.folder = folder
    providers = try DemoProviders()
    let main = DemoRules.main(
      folder: folder.path, zone: DemoLife.zone.identifier, port: providers.port
    )
    .replacing("\"sqlite://\(folder.path)/crm.db\"", with: application.settings)
    .replacing("FOLDER", with: folder.path)
    try folder.write(main, to: "kindly.yaml")
    for (name, text) in DemoRules.files { try folder.write(text, to: "rules.d/" + name) }
    for (name, text) in DemoLetters.files { try folder.write(text, to: "templates/" + name) }
    try folder.write("open sesame\n", to: "password")
    for name in ["twilio", "wechat"] { try folder.write("demo\n", to: "secrets/" + name) }
    try FileManager.default.copyItem(atPath: ledger.path, toPath: folder.path + "/state")
    try application.execute(DemoCompany(now: DemoLife.start, zone: DemoLife.zone).inserts)
    // Cents, which engines give in different ways.
    try application.execute([
      "UPDATE invoices SET amount = 1425.50 WHERE id = \(Cast.debtorInvoice)"
    ])
    try await DemoLife.applyChangeLog(application, folder.path)
    daemon = try await Daemon(
      DaemonOptions(
        load: { try ConfigurationLoader.load(folder: folder.path) }, clock: clock,
        environment: [:], version: "test",
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        fatal: { fatalError("\($0)") }))
    // The ledger is a copy, which sends nothing until a person says that it may.
    try await daemon.ledger.arm(
      ActionNote(uid: 0, user: "test", because: "the only copy at work"), now: DemoLife.start)
  }

  /// What an administrator does once with the output of `kindly source ddl leases`.
  private static func applyChangeLog(_ application: any DemoApplication, _ folder: String)
    async throws
  {
    let configuration = try ConfigurationLoader.load(folder: folder)
    let watch = try #require(configuration.watch(named: "leases"))
    let source = try SourceAssembly.source(try #require(configuration.source(named: watch.source)))
    let script = try await source.changeLogDDL(for: watch, columns: ["customer_id", "status"])
    await source.close()
    try application.run(script: script)
  }

  /// Lives through the story and returns every letter by the name of its file.
  func mail() async throws -> [String: String] {
    _ = try await daemon.turn()
    let due = clock.now + .minutes(15)
    try await apply(DemoActs.setDates(due))
    try await apply(DemoActs.changeBefore)
    for newcomer in DemoActs.newcomers(on: DemoLife.zone.date(at: clock.now)) {
      try await apply(newcomer)
    }
    try await apply(DemoActs.reloadOrders)
    try await apply(DemoActs.ship(at: clock.now))
    try await apply(DemoActs.agreeCall(at: clock.now + .seconds(690)))
    try await apply(DemoActs.agreeCall(at: clock.now + .seconds(604)))
    try await pass(.seconds(5))
    try await apply(DemoActs.deleteLease)
    try await pass(.minutes(16))
    // The letters that are near at the start leave the next morning, by their customers' clocks.
    for _ in 0..<24 { try await pass(.hours(1)) }
    #expect(daemon.health.failures.isEmpty)
    await daemon.close()
    #expect(providers.messages.map(\.way) == [.wechat, .sms])
    providers.close()
    return try letters()
  }

  private func apply(_ statements: [String]) async throws {
    try application.execute(statements)
    try await pass(.seconds(1))
  }

  private func pass(_ time: Duration) async throws {
    clock.advance(by: time)
    _ = try await daemon.turn()
  }

  private func letters() throws -> [String: String] {
    let new = folder.path + "/mail/new"
    var letters: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: new) {
      letters[name] = try String(contentsOfFile: new + "/" + name, encoding: .utf8)
    }
    return letters
  }
}
