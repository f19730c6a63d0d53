import Foundation
import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// A busy machine may be slow: what is not about time has enough of it.
let patience = SlicePace(time: .minutes(10), timeBesideWriters: .minutes(10))

extension InspectingSource {
  /// The survey of a table by its name.
  func survey(_ name: String) async throws -> RelationSurvey {
    let relation = try #require(try await inventory().relations.first { $0.name == name })
    return try await survey(relation)
  }
}

@Suite("Inspecting SQLite")
struct SQLiteInspectTests {
  static let company = """
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE NOT NULL, photo BLOB, ends_on TEXT);
    CREATE INDEX customers_ends ON customers (ends_on);
    CREATE TABLE leases (id INTEGER, customer_id INTEGER REFERENCES customers (id), part INTEGER, due DATE,
      PRIMARY KEY (part, id));
    CREATE VIEW lively AS SELECT id, name FROM customers;
    INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', x'00', '2026-02-10'),
      (2, 'FranÃ§ois', 'f@example.com', NULL, '0000-00-00'), (3, NULL, 'x@example.com', NULL, NULL)
    """

  @Test("lists tables and views with their keys, indexes and references")
  func structure() async throws {
    let database = try TemporaryDatabase(SQLiteInspectTests.company)
    let source = database.source(pace: patience)
    let inventory = try await source.inventory()
    #expect(inventory.server.product == "SQLite" && inventory.server.encoding == "UTF-8")
    #expect(inventory.relations.map(\.name) == ["customers", "leases", "lively"])
    #expect(inventory.relations.map(\.kind) == [.table, .table, .view])
    let customers = try await source.survey("customers")
    #expect(customers.key == ["id"] && customers.rows == .exact(3) && customers.isWhole)
    #expect(customers.isIndexed("ends_on") && customers.isIndexed("email"))
    #expect(!customers.isIndexed("name"))
    let leases = try await source.survey("leases")
    #expect(leases.key == ["part", "id"])
    #expect(leases.column("customer_id")?.references == "customers")
    #expect(
      leases.column("due")?.indexStatement == #"CREATE INDEX "leases_due" ON "leases" ("due")"#)
    #expect(try await source.survey("lively").key == ["id"])
  }

  @Test("counts what is in the columns, and reads no BLOB")
  func counts() async throws {
    let database = try TemporaryDatabase(SQLiteInspectTests.company)
    let survey = try await database.source(pace: patience).survey("customers")
    let dates = try #require(survey.column("ends_on")?.tally.dates)
    #expect(dates.readable == 1 && dates.unusable == [.zero: 1, .null: 1])
    #expect(survey.column("name")?.tally.misencoded == [.utf8AsLatin1: 1])
    #expect(survey.column("name")?.tally.nulls == 1)
    #expect(survey.column("photo")?.tally.nulls == 3)
  }

  @Test(
    "reads the first and the last of many rows, and says so",
    arguments: TemporaryDatabase.Journal.allCases)
  func samples(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, due TEXT);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100050)
      INSERT INTO t SELECT i, CASE WHEN i > 100000 THEN '0000-00-00' ELSE '2026-02-10' END FROM n
      """, journal: journal)
    let survey = try await database.source(
      pace: patience
    ).survey("t")
    #expect(survey.rows == .estimate(100_050) && survey.sampled == 2000 && !survey.isWhole)
    #expect(survey.column("due")?.tally.dates.unusable == [.zero: 50])
    // Nothing of ours stays open: the application's connection never waits for a lock.
    try database.run("DELETE FROM t")
  }

  @Test("holds to the time that a look may take")
  func time() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i FROM n
      """)
    let survey = try await database.source(pace: SlicePace(time: .zero)).survey("t")
    #expect(survey.sampled == 2 && survey.rows == .estimate(3000))
  }

  @Test("tells of a table that cannot be read, and goes on")
  func broken() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE VIEW v AS SELECT * FROM gone")
    let source = database.source(pace: patience)
    let problem = await #expect(throws: SourceProblem.self) { try await source.survey("v") }
    #expect(problem?.kind == .watch && problem?.description.contains("gone") == true)
    #expect(try await source.survey("t").rows == .exact(0))
  }

  @Test("leaves kindly's own change log out")
  func ownTables() async throws {
    let database = try TemporaryDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT)")
    let source = database.source(pace: patience)
    try database.run(try await source.changeLogDDL(for: watching(), columns: ["status"]))
    #expect(try await source.inventory().relations.map(\.name) == ["t"])
  }
}

@Suite("Inspecting CSV files")
struct CSVInspectTests {
  @Test("takes a file for a table, and a column that is there once in every row for its key")
  func files() async throws {
    let folder = try TemporaryFolder()
    try folder.write("客户编号,姓名,到期日\n7,张伟,2026-02-10\n8,李娜,\n", to: "客户.csv")
    try folder.write("a,b\n1\n", to: "broken.csv")
    let source = DatabaseSource(
      csv: folder.path, encoding: nil, name: "shop", pace: patience, settling: .zero)
    let inventory = try await source.inventory()
    #expect(inventory.server.product == "CSV files")
    #expect(inventory.relations.map(\.name) == ["broken", "客户"])
    #expect(inventory.relations.first?.fault?.contains("line 2") == true)
    let survey = try await source.survey("客户")
    #expect(survey.rows == .exact(2) && survey.key == ["客户编号"])
    #expect(survey.column("到期日")?.tally.dates.readable == 1)
    #expect(survey.column("到期日")?.tally.dates.unusable == [.null: 1])
    #expect(CustomerProposal([survey])?.columns == [.name: "姓名"])
  }

  @Test("says that a file is being written")
  func writing() async throws {
    let folder = try TemporaryFolder()
    try folder.write("id\n1\n", to: "t.csv")
    let source = DatabaseSource(csv: folder.path, encoding: nil, name: "shop", settling: .hours(1))
    let relations = try await source.inventory().relations
    #expect(relations.first?.fault?.contains("being written") == true)
  }
}
