#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// The change log of a PostgreSQL server, as far as it is of its own kind.
  @Suite struct PostgresChangeTests {
    private let watch = watching(changes: .changelog)

    @Test(
      "leaves what is written between two slices to the snapshot after the one that is being read")
    func slices() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source(pace: SlicePace(rows: 10))
      try await database.installLog(of: watch)
      try database.run("INSERT INTO t SELECT generate_series(1, 15)")
      let first = try await source.log(of: watch, after: .start)
      try database.run("INSERT INTO t VALUES (16)")
      let second = try await source.log(of: watch, after: try #require(first.logPlace))
      #expect(second.logged.map(\.id) == Array(11...15))
      #expect(second.hasMoreLog)
      let third = try await source.log(of: watch, after: try #require(second.logPlace))
      #expect(third.logged.map(\.id) == [16])
      #expect(!third.hasMoreLog)
      #expect(third.rows.count == 10)
      #expect(third.logPlace?.position == 16)
      let none = try await source.log(
        of: watch, after: try #require(third.logPlace), readsRows: false)
      #expect(none.logPlace == third.logPlace)
    }

    @Test("tells that the server had counted further when the log was read last")
    func wentBack() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source()
      try await database.installLog(of: watch)
      try database.run("INSERT INTO t VALUES (1), (2)")
      let place = LogPlace(position: 2, transactions: .text("9000000:9000000:"))
      let slice = try await source.log(of: watch, after: place)
      #expect(try #require(slice.logHead) < place.position)
      #expect(slice.logPlace == .start)
    }

    @Test("trims itself by number and age, and is removed by the lines that it prints")
    func trims() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let ddl = try await database.source().changeLogDDL(for: watch, columns: [])
      try database.run(ddl.replacing("200000", with: "300"))
      let count = "SELECT count(*) FROM kindly_changes_t"
      try database.run("INSERT INTO t SELECT generate_series(1, 1000)")
      #expect(try database.rows(count) == [["300"]])
      try database.run("UPDATE kindly_changes_t SET at = '2020-01-01' WHERE id <= 850")
      try database.run("INSERT INTO t SELECT generate_series(1001, 1100)")
      #expect(try database.rows(count) == [["250"]])
      let lines = ddl.split(separator: "\n")
      let start = try #require(lines.lastIndex { $0.contains("To remove it") })
      try database.run(lines[(start + 1)...].map { $0.dropFirst(2) }.joined(separator: "\n"))
      let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'kindly%'"
      #expect(try database.rows(left) == [["0"]])
      try database.run("INSERT INTO t VALUES (0)")
    }

    @Test("is kept beside a table of another schema")
    func schemas() async throws {
      let database = try await PostgresDatabase(
        "CREATE SCHEMA crm; GRANT USAGE ON SCHEMA crm TO kindly; CREATE TABLE crm.t (id int PRIMARY KEY)"
      )
      let long = Watch(
        name: String(repeating: "客户", count: 30), source: "crm", relation: .table("crm.t"),
        key: ["id"], changes: .changelog)
      try await database.installLog(of: long)
      try database.run("INSERT INTO crm.t VALUES (5)")
      let slice = try await database.source().log(of: long, after: .start)
      #expect(slice.logged.map(\.key) == slice.rows.map(\.key))
      #expect(slice.logged.count == 1)
    }
  }
#endif
