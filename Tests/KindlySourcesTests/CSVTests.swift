import Foundation
import GRDB
import Glibc
import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// A folder of CSV files that a program writes anew after each of its changes, as exports are.
struct CSVFixture: SourceFixture {
  let folder: TemporaryFolder
  private let program: DatabaseQueue

  init() throws {
    folder = try TemporaryFolder("kindly-csv")
    program = try DatabaseQueue()
  }

  func run(_ sql: String) async throws {
    try await program.write { try $0.execute(sql: sql) }
    let tables = try await program.read { db in
      try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    for table in tables {
      let text = try await program.read { db in try CSVFixture.text(of: table, db) }
      try write(text, to: table)
    }
  }

  func source(slice: Int) -> DatabaseSource {
    DatabaseSource(
      csv: folder.path, encoding: nil, name: "crm", pace: SlicePace(rows: slice), settling: .zero)
  }

  /// Puts a new file in the place of the one that is there.
  func write(_ text: String, to table: String) throws {
    try Data(text.utf8).write(
      to: URL(fileURLWithPath: "\(folder.path)/\(table).csv"), options: .atomic)
  }

  /// Lets a file have been written long ago.
  func age(_ table: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_770_000_000)],
      ofItemAtPath: "\(folder.path)/\(table).csv")
  }

  private static func text(of table: String, _ db: Database) throws -> String {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table)")
    let names = try db.columns(in: table).map(\.name)
    let lines = rows.map { row in
      names.map { name in
        let value: DatabaseValue = row[name]
        return value.isNull ? "" : "\"\(value.storage.value ?? "")\""
      }
    }
    return ([names] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }
}

@Suite struct CSVContractTests {
  private func contract() throws -> SourceContract<CSVFixture> {
    SourceContract(fixture: try CSVFixture())
  }

  @Test("sweeps in key order and sees what changed")
  func sweeps() async throws { try await contract().sweeps() }

  @Test("follows a cursor")
  func follows() async throws { try await contract().follows() }

  @Test("runs the query of a list for one customer")
  func lists() async throws { try await contract().lists() }

  @Test("answers questions about rows and changes")
  func asks() async throws { try await contract().asks() }

  @Test("tells a watch's fault from a condition's")
  func blames() async throws { try await contract().blames() }
}

@Suite struct CSVTests {
  private func source(
    _ path: String, encoding: String? = nil, settling: Duration = .zero
  ) -> DatabaseSource {
    DatabaseSource(csv: path, encoding: encoding, name: "shop", settling: settling)
  }

  private func problem(
    _ source: DatabaseSource, _ table: String = "t"
  ) async -> SourceProblem? {
    await #expect(throws: SourceProblem.self) { try await source.sweepAll(watching(table)) }
  }

  @Test("takes keys and customers by their text, and reads other columns as numbers")
  func identifiers() async throws {
    let fixture = try CSVFixture()
    try fixture.write(
      "id,customer,total\n5,1.10,1.50\n5.0,1.1,2.50\n1.10,7,3\n1.1,007,4\n", to: "t")
    let source = source(fixture.folder.path)
    let watch = watching(customer: "customer")
    let rows = try await source.sweepAll(watch).rows
    let keys = rows.compactMap(\.key.rowKey)
    #expect(keys.map(\.description) == ["5", "1.1", "1.10", "5.0"])
    let answers = try await source.rows(
      RowQuestion(watch: watch, keys: keys, conditions: ["total > 2.4"], clock: noon))
    #expect(keys.map { answers[$0]?.holds } == [false, true, true, true])
    #expect(
      keys.map { answers[$0]?.customer?.description } == ["1.10", "007", "7", "1.1"])
  }

  @Test("compares numbers as numbers, keeps postcodes, and takes an empty field for NULL")
  func types() async throws {
    let fixture = try CSVFixture()
    try fixture.write(
      "id,total,postcode,paid_on\n1,99,01067,\n2,100.50,80331,2026-02-10\n10,7,,\n", to: "t")
    let source = source(fixture.folder.path)
    #expect(
      try await source.count(watching(), conditions: ["total > 98"], clock: noon).matching == 2)
    #expect(
      try await source.count(watching(), conditions: ["postcode = '01067'"], clock: noon).matching
        == 1)
    #expect(
      try await source.count(watching(), conditions: ["paid_on IS NULL"], clock: noon).matching == 2
    )
    let rows = try await source.sweepAll(watching(), columns: ["total"])
    #expect(rows.rows.compactMap { $0.key.rowKey?.text } == ["[\"1\"]", "[\"2\"]", "[\"10\"]"])
    await source.close()
  }

  @Test("takes what Excel writes: a separator line, ends of empty fields, and its dates")
  func excel() async throws {
    let fixture = try CSVFixture()
    try fixture.write(
      "sep=;\r\nid;name;due;;\r\n1;Ada;28.12.2026;;\r\n2;Li;03.04.2026\r\n3;Bo;2026年12月28日;\r\n",
      to: "t")
    let source = source(fixture.folder.path)
    #expect(try await source.columns(of: watching()) == ["id", "name", "due"])
    let kind = try await source.dateKind(of: "due")
    #expect(kind.order == .dayFirst)
    let census = try await source.census(of: "due", in: watching(), as: .date(kind))
    #expect(census.readable == 3 && census.days.count == 2)
    let due = try await source.allCandidates(
      CandidateQuery(
        watch: watching(), schedule: Schedule(.on, column: "due"), kind: kind,
        lower: date("2026-12-27"), upper: date("2026-12-29"), clock: noon))
    #expect(Set(due.map(\.key.description)) == ["1", "3"])
    try fixture.write("id;name;\r\n1;Ada;\r\n2;Li;stray\r\n", to: "t")
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    await source.close()
  }

  @Test("reads one file as one table, in the encoding that is named")
  func encoding() async throws {
    let folder = try TemporaryFolder("kindly-csv")
    let path = folder.path + "/kunden.CSV"
    // 李伟 in GB18030.
    try Data(Array("id;name\n1;".utf8) + [0xC0, 0xEE, 0xCE, 0xB0]).write(
      to: URL(fileURLWithPath: path))
    let source = source(path, encoding: "GB18030")
    let answers = try await source.sample(watching("kunden"), limit: 1)
    #expect(answers.first?.values["name"] == .text("李伟"))
    let plain = self.source(path)
    let problem = await problem(plain, "kunden")
    #expect(problem?.kind == .watch)
    #expect(
      problem?.description
        == "watch kunden: line 2 of \(path) has bytes that are not valid UTF-8 in column name; declare "
        + "the file's encoding in the source, such as `encoding: GB18030`")
    await source.close()
    await plain.close()
  }

  @Test("a pipe in place of a file is refused, and never waited for")
  func pipe() async throws {
    let fixture = try CSVFixture()
    let path = fixture.folder.path + "/t.csv"
    #expect(mkfifo(path, 0o644) == 0)
    let source = source(path)
    let problem = await problem(source)
    #expect(problem?.description.contains("is a pipe, socket or device") == true)
    await source.close()
  }

  @Test("a broken line is named, other files keep working, and the fixed file is read again")
  func broken() async throws {
    let fixture = try CSVFixture()
    let good = (1...5_010).map { "\($0),x\n" }.joined()
    try fixture.write("id,name\n5011,\"open", to: "t")
    try fixture.write("id\n1\n", to: "other")
    let source = source(fixture.folder.path)
    let problem = await problem(source)
    #expect(problem?.kind == .watch)
    #expect(
      problem?.description
        == "watch t: line 2 of \(fixture.folder.path)/t.csv opens a quote that is never closed")
    #expect(problem?.hint == "fix the line; Kindly reads the file again when it has changed")
    #expect(try await source.sweepAll(watching("other")).rows.count == 1)
    let before = try await source.pulse()
    try fixture.write("id,name\n\(good)", to: "t")
    #expect(try await source.pulse().version != before.version)
    #expect(try await source.pulse().identity == before.identity)
    #expect(try await source.sweepAll(watching()).rows.count == 5_010)
    await source.close()
  }

  @Test(
    "refuses what is no table, with the line",
    arguments: [
      ("", "line 1 of PATH is empty; expected a header with the names of the columns"),
      ("id,\n1,2\n", "line 1 of PATH has a header whose column 2 has no name"),
      ("id,Id\n1,2\n", "line 1 of PATH has a header in which columns 1 and 2 have the same name"),
      (
        "17,Ann,ann@example.com\n18,Bob,bob@example.com\n",
        "line 1 of PATH is not a header: column 1 has an address or a number instead of a name"
      ),
      (
        "Ann,ann@example.com\n",
        "line 1 of PATH is not a header: column 2 has an address or a number instead of a name"
      ),
      ("id,name\n1,a,b\n", "line 2 of PATH has 3 fields, and the header names 2 columns"),
    ])
  func refuses(text: String, fault: String) async throws {
    let fixture = try CSVFixture()
    try fixture.write(text, to: "t")
    let source = source(fixture.folder.path)
    let path = fixture.folder.path + "/t.csv"
    #expect(
      await problem(source)?.description == "watch t: " + fault.replacing("PATH", with: path))
    await source.close()
  }

  @Test(
    "leaves out a broken line alone, and tells of it",
    arguments: [
      ("3,\"open", nil, "opens a quote that is never closed"),
      (
        "3,\"open\" x", nil,
        "opens a quote that is closed in the middle of line 4, with more text after it"
      ),
      ("3", nil, "has 1 fields, and the header names 2 columns"),
      ("3,a,b", nil, "has 3 fields, and the header names 2 columns"),
      ("3,M\u{0}", nil, "has a zero byte, which text cannot contain"),
      ("3,M<FC>ller", nil, "has bytes that are not valid UTF-8 in column name; declare"),
      ("3,M<FF>ller", "GBK", "has bytes that are not valid GBK in column name"),
    ] as [(String, String?, String)])
  func brokenLine(line: String, encoding: String?, fault: String) async throws {
    let fixture = try CSVFixture()
    var bytes: [UInt8] = []
    for (index, part) in "id,name\n1,a\n2,b\n\(line)\n4,d\n5,e\n".split(separator: "<").enumerated()
    {
      let isByte = index > 0
      if isByte { bytes.append(try #require(UInt8(part.prefix(2), radix: 16))) }
      bytes += part.dropFirst(isByte ? 3 : 0).utf8
    }
    try Data(bytes).write(to: URL(fileURLWithPath: fixture.folder.path + "/t.csv"))
    let source = source(fixture.folder.path, encoding: encoding)
    let slice = try await source.sweep(
      SweepRequest(
        watch: watching(), columns: ComparedColumns(compared: [], captured: []), after: nil))
    #expect(slice.rows.compactMap { $0.key.rowKey?.description } == ["1", "2", "4", "5"])
    #expect(slice.unread == 1)
    let places = try await source.places(ofRefusedIn: watching())
    #expect(places.count == 1)
    #expect(
      places.first?.hasPrefix("line 4 of \(fixture.folder.path)/t.csv \(fault)") == true,
      "\(places)")
    let told = try await source.examine(.watch(watching())).first?.text
    #expect(told?.contains("1 line cannot be read") == true)
    await source.close()
  }

  @Test("refuses a file of which more than a tenth cannot be read")
  func brokenFile() async throws {
    let fixture = try CSVFixture()
    let lines = (1...200).map { $0 % 9 == 0 ? "\($0)\n" : "\($0),a\n" }.joined()
    try fixture.write("id,name\n" + lines, to: "t")
    let source = source(fixture.folder.path)
    #expect(await problem(source)?.description.contains("line 10 of") == true)
    await source.close()
  }

  @Test("rows without a key or with one that another has are left out, counted and found")
  func keys() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id,name\n1,\"a\nb\"\n,c\n\n2,d\n\"3 \",e\n2,f\n4,g\n", to: "t")
    let source = source(fixture.folder.path)
    let sweep = try await source.sweepAll(watching())
    #expect(sweep.rows.count == 3)
    #expect(sweep.refused.missing == 1 && sweep.refused.duplicate == 2)
    let path = fixture.folder.path + "/t.csv"
    #expect(
      try await source.places(ofRefusedIn: watching())
        == [4, 6, 8].map { "line \($0) of \(path)" })
    await source.close()
  }

  @Test("a file is read when it has come to rest, the first time too")
  func settles() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id\n1\n", to: "t")
    let source = source(fixture.folder.path, settling: .hours(1))
    let early = await problem(source)
    #expect(early?.kind == .watch)
    #expect(
      early?.description
        == "watch t: the file of the table t at \(fixture.folder.path) is being written")
    try fixture.age("t")
    let before = try await source.pulse()
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    try fixture.write("id\n1\n2\n", to: "t")
    #expect(try await source.pulse() == before)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    try fixture.age("t")
    #expect(try await source.sweepAll(watching()).rows.count == 2)
    #expect(try await source.pulse() != before)
    await source.close()
    // Opened again it has the same version of the same files.
    let again = try await source.pulse()
    #expect(try await source.pulse() == again)
    await source.close()
  }

  @Test(
    "two files that differ in case alone are no table, and a file that SQLite refuses stops no other"
  )
  func oddFiles() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id\n1\n", to: "t")
    try fixture.write("id\n1\n", to: "Customers")
    try fixture.write("id\n2\n", to: "customers")
    try fixture.write("id\n1\n", to: "sqlite_dump")
    let source = source(fixture.folder.path)
    let path = fixture.folder.path
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    #expect(
      await problem(source, "customers")?.description
        == "watch customers: \(path)/Customers.csv and \(path)/customers.csv would be the same table, because upper and "
        + "lower case do not matter in table names")
    #expect(
      await problem(source, "sqlite_dump")?.description
        == "watch sqlite_dump: \(path)/sqlite_dump.csv cannot be made a table: object name reserved for "
        + "internal use: sqlite_dump")
    try FileManager.default.removeItem(atPath: path + "/customers.csv")
    #expect(try await source.sweepAll(watching("customers")).rows.count == 1)
    await source.close()
  }

  @Test("a missing folder, a missing file and a misspelt one are different things")
  func missing() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id\n1\n", to: "customers")
    let path = fixture.folder.path
    let nowhere = source(path + "/nowhere")
    let gone = await problem(nowhere)
    #expect(gone?.kind == .unreachable)
    #expect(
      gone?.description
        == "source shop: \(path)/nowhere is not there; Kindly tries again at the next poll")
    let source = source(path)
    let misspelt = await problem(source, "custmers")
    #expect(misspelt?.kind == .watch)
    #expect(misspelt?.description == "watch custmers: there is no file custmers.csv at \(path)")
    #expect(misspelt?.hint == "the tables are customers; did you mean customers?")
    #expect(try await source.sweepAll(watching("customers")).rows.count == 1)
    try FileManager.default.removeItem(atPath: path + "/customers.csv")
    #expect(await problem(source, "customers")?.kind == .watch)
    try fixture.write("id\n1\n2\n", to: "customers")
    #expect(try await source.sweepAll(watching("customers")).rows.count == 2)
    await source.close()
  }

  @Test("has no change log")
  func noChangeLog() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id\n1\n", to: "t")
    let source = source(fixture.folder.path)
    let findings = try await source.examine(.watch(watching(changes: .changelog)))
    #expect(
      findings.filter(\.isError).map(\.text) == [
        "watch t: a CSV file has no triggers, so it cannot have a change log (write `changes: snapshot`)"
      ])
    await source.close()
  }

  @Test("advises no index, for nobody could make one")
  func noAdvice() async throws {
    let fixture = try CSVFixture()
    let rows = (1...12_000).map { "\($0),2026-02-10\n" }.joined()
    try fixture.write("id,due\n" + rows, to: "t")
    let source = source(fixture.folder.path)
    #expect(try await source.examine(.watch(watching())).isEmpty)
    await source.close()
  }
}
