#if ODBC
  import KindlyCore
  import Testing

  @testable import KindlySources

  /// Answers what the SQL of SQL Server is made from; the server itself runs on none of our machines.
  private struct DescribedTable: EngineReader {
    typealias Dialect = SQLServerDialect

    struct Row: EngineRow {
      func value(_ index: Int) -> Value { .null }
      func plainValue(_ index: Int) -> Value { .null }
      func keyValue(_ index: Int) -> Value? { nil }
      func isTrue(_ index: Int) -> Bool { false }
    }

    final class Query: EngineQuery {
      func bind(_ parameters: [String: Value]) {}
      func each(_ body: (Row) throws -> Bool) {}
    }

    let stopwatch = Stopwatch()
    let columns: [(name: String, type: String, collation: String)]

    func time(at pace: SlicePace) -> Duration { pace.time }
    func query(_ sql: String, _ parameters: [String: Value]) -> Query { Query() }
    func prepare(_ sql: String, _ parameters: [String: Value]) {}
    func isSelect(_ sql: String) -> Bool { true }
    func table(
      _ sql: String, _ parameters: [String: Value], limit: Int
    ) -> (columns: [String], rows: [[Value]]) { ([], []) }
    func unknownColumn(in error: any Error) -> String? { nil }

    func value(_ sql: String, _ parameters: [String: Value]) -> Value? {
      sql.contains("OBJECT_SCHEMA_NAME") ? .text("dbo") : .text("kindly")
    }

    func plan(of sql: String, _ parameters: [String: Value], seeking column: String) -> QueryPlan {
      QueryPlan(readsWhole: false, sorts: false, seeks: false)
    }

    func columns(of relation: String) -> [WatchColumn<SQLServerDialect>] {
      columns.map {
        let type = SQLServerType($0.type, collation: $0.collation)
        return WatchColumn(name: $0.name, type: type, isBlob: type.kind == .blob)
      }
    }
  }

  @Suite struct SQLServerTests {
    private static let reader = DescribedTable(columns: [
      ("id", "int", ""), ("code", "varchar(9)", "Latin1_General_CI_AS"), ("due", "date", ""),
      ("photo", "varbinary(max)", ""),
    ])

    private func shape(key: [String] = ["id"]) throws -> WatchShape<SQLServerDialect> {
      try WatchShape(
        Watch(
          name: "t", source: "crm", relation: .table("t"), key: key, changes: .changelog),
        reading: SQLServerTests.reader)
    }

    @Test(
      "orders and compares each type as SortKey does, and makes it of a JSON text",
      arguments: [
        ("int", "c", "CONVERT(bigint, :p)", "CONVERT(int, :p)"),
        ("decimal(9,2)", "c", "CONVERT(decimal(38, 10), :p)", "CONVERT(decimal(9,2), :p)"),
        (
          "nvarchar(50)", "c COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(4000), :p) COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(50), :p) COLLATE Latin1_General_CI_AS"
        ),
        (
          "char(5)", "CONVERT(nvarchar(4000), c) COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(4000), :p) COLLATE Latin1_General_100_BIN2",
          "CONVERT(char(5), :p) COLLATE Latin1_General_CI_AS"
        ),
        (
          "uniqueidentifier",
          "LOWER(CONVERT(nvarchar(36), c)) COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(4000), :p) COLLATE Latin1_General_100_BIN2",
          "CONVERT(uniqueidentifier, :p)"
        ),
        (
          "datetime2(7)", "c", "CONVERT(datetime2(7), :p, 121)", "CONVERT(datetime2(7), :p, 121)"
        ),
        (
          "datetimeoffset(3)", "c", "CONVERT(datetimeoffset(3), :p)",
          "CONVERT(datetimeoffset(3), :p)"
        ),
        (
          "timestamp", "c", "CONVERT(binary(8), CONVERT(bigint, :p))",
          "CONVERT(binary(8), CONVERT(bigint, :p))"
        ),
        (
          "xml", "CONVERT(nvarchar(4000), c) COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(4000), :p) COLLATE Latin1_General_100_BIN2",
          "CONVERT(nvarchar(max), :p)"
        ),
      ])
    func types(name: String, ordered: String, place: String, column: String) {
      let isText = name.contains("char")
      let type = SQLServerType(name, collation: isText ? "Latin1_General_CI_AS" : "")
      #expect(SQLServerDialect.ordered("c", type) == ordered)
      #expect(SQLServerDialect.place(":p", type) == place)
      #expect(SQLServerDialect.column(":p", type, holdsText: true) == column)
    }

    @Test("leaves an index of a column in the order of code points alone")
    func bytewise() {
      let type = SQLServerType("nvarchar(9)", collation: "Latin1_General_100_BIN2")
      #expect(SQLServerDialect.ordered("c", type) == "c")
      #expect(
        SQLServerDialect.index(on: "sales.t", ["a"], ["[a] COLLATE x"])
          == "CREATE INDEX [t_a] ON [sales].[t] ([a]), on a column of nvarchar with COLLATE Latin1_General_100_BIN2"
      )
      #expect(SQLServerDialect.quoted("a]b") == "[a]]b]")
    }

    @Test("asks for rows by their keys, of one column and of two")
    func keys() throws {
      #expect(
        KeyList<SQLServerDialect>.condition(in: try shape())
          == "this.[id] IN (SELECT CONVERT(bigint, (SELECT item.[value] FROM OPENJSON(value) AS item WHERE item.[key] = N'0')) FROM OPENJSON(:kindly_keys))"
      )
      #expect(
        KeyList<SQLServerDialect>.condition(in: try shape(key: ["id", "code"]))
          == "EXISTS (SELECT 1 FROM OPENJSON(:kindly_keys) WHERE this.[id] = CONVERT(bigint, (SELECT item.[value] FROM OPENJSON(value) AS item WHERE item.[key] = N'0')) AND this.[code] = CONVERT(varchar(9), (SELECT item.[value] FROM OPENJSON(value) AS item WHERE item.[key] = N'1')) COLLATE Latin1_General_CI_AS)"
      )
    }

    @Test("asks a condition of a change beside its old values")
    func judges() throws {
      let sql = ChangeBatch<SQLServerDialect>.sample(in: try shape()).sql(["old.due < due"])
      #expect(
        sql.contains(
          "SELECT CONVERT(bigint, JSON_VALUE(value, N'$.i')) AS [kindly id], CONVERT(bigint, (SELECT item.[value] FROM "
            + "OPENJSON(value, N'$.k') AS item WHERE item.[key] = N'0')) AS [kindly key 0], JSON_QUERY(value, N'$.n') AS [kindly new]"
        ), "\(sql)")
      #expect(
        sql.contains(
          "CONVERT(date, (SELECT item.[value] FROM OPENJSON(value, N'$.o') AS item WHERE item.[key] = N'2'), 121) AS [due]"
        ), "\(sql)")
      #expect(sql.contains("CONVERT(varbinary(max), NULL) AS [photo]"))
      #expect(sql.contains("CASE WHEN (\nold.due < due\n) THEN 1 ELSE 0 END"), "\(sql)")
    }

    @Test("takes the first rows, in their order where there is one")
    func first() {
      #expect(SQLServerDialect.first(5, of: "SELECT a\nFROM t") == "SELECT TOP (5) a\nFROM t")
      #expect(
        SQLServerDialect.first(5, of: "SELECT a\nFROM t\nORDER BY a")
          == "SELECT a\nFROM t\nORDER BY a\nOFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY")
      #expect(SQLServerDialect.truth("a = 1") == "CASE WHEN a = 1 THEN 1 ELSE 0 END")
    }

    @Test(
      "reads a value alike, whatever its type and driver writes it as",
      arguments: [
        (SQLServerType.Kind.integer, "-5", Value.integer(-5)), (.decimal, "12", .integer(12)),
        (.decimal, ".50", .text("0.50")), (.decimal, "-.5", .text("-0.5")),
        (.decimal, "19.9000", .text("19.9000")), (.real, "0.1", .real(0.1)),
        (.padded, "ab   ", .text("ab")), (.text, "ab ", .text("ab ")),
        (
          .uuid, "0B5A3C8E-1D2F-4A6B-8C7D-9E0F1A2B3C4D",
          .text("0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d")
        ),
        (.datetime, "2026-02-10 09:30:00.2570000", .text("2026-02-10 09:30:00.257")),
        (.datetime, "2026-02-10 09:30:00.000", .text("2026-02-10 09:30:00")),
        (.instant, "2026-02-10 09:30:00.5000000 +08:00", .text("2026-02-10T09:30:00.5+08:00")),
        (.instant, "2026-02-10T09:30:00Z", .text("2026-02-10T09:30:00Z")),
        (.rowversion, "\0\0\0\0\0\0\u{7}\u{1}", .integer(1793)),
      ])
    func values(kind: SQLServerType.Kind, written: String, value: Value) throws {
      var written = written
      let read = written.withUTF8 { kind.value($0) }
      #expect(read == value)
      if kind == .instant { _ = try Anchor(value, as: .unknown) }
    }

    @Test("looks for dates no further than a type can hold")
    func limits() {
      let intervals = Schedule(.everyYearOn, column: "born").anchors(
        after: date("2026-02-10"), through: date("2026-02-11"))
      let span = ColumnSpan(
        numbers: nil, texts: ColumnSpan.Texts(low: Array("0".utf8), high: Array("9".utf8)))
      for (type, low) in [
        ("datetime", "1753"), ("smalldatetime", "1900"), ("datetime2(7)", "0900"),
      ] {
        let ranges = SQLServerDialect.ranges(
          intervals, of: .unknown, SQLServerType(type), within: span)
        #expect(!ranges.isEmpty)
        #expect(ranges.allSatisfy { $0.low.text >= low && $0.high.text > $0.low.text }, "\(type)")
      }
      #expect(
        SQLServerDialect.literals(of: "1600-01-01", as: SQLServerType("datetime")).isEmpty)
      #expect(SQLServerDialect.literals(of: "1600-01-01", as: SQLServerType("date")).count == 1)
    }

    @Test(
      "reads a plan as text",
      arguments: [
        (
          "|--Index Seek(OBJECT:([crm].[dbo].[t].[t_due] AS [this]), SEEK:([this].[due] >= '2026-01-01') ORDERED FORWARD)",
          QueryPlan(readsWhole: false, sorts: false, seeks: true)
        ),
        (
          "  |--Sort(ORDER BY:([this].[due] ASC))\n       |--Clustered Index Scan(OBJECT:([crm].[dbo].[t].[PK] AS [this]))",
          QueryPlan(readsWhole: true, sorts: true, seeks: false)
        ),
        (
          "|--Clustered Index Seek(OBJECT:([crm].[dbo].[t].[PK] AS [this]), SEEK:([this].[id]=(1)))",
          QueryPlan(readsWhole: false, sorts: false, seeks: false)
        ),
      ])
    func plans(lines: String, plan: QueryPlan) {
      let lines = lines.split(separator: "\n").map(String.init)
      #expect(SQLServerByODBC.plan(lines, seeking: "due") == plan)
    }

    @Test("tells by its number what a refusal is, without the data it repeats")
    func verdicts() {
      func verdict(_ code: Int32, _ message: String = "", state: String = "42000") -> String {
        let refusal = ODBCDiagnostic(state: state, code: code, message: message)
        return switch SQLServerByODBC.verdict(on: refusal) {
        case .tooSlow: "too slow"
        case .locked: "locked"
        case .forbidden(let what): "forbidden \(what)"
        case .unreachable(let what, _): "unreachable \(what)"
        case .blame(let what): "blame \(what)"
        }
      }
      #expect(verdict(1222) == "locked")
      #expect(verdict(229, "no right") == "forbidden no right")
      #expect(verdict(1205, "victim") == "unreachable victim")
      #expect(verdict(0, state: "HYT00") == "too slow")
      #expect(verdict(208, "Invalid object name 'x'.") == "blame Invalid object name 'x'.")
      for code: Int32 in [245, 50001] {
        #expect(!verdict(code, "the value 'Mrs Private'").contains("Private"))
      }
      func column(_ code: Int32, _ message: String) -> String? {
        SQLServerByODBC.unknownColumn(
          in: ODBCDiagnostic(state: "42S22", code: code, message: message))
      }
      #expect(column(207, "Invalid column name 'statu'.") == "statu")
      #expect(
        column(4104, "The multi-part identifier \"this.statu\" could not be bound.") == "this.statu"
      )
    }

    @Test("writes a change log without an identity column, and its removal")
    func changeLog() throws {
      let ddl = try SQLServerChangeLogDDL(
        shape(), columns: ["code", "due", "photo"], in: SQLServerTests.reader
      ).text
      for part in [
        "CREATE TABLE [dbo].[kindly_changes_t] (\n  rv rowversion NOT NULL PRIMARY KEY,",
        "CREATE TRIGGER [dbo].[kindly_changes_t_write] ON [dbo].[t] AFTER INSERT, UPDATE, DELETE AS",
        "FROM (SELECT 1 AS kindly, [id], [code], [due] FROM inserted) AS n",
        "ON n.[id] = o.[id]",
        "CONCAT(CONVERT(nvarchar(max), N''), N'{\"id\":', CASE WHEN o.[id] IS NULL THEN N'null' ELSE N'\"' + STRING_ESCAPE(CONVERT(nvarchar(max), o.[id]), N'json') + N'\"' END, N'}')",
        "N',\"due\":', CASE WHEN n.[due] IS NULL THEN N'null' ELSE N'\"' + STRING_ESCAPE(CONVERT(nvarchar(40), n.[due], 121), N'json')",
        "EXCEPT SELECT CONVERT(nvarchar(4000), o.[code]) COLLATE Latin1_General_100_BIN2, o.[due])",
        "GRANT SELECT ON [dbo].[kindly_changes_t] TO [kindly];",
        "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;",
        "--   DROP TRIGGER IF EXISTS [dbo].[kindly_changes_t_write];\n--   DROP TABLE IF EXISTS [dbo].[kindly_changes_t];",
      ] {
        #expect(ddl.contains(part), "\(part) is not in:\n\(ddl)")
      }
      #expect(!ddl.contains("photo"))
      #expect(!ddl.contains("IDENTITY"))
    }

    @Test("writes a text for the server's own set of characters, and one with a NUL in bytes")
    func literals() throws {
      func text(_ sql: String, _ text: String) throws -> String {
        try PlaceholderSQL(sql, SQLServerDialect.grammar)
          .text(["t": .text(text)], writing: SQLServerByODBC.literal)
      }
      #expect(try text(":t", "张's") == "N'张''s' ")
      #expect(
        try text(":t [:x] /* /* */ :x */", "a\0")
          == "CONVERT(nvarchar(max), 0x61000000)  [:x] /* /* */ :x */")
    }
  }
#endif
