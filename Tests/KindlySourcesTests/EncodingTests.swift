import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// Text that was written in another encoding than its column says.
@Suite struct EncodingTests {
  private func rows(_ source: DatabaseSource, if conditions: String...) async throws -> [RowAnswer]
  {
    let keys = (1...9).map { RowKey(canonical: #"["\#($0)"]"#) }
    let answers = try await source.rows(
      RowQuestion(watch: watching(), keys: keys, conditions: conditions, clock: noon))
    return answers.values.sorted { $0.key < $1.key }
  }

  @Test(
    "is told of by column, number and key, and never by what it says",
    arguments: [
      ("MÃ¼ller", "UTF-8 that was stored as latin1"),
      ("å¼\u{A0}ä¸‰", "UTF-8 that was stored as latin1"),
      ("ÕÅÈý, VIP", "a Chinese encoding that was stored as latin1"),
      ("a\u{FFFD}b", "bytes that are no text"),
    ])
  func told(text: String, words: String) async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, '\(text)'), (2, 'Ada')",
      journal: .wal)
    let source = database.source()
    let sentence =
      "watch t: the column name looks misread in 1 of the 2 rows that were checked (key 1): \(words); "
      + "its letters would be sent like this"
    #expect(try await source.examine(.watch(watching())).map(\.text) == [sentence])
    #expect(source.remarks.isEmpty)
    _ = try await rows(source)
    #expect(source.remarks == [sentence])
    // It is one remark, whatever is read next.
    try database.run("DELETE FROM t WHERE id = 2")
    _ = try await rows(source)
    #expect(source.remarks == [sentence])
    #expect(!sentence.contains(text))
  }

  @Test(
    "is not seen where people write so",
    arguments: [
      "Müller", "Zoë Ångström", "François Éluard", "张三 ü", "naïve café", "Ærø", "€ 5", "“x”",
    ])
  func plain(text: String) async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, '\(text)')",
      journal: .wal)
    let source = database.source()
    #expect(try await source.examine(.watch(watching())).isEmpty)
    _ = try await rows(source)
    #expect(source.remarks.isEmpty)
  }

  #if MariaDB
    /// 张三 and 已付款 in bytes of an encoding, in columns that say latin1.
    private func database(_ name: String, _ status: String) async throws -> MariaDBDatabase {
      try await MariaDBDatabase(
        """
        CREATE TABLE t (
          id int PRIMARY KEY, name varchar(40) CHARACTER SET latin1, status varchar(40) CHARACTER SET latin1,
          note varchar(40));
        INSERT INTO t VALUES (1, X'\(name)', X'\(status)', '备注'), (2, 'Ada', 'paid', 'plain')
        """)
    }

    private func source(_ database: MariaDBDatabase, _ encoding: String?) -> DatabaseSource {
      DatabaseSource(
        mariadb: database.address, password: MariaDBServer.password, name: "crm",
        manners: ServerManners(encoding: encoding))
    }

    @Test(
      "is read as what it is in columns of latin1, and others as they are",
      arguments: [
        ("GBK", "D5C5C8FD", "D2D1B8B6BFEE"), ("gb18030", "D5C5C8FD", "D2D1B8B6BFEE"),
        ("UTF-8", "E5BCA0E4B889", "E5B7B2E4BB98E6ACBE"),
      ])
    func decoded(encoding: String, name: String, status: String) async throws {
      let database = try await database(name, status)
      let plain = source(database, nil)
      #expect(try await rows(plain).first?.values["name"] != .text("张三"))
      let findings = try await plain.examine(.watch(watching()))
      #expect(
        findings.map { $0.text.contains("looks misread in 1 of the 2 rows") } == [true, true])
      let source = source(database, encoding)
      let row = try #require(try await rows(source, if: "status = '已付款' AND name LIKE '张%'").first)
      #expect(row.holds)
      #expect(
        row.values == [
          "id": .integer(1), "name": .text("张三"), "status": .text("已付款"), "note": .text("备注"),
        ])
      #expect(source.remarks.isEmpty)
      #expect(try await source.examine(.watch(watching())).isEmpty)
      let byName = watching(key: "name")
      #expect(
        try await source.sweepAll(byName).rows.compactMap(\.key.rowKey?.description) == [
          "Ada", "张三",
        ])
      #expect(
        try await source.rows(
          RowQuestion(watch: byName, keys: [RowKey(canonical: #"["张三"]"#)], clock: noon)
        ).count == 1)
    }

    @Test("is written to a change log as what it is, and judged so")
    func logged() async throws {
      let database = try await database("D5C5C8FD", "D2D1B8B6BFEE")
      let source = source(database, "GBK")
      let watch = watching(changes: .changelog)
      try database.run(
        try await source.changeLogDDL(for: watch, columns: ["status", "note"]))
      try database.run("UPDATE t SET status = 'paid' WHERE id = 1")
      let slice = try await source.sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: [], captured: []), logAfter: .start,
          readsRows: false))
      let change = try #require(slice.logged.first)
      #expect(change.old == ["status": .text("已付款"), "note": .text("备注")])
      let noticed = NoticedChange(
        id: 7, operation: .update, key: try #require(change.key.rowKey), old: change.old,
        new: change.new, changed: ["status"], noticed: noon.now)
      let holding = try await source.judge(
        ChangeQuestion(
          watch: watch, changes: [noticed],
          conditions: ["old.status = '已付款' AND this.status = 'paid'"], clock: noon))
      #expect(holding.satisfied == [7])
    }

    @Test("says which encodings there are where one is not known")
    func unknown() async throws {
      let database = try await database("41", "42")
      let problem = await #expect(throws: SourceProblem.self) {
        try await source(database, "EBCDIC").pulse()
      }
      #expect(problem?.description.contains("`encoding: EBCDIC`") == true)
      #expect(problem?.hint?.contains("GBK") == true)
    }
  #endif
}
