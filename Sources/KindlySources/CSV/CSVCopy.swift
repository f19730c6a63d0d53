import GRDB
import GRDBSQLite
import KindlyCore

/// A private SQLite copy of a source's files, so that they can be queried in SQL.
///
/// SQLite keeps it in memory while it is small, otherwise in an unnamed temporary file. It is deleted when the
/// connection closes.
final class CSVCopy {
  private let queue: DatabaseQueue
  private let deadline: Deadline
  /// The columns of each table by which it has an index.
  private var indexes: [ExactText: Set<[String]>] = [:]
  private var lines: [ExactText: RecordLines] = [:]
  /// The columns of each table that name rows or customers, so that `1.10` is not `1.1` there.
  private var identifiers: [ExactText: Set<ExactText>] = [:]

  init(label: String, deadline limit: Duration) throws {
    let deadline = Deadline(limit: limit)
    var configuration = Configuration()
    configuration.label = label
    // "x" is a column or an error, never the text 'x'.
    configuration.acceptsDoubleQuotedStringLiterals = false
    configuration.prepareDatabase { database in
      deadline.watch(database)
      SQLiteMemory.limit(database)
    }
    self.deadline = deadline
    queue = try DatabaseQueue(path: "", configuration: configuration)
  }

  /// Reads in one transaction, in which nothing can be written.
  func read<Answer>(_ body: (SQLiteReader) throws -> Answer) throws -> Answer {
    deadline.restart()
    do {
      return try queue.read { try body(SQLiteReader($0, isCopy: true)) }
    } catch let error as DatabaseError
      where error.resultCode.primaryResultCode == .SQLITE_INTERRUPT && deadline.hasTakenTooMuch
    {
      throw SQLiteMemory.Excess()
    }
  }

  /// Replaces a table's contents with a file's records. After an error the table is unchanged.
  ///
  /// Lines that cannot be read are left out and returned. Throws if there are too many of them.
  func replace(_ table: String, with bytes: [UInt8], encoding: String?) throws -> BrokenLines {
    indexes[table] = nil
    var lines = RecordLines()
    var broken = BrokenLines()
    try unhurried { db in
      try db.execute(sql: "DROP TABLE IF EXISTS \(SQLiteDialect.table(table))")
      var parser = CSVParser(bytes)
      guard let header = try parser.next() else {
        throw CSVFault(
          line: 1, text: "is empty; expected a header with the names of the columns")
      }
      let columns = try CSVCopy.columns(header)
      // Columns have no types, so that a value is exactly what its field contains.
      let list = columns.map(SQLiteDialect.quoted).joined(separator: ", ")
      try db.execute(sql: "CREATE TABLE \(SQLiteDialect.table(table)) (\(list))")
      let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
      let insert = SQLiteQuery(
        try db.makeStatement(sql: "INSERT INTO \(SQLiteDialect.table(table)) VALUES (\(marks))"))
      let named = identifiers[table.folded] ?? []
      let areNames = columns.map { named.contains($0.folded) }
      while let record = try CSVCopy.next(&parser, &broken, beside: lines.count) {
        if lines.count == 0 { try CSVCopy.check(header, columns, above: record) }
        do {
          try insert.run(
            CSVCopy.values(
              record, columns, areNames, encoding, width: header.fields.count))
          lines.append(record.line)
        } catch let fault as CSVFault {
          try broken.add(fault, beside: lines.count)
        }
      }
      try broken.check(beside: lines.count)
    }
    self.lines[table] = lines
    return broken
  }

  /// The next record that can be taken apart.
  private static func next(
    _ parser: inout CSVParser, _ broken: inout BrokenLines, beside records: Int
  ) throws(CSVFault) -> CSVParser.Record? {
    while true {
      do throws(CSVFault) {
        return try parser.next()
      } catch {
        try broken.add(error, beside: records)
        parser.skip()
      }
    }
  }

  /// The line numbers of the first records without a key of their own.
  func lines(
    inWhich table: String, lacks key: [String], atMost limit: Int, by reader: SQLiteReader
  ) throws -> [Int] {
    let names = key.map(SQLiteDialect.quoted)
    let list = names.joined(separator: ", ")
    let relation = SQLiteDialect.table(table)
    var found: [Int] = []
    // Rows are inserted in the order of the file, so that a row's number is its record's.
    try reader.each(
      """
      SELECT rowid FROM \(relation)
      WHERE \(names.map(CSVCopy.isNoKey).joined(separator: " OR "))
        OR (\(list)) IN (SELECT \(list) FROM \(relation) GROUP BY \(list) HAVING count(*) > 1)
      ORDER BY rowid
      LIMIT \(limit)
      """
    ) { row in
      if case .integer(let number) = row.value(0), let line = lines[table]?[Int(number) - 1] {
        found.append(line)
      }
      return true
    }
    return found
  }

  /// Whether a value can name no row, as `EngineRow.keyValue` sees it.
  private static func isNoKey(_ name: String) -> String {
    "\(name) IS NULL OR typeof(\(name)) = 'real' AND \(name) <> CAST(\(name) AS INTEGER)"
  }

  func drop(_ table: String) throws {
    indexes[table] = nil
    lines[table] = nil
    try unhurried { try $0.execute(sql: "DROP TABLE IF EXISTS \(SQLiteDialect.table(table))") }
  }

  /// Records columns that identify rows or customers. Returns true if the file must be read again, because some of
  /// their texts were read as decimal numbers.
  func note(identifiers names: [String], of table: String) throws -> Bool {
    let new = Set(names.map(\.folded)).subtracting(identifiers[table.folded] ?? [])
    guard !new.isEmpty else { return false }
    identifiers[table.folded, default: []].formUnion(new)
    let relation = SQLiteDialect.table(table)
    return try read { reader in
      try reader.columns(of: relation).filter { new.contains($0.name.folded) }.contains { column in
        try reader.value(
          "SELECT 1 FROM \(relation) WHERE typeof(\(column.quoted)) = 'real' LIMIT 1") != nil
      }
    }
  }

  /// Makes the index by which single rows are found, where the columns are there.
  func index(_ table: String, by key: [String]) throws {
    guard indexes[table, default: []].insert(key).inserted else { return }
    let columns = try read { try $0.columns(of: SQLiteDialect.table(table)).map(\.name) }
    let found = key.compactMap { name in columns.first { $0.folded == name.folded } }
    guard !found.isEmpty, found.count == key.count else { return }
    let name = SQLiteDialect.quoted("by " + ([table] + key).joined(separator: " "))
    let list = found.map(SQLiteDialect.quoted).joined(separator: ", ")
    try unhurried {
      try $0.execute(
        sql: "CREATE INDEX IF NOT EXISTS \(name) ON \(SQLiteDialect.quoted(table)) (\(list))")
    }
  }

  func close() {
    // Nothing can be done about an error: the connection is given up in any case.
    try? queue.close()
  }

  /// Runs a write without the deadline, which is meant for questions.
  private func unhurried(_ body: (Database) throws -> Void) throws {
    deadline.lift()
    try queue.write(body)
  }

  /// The names in the header. A faulty name is reported by its number, because in a file without a header it is a
  /// customer's data.
  private static func columns(_ header: CSVParser.Record) throws(CSVFault) -> [String] {
    // Spreadsheets end lines with separators if a column beside the table was ever filled.
    var names: [String] = []
    for (index, field) in header.fields.withoutEmptyEnd.enumerated() {
      let column = "column \(index + 1)"
      guard let name = String(validating: field, as: UTF8.self)?.trimmed, !name.isEmpty else {
        throw CSVFault(line: header.line, text: "has a header whose \(column) has no name")
      }
      let isName = !name.contains("@") && Double(name) == nil && !name.contains("\n")
      guard isName else {
        throw CSVFault(
          line: header.line,
          text: "is not a header: \(column) has an address or a number instead of a name")
      }
      if let twin = names.firstIndex(where: { $0.folded == name.folded }) {
        throw CSVFault(
          line: header.line,
          text: "has a header in which columns \(twin + 1) and \(index + 1) have the same name")
      }
      names.append(name)
    }
    return names
  }

  /// A value in the first record below the empty end of the header belongs to a column without a name; one further down
  /// is a stray one, and its line is left out.
  private static func check(
    _ header: CSVParser.Record, _ columns: [String], above record: CSVParser.Record
  ) throws(CSVFault) {
    guard record.fields.count <= header.fields.count,
      let index = record.fields.indices.dropFirst(columns.count)
        .first(where: { !record.fields[$0].isEmpty })
    else { return }
    throw CSVFault(
      line: header.line, text: "has a header whose column \(index + 1) has no name")
  }

  private static func values(
    _ record: CSVParser.Record, _ columns: [String], _ areNames: [Bool], _ encoding: String?,
    width: Int
  ) throws(CSVFault) -> [Value] {
    var fields = record.fields[...]
    // Empty fields below the empty end of the header.
    while fields.count > columns.count, fields.count <= width, fields.last?.isEmpty == true {
      fields.removeLast()
    }
    guard fields.count == columns.count else {
      throw CSVFault(
        line: record.line,
        text: "has \(record.fields.count) fields, and the header names \(columns.count) columns")
    }
    var values: [Value] = []
    values.reserveCapacity(columns.count)
    for (index, field) in fields.enumerated() {
      guard let value = areNames[index] ? CSVValue.naming(field) : CSVValue.of(field) else {
        throw CSVFault(
          line: record.line,
          text: encoding.map { "has bytes that are not valid \($0) in column \(columns[index])" }
            ?? "has bytes that are not valid UTF-8 in column \(columns[index]); declare the file's "
            + "encoding in the source, such as `encoding: GB18030`")
      }
      values.append(value)
    }
    return values
  }
}

extension [CSVParser.Field] {
  /// The fields without the empty ones at the end; all of them if every field is empty.
  fileprivate var withoutEmptyEnd: ArraySlice<CSVParser.Field> {
    var fields = self[...]
    while fields.count > 1, fields.last?.allSatisfy({ $0 == 0x20 }) == true { fields.removeLast() }
    return fields
  }
}

/// The line in which each record of a file begins; almost always one below the record before.
private struct RecordLines {
  /// The records that do not begin one line below the record before, and the lines in which they do.
  private var jumps: [(record: Int, line: Int)] = []
  private(set) var count = 0
  private var last = 0

  mutating func append(_ line: Int) {
    if count == 0 || line != last + 1 { jumps.append((count, line)) }
    count += 1
    last = line
  }

  /// The line of a record, counted from zero; nil where there is no such record.
  subscript(record: Int) -> Int? {
    guard (0..<count).contains(record) else { return nil }
    return jumps.last { $0.record <= record }.map { $0.line + record - $0.record }
  }
}
