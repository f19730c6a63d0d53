import GRDB
import KindlyCore

/// The application's own connection to the customer database; Kindly has another, which can only read.
struct CustomerDatabase {
  private let queue: DatabaseQueue

  /// Makes the database with its tables and customers.
  init(making path: String, of company: DemoCompany) throws {
    var configuration = Configuration()
    // As any application: a reader may hold its commit up for as long as a slice takes.
    configuration.busyMode = .timeout(5)
    queue = try DatabaseQueue(path: path, configuration: configuration)
    // As applications run it that are read while they write.
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    try execute([DemoCompany.tables, DemoCompany.touching] + company.inserts)
  }

  /// Runs statements in one transaction.
  func execute(_ statements: [String]) throws {
    try queue.write { db in
      for statement in statements { try db.execute(sql: statement) }
    }
  }

  /// Runs a script that has transactions of its own.
  func run(script: String) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: script) }
  }

  /// How many rows a table has.
  func count(of table: String) throws -> Int {
    try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
  }

  func close() throws { try queue.close() }

  /// A time as this application writes it: UTC, to the second.
  static func text(_ instant: Instant) -> String {
    WallClock(instant, offset: 0).text
  }
}
