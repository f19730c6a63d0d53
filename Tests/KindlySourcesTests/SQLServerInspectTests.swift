#if ODBC
  import KindlyCore
  import Testing

  @testable import KindlySources

  /// Answers the catalogue's statements as SQL Server is documented to; the server itself runs on none of our machines.
  private final class ScriptedServer: EngineReader {
    typealias Dialect = SQLServerDialect

    struct Row: EngineRow {
      let values: [Value]

      func value(_ index: Int) -> Value { values[index] }
      func plainValue(_ index: Int) -> Value { values[index] }
      func keyValue(_ index: Int) -> Value? { values[index] }
      func isTrue(_ index: Int) -> Bool { values[index] == .integer(1) }
    }

    struct Query: EngineQuery {
      let answer: () throws -> [[Value]]

      func bind(_ parameters: [String: Value]) {}
      func each(_ body: (Row) throws -> Bool) throws {
        for values in try answer() where try !body(Row(values: values)) { return }
      }
    }

    let stopwatch = Stopwatch()
    /// The rows for the statements that hold a text.
    private let answers: [String: [[Value]]]
    /// The numbers of the errors for the statements that hold one.
    private let refusals: [String: Int32]
    private(set) var statements: [String] = []

    init(_ answers: [String: [[Value]]] = [:], refusing refusals: [String: Int32] = [:]) {
      self.answers = answers
      self.refusals = refusals
    }

    func table(
      _ sql: String, _ parameters: [String: Value], limit: Int
    ) -> (columns: [String], rows: [[Value]]) { ([], []) }

    func query(_ sql: String, _ parameters: [String: Value]) throws -> Query {
      // As it is sent: what no parameter is given for would be a placeholder.
      let text = try PlaceholderSQL(sql, SQLServerDialect.grammar)
        .text(parameters, writing: SQLServerByODBC.literal)
      return Query { [self] in
        statements.append(text)
        if let code = ScriptedServer.closest(refusals, to: text) {
          throw ODBCFailure.refused(ODBCDiagnostic(state: "42000", code: code, message: "no"))
        }
        return ScriptedServer.closest(answers, to: text) ?? []
      }
    }

    /// What is scripted under the longest text that a statement holds: several may fit, in whatever order they are kept.
    private static func closest<Answer>(_ script: [String: Answer], to statement: String) -> Answer?
    {
      script.filter { statement.contains($0.key) }
        .max { ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key) }?.value
    }

    func value(_ sql: String, _ parameters: [String: Value]) throws -> Value? {
      var value: Value?
      try query(sql, parameters).each { row in
        value = row.value(0)
        return false
      }
      return value
    }

    func time(at pace: SlicePace) -> Duration { pace.time }
    func prepare(_ sql: String, _ parameters: [String: Value]) {}
    func isSelect(_ sql: String) -> Bool { true }
    func unknownColumn(in error: any Error) -> String? { nil }
    func columns(of relation: String) -> [WatchColumn<SQLServerDialect>] { [] }
    func plan(of sql: String, _ parameters: [String: Value], seeking column: String) -> QueryPlan {
      QueryPlan(readsWhole: false, sorts: false, seeks: false)
    }
  }

  @Suite("Inspecting SQL Server")
  struct SQLServerInspectTests {
    private func text(_ text: String) -> [[Value]] { [[.text(text)]] }

    private func company() -> [String: [[Value]]] {
      [
        "SELECT USER_NAME()": text("kindly"), "SELECT SUSER_SNAME()": text("kindly]s"),
        "ProductVersion": text("16.0.4135.4"), "N'Collation'": text("Chinese_PRC_CI_AS"),
        "N'Updateability'": text("READ_WRITE"), "CURRENT_TIMEZONE_ID": text("China Standard Time"),
        "SYSDATETIMEOFFSET": text("UTC+08:00"), "transaction_begin_time": [[.integer(42)]],
        "transaction_isolation_level": [[.integer(5)]],
        "HAS_PERMS_BY_NAME(DB_NAME()": [[.integer(0)]],
        "SELECT DB_NAME()": text("客户]库"),
      ]
    }

    private func facts(
      _ changed: [String: [[Value]]] = [:], refusing refusals: [String: Int32] = [:]
    ) throws -> ServerFacts {
      let reader = ScriptedServer(company().merging(changed) { $1 }, refusing: refusals)
      return try SQLServerCatalogue(reader: reader).server()
    }

    @Test("tells what the server is and who we are")
    func server() throws {
      #expect(
        try facts()
          == ServerFacts(
            product: "SQL Server", version: "16.0.4135.4", encoding: "Chinese_PRC_CI_AS",
            timezone: "China Standard Time", user: "kindly", longestTransaction: .seconds(42),
            remarks: [
              "ALLOW_SNAPSHOT_ISOLATION is on: kindly reads without blocking writers and without waiting for them"
            ]))
      #expect(try facts(["transaction_begin_time": [[.null]]]).longestTransaction == .none)
    }

    @Test("does without a right and a function that not every server gives")
    func missing() throws {
      // 195: not a recognized function. 300 and 297: no right to see the state of the server.
      let old = try facts(refusing: ["CURRENT_TIMEZONE_ID": 195])
      #expect(old.timezone == "UTC+08:00" && old.longestTransaction == .seconds(42))
      for code: Int32 in [297, 300] {
        let blind = try facts(refusing: ["transaction_begin_time": code])
        #expect(
          blind.longestTransaction
            == .hidden(grant: "USE master; GRANT VIEW SERVER STATE TO [kindly]]s]"))
      }
      #expect(throws: ODBCFailure.self) { try facts(refusing: ["transaction_begin_time": 1205]) }
      #expect(throws: ODBCFailure.self) { try facts(refusing: ["CURRENT_TIMEZONE_ID": 1205]) }
    }

    @Test("says what stands in the way: a right to write, no snapshots, a replica")
    func warnings() throws {
      let facts = try facts([
        "HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'UPDATE' )": [[.integer(1)]],
        "transaction_isolation_level": [[.integer(2)]], "N'Updateability'": text("READ_ONLY"),
      ])
      #expect(
        facts.excess?.hasPrefix("the user kindly has write access to the whole database;") == true)
      #expect(facts.remarks.count == 2)
      #expect(facts.remarks[0].contains("is off") && facts.remarks[1].contains("secondary replica"))
    }

    @Test("lists tables by the names that find them, with what we may do to them")
    func relations() throws {
      let reader = ScriptedServer([
        "FROM sys.objects": [
          [
            .text("dbo"), .text("客户"), .integer(1), .integer(0), .integer(150_000), .integer(1),
            .integer(0),
          ],
          [
            .text("sales"), .text("lively"), .integer(0), .integer(1), .null, .integer(1),
            .integer(1),
          ],
          [
            .text("hr"), .text("staff"), .integer(0), .integer(0), .integer(3), .integer(0),
            .integer(0),
          ],
        ]
      ])
      #expect(
        try SQLServerCatalogue(reader: reader).relations() == [
          ListedRelation(name: "客户", kind: .table, estimate: 150_000),
          ListedRelation(name: "sales.lively", kind: .view, isWritable: true),
          ListedRelation(
            name: "hr.staff", kind: .table, estimate: 3,
            fault: "this user has no SELECT permission on it"),
        ])
      let statement = try #require(reader.statements.first)
      for part in [
        "OBJECT_ID(QUOTENAME(o.name)) = o.object_id",
        "o.type IN ('U', 'V') AND o.is_ms_shipped = 0",
        "p.index_id IN (0, 1)", "SELECT QUOTENAME(s.name) + N'.' + QUOTENAME(o.name) AS name",
        "HAS_PERMS_BY_NAME(q.name, N'OBJECT', N'INSERT') = 1 OR HAS_PERMS_BY_NAME(q.name, N'OBJECT', N'UPDATE') = 1 OR",
      ] {
        #expect(statement.contains(part), "\(part) is not in:\n\(statement)")
      }
    }

    @Test("reads types, keys, indexes and references of a table")
    func details() throws {
      let reader = ScriptedServer([
        "dm_exec_describe_first_result_set": [
          [.text("id"), .text("int"), .integer(0)],
          [.text("due"), .text("datetime2(7)"), .integer(1)],
          [.text("mail"), .text("nvarchar(80)"), .integer(0)],
          [.text("place"), .text("geography"), .integer(1)],
          [.text("thing"), .null, .integer(1)],
        ],
        "FROM sys.indexes": [
          [.text("PK__t"), .integer(1), .integer(1), .text("id")],
          [.text("PK__t"), .integer(1), .integer(1), .text("mail")],
          [.text("t_due"), .integer(0), .integer(0), .text("due")],
        ],
        "FROM sys.foreign_key_columns": [
          [.text("owner_id"), .text("dbo"), .text("staff"), .integer(1)],
          [.text("part_id"), .text("stock"), .text("parts"), .integer(0)],
        ],
      ])
      let details = try SQLServerCatalogue(reader: reader).details(
        of: ListedRelation(name: "sales.o'rders", kind: .table))
      #expect(
        details.types == [
          "id": "int", "due": "datetime2(7)", "mail": "nvarchar(80)", "place": "geography",
          "thing": "",
        ])
      #expect(details.required == ["id", "mail"] && details.key == ["id", "mail"])
      #expect(
        details.indexes == [
          IndexFacts(name: "PK__t", columns: ["id", "mail"], isUnique: true),
          IndexFacts(name: "t_due", columns: ["due"], isUnique: false),
        ])
      #expect(details.references == ["owner_id": "staff", "part_id": "stock.parts"])
      let sent = reader.statements
      #expect(sent.count == 3)
      #expect(sent[0].contains("N'SELECT * FROM [sales].[o''rders] AS this'"), "\(sent[0])")
      #expect(sent[1].contains("OBJECT_ID(N'[sales].[o''rders]'"), "\(sent[1])")
      #expect(
        sent[1].contains("i.has_filter = 0 AND k.key_ordinal > 0\nORDER BY i.name, k.key_ordinal"))
      #expect(sent[2].contains("other.constraint_column_id > 1"), "\(sent[2])")
    }

    @Test("takes a unique index without NULL for the key where there is no primary key")
    func uniqueKey() throws {
      let reader = ScriptedServer([
        "dm_exec_describe_first_result_set": [
          [.text("code"), .text("int"), .integer(0)], [.text("mail"), .text("int"), .integer(1)],
        ],
        "FROM sys.indexes": [
          [.text("a"), .integer(1), .integer(0), .text("mail")],
          [.text("b"), .integer(1), .integer(0), .text("code")],
        ],
      ])
      let details = try SQLServerCatalogue(reader: reader).details(
        of: ListedRelation(name: "t", kind: .table))
      #expect(details.primaryKey.isEmpty && details.key == ["code"])
    }

    @Test("writes the GRANTs")
    func grants() throws {
      let catalogue = SQLServerCatalogue(reader: ScriptedServer(company()))
      #expect(
        try catalogue.grants(reading: ["客户", "sales.o]rders"]) == """
          CREATE LOGIN kindly WITH PASSWORD = N'…';
          USE [客户]]库];
          CREATE USER kindly FOR LOGIN kindly;
          GRANT SELECT ON [客户] TO kindly;
          GRANT SELECT ON [sales].[o]]rders] TO kindly;
          GRANT SHOWPLAN TO kindly;   -- to find due dates by an index
          USE master;
          GRANT VIEW SERVER STATE TO kindly;   -- to see commits and open transactions, for `changes: cursor`
          """)
    }
  }
#endif
