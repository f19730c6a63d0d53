import Foundation
import GRDB
import KindlyCore
import KindlySources
import KindlyTestKit

/// A customer database of a million rows on one engine, which is read by Kindly and by the engine's own client.
protocol EngineUnderTest: Sendable {
  /// As people call it, and the client that comes with it.
  var name: String { get }
  var client: String { get }

  /// Runs statements as the company's application would.
  func run(_ sql: String) throws
  /// Another connection of the application's.
  func session() throws -> any BenchSession
  func source() -> DatabaseSource
  /// The client's command line, which reads SQL from its standard input.
  var command: [String] { get }

  /// SQL for the rows: the numbers from one to a million as `n`, a name of each, and a day within 500 days of today.
  var numbers: String { get }
  var text: String { get }
  var day: String { get }
  /// What makes the engine's statistics fit the rows.
  var analyse: String { get }
}

/// A connection of the application's.
protocol BenchSession: Sendable {
  func run(_ sql: String) throws
}

extension EngineUnderTest {
  static var rows: Int { Workshop.million }

  /// Makes the table, its rows and its change log.
  func prepare() async throws {
    try run(
      """
      CREATE TABLE customers (
        id INTEGER PRIMARY KEY, name varchar(40) NOT NULL, email varchar(60), status varchar(10) NOT NULL,
        remind_at date, version INTEGER NOT NULL)
      """)
    try run(
      """
      INSERT INTO customers SELECT n, \(text), 'customer@example.com', 'trial', \(day), 0 FROM \(numbers)
      """)
    try run("CREATE INDEX customers_remind ON customers (remind_at)")
    try run("CREATE INDEX customers_version ON customers (version)")
    let source = source()
    try run(try await source.changeLogDDL(for: watch, columns: ["status"]))
    await source.close()
    try run(analyse)
  }

  var watch: Watch {
    Watch(
      name: "customers", source: "crm", relation: .table("customers"), key: ["id"],
      changes: .changelog)
  }

  /// How long the client takes for statements, what it writes thrown away; its start is not counted.
  func clientTime(_ sql: String) throws -> Duration {
    // The lesser of two: the first one may load the client's libraries.
    let start = min(try clientRun(""), try clientRun(""))
    return max(try clientRun(sql) - start, .microseconds(1))
  }

  private func clientRun(_ sql: String) throws -> Duration {
    let input = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).sql")
    try Data(sql.utf8).write(to: input)
    defer {
      // A file left behind in the temporary folder harms no measurement.
      try? FileManager.default.removeItem(at: input)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = FileHandle.nullDevice
    let began = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchProblem("\(client) ended with \(process.terminationStatus)")
    }
    return ContinuousClock.now - began
  }
}

/// A file in WAL mode, as applications have it that are read while they write.
struct SQLiteUnderTest: EngineUnderTest {
  let name = "SQLite"
  let client = "sqlite3"
  private let path: String

  init(in folder: String) {
    path = folder + "/engine.db"
  }

  func run(_ sql: String) throws { try session().run(sql) }

  func session() throws -> any BenchSession { try SQLiteSession(path) }

  func source() -> DatabaseSource { DatabaseSource(sqlite: path, name: "crm") }

  var command: [String] { ["sqlite3", path] }

  var numbers: String {
    """
    (WITH RECURSIVE number (n) AS (
      SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(SQLiteUnderTest.rows)) SELECT n FROM number)
    """
  }
  let text = "'Customer ' || n"
  let day = "date('now', (n % 1000 - 500) || ' days')"
  let analyse = "ANALYZE"
}

private struct SQLiteSession: BenchSession {
  private let queue: DatabaseQueue

  init(_ path: String) throws {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(5)
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try run("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
  }

  func run(_ sql: String) throws { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }
}

/// A server of the bench's own, which writes without waiting for the disk.
struct ServerUnderTest: EngineUnderTest {
  private let kind: ServerKind
  private let database: any ServerDatabase

  init(_ kind: ServerKind) async throws {
    self.kind = kind
    database = try await kind.start().database("")
    #if MariaDB
      // Enough for the table; the tests' servers are small.
      if kind == .mariadb {
        try database.administrator().run("SET GLOBAL innodb_buffer_pool_size = \(512 << 20)")
      }
    #endif
  }

  var name: String { kind.name }

  var client: String { command[0] }

  func run(_ sql: String) throws { try database.run(sql) }

  func session() throws -> any BenchSession { ServerBenchSession(session: try database.session()) }

  func source() -> DatabaseSource { database.source() }

  var command: [String] {
    switch kind {
    #if PostgreSQL
      case .postgres:
        [
          "psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--host",
          database.server.folder, "--port", "\(database.server.port)", "--username", "postgres",
          database.name,
        ]
    #endif
    #if MariaDB
      case .mariadb:
        [
          "mariadb", "--no-defaults", "--batch", "--quick", "--skip-column-names", "--socket",
          database.server.folder + "/mysqld.sock", "--user", "root", database.name,
        ]
    #endif
    }
  }

  var numbers: String { kind.numbers(ServerUnderTest.rows) }

  let text = "CONCAT('Customer ', n)"

  var day: String {
    switch kind {
    #if PostgreSQL
      case .postgres: "current_date + (n % 1000 - 500)"
    #endif
    #if MariaDB
      case .mariadb: "CURRENT_DATE - INTERVAL 500 DAY + INTERVAL (n % 1000) DAY"
    #endif
    }
  }

  var analyse: String {
    switch kind {
    #if PostgreSQL
      case .postgres: "VACUUM ANALYZE customers"
    #endif
    #if MariaDB
      case .mariadb: "ANALYZE TABLE customers"
    #endif
    }
  }
}

private struct ServerBenchSession: BenchSession {
  let session: any ServerSession

  func run(_ sql: String) throws { try session.run(sql) }
}

extension ServerKind {
  /// As people call it.
  var name: String {
    switch self {
    #if PostgreSQL
      case .postgres: "PostgreSQL"
    #endif
    #if MariaDB
      case .mariadb: "MariaDB"
    #endif
    }
  }
}
