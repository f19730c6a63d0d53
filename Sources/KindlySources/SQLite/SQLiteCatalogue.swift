import Glibc
import KindlyCore

/// What SQLite tells of a database file, by its PRAGMAs as tables.
struct SQLiteCatalogue<Reader: EngineReader>: Catalogue where Reader.Dialect == SQLiteDialect {
  let path: String
  let reader: Reader

  func server() throws -> ServerFacts {
    let remark =
      try SQLiteReader.sharesWithWriters(reader)
      ? "WAL mode: the application can write while kindly reads"
      : "rollback-journal mode: the application cannot write while kindly reads, at most 50 ms at a time"
    return ServerFacts(
      product: "SQLite", version: try reader.value("SELECT sqlite_version()")?.text,
      encoding: try reader.value("PRAGMA encoding")?.text, remarks: [remark], excess: excess)
  }

  /// Root may always.
  private var excess: String? {
    geteuid() != 0 && access(path, W_OK) == 0
      ? "this user has write access to \(path); run kindly as a user with read access only" : nil
  }

  func relations() throws -> [ListedRelation] {
    var found: [(name: String, isView: Bool, hasRowID: Bool)] = []
    try reader.each(
      """
      SELECT name, type, wr FROM pragma_table_list
      WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      """
    ) { row in
      let kind = row.value(1)
      found.append(
        (
          row.value(0).text, kind == .text("view"),
          kind == .text("table") && row.value(2) == .integer(0)
        ))
      return true
    }
    return try found.map { name, isView, hasRowID in
      ListedRelation(
        name: name, kind: isView ? .view : .table,
        estimate: hasRowID ? try highestRow(of: name) : nil)
    }
  }

  /// SQLite keeps no number of rows; where few were deleted, the highest row id is about it, and is found at once.
  private func highestRow(of table: String) throws -> Int? {
    guard
      case .integer(let highest)? = try reader.value(
        "SELECT max(rowid) FROM \(SQLiteDialect.table(table))")
    else { return nil }
    return Int(highest)
  }

  func details(of relation: ListedRelation) throws -> RelationDetails {
    var details = RelationDetails()
    let table: [String: Value] = ["table": .text(relation.name)]
    var key: [(place: Int64, name: String)] = []
    try reader.each("SELECT name, type, \"notnull\", pk FROM pragma_table_info(:table)", table) {
      row in
      let name = row.value(0).text
      details.types[name] = row.value(1).text
      if row.value(2) == .integer(1) { details.required.insert(name) }
      if case .integer(let place) = row.value(3), place > 0 { key.append((place, name)) }
      return true
    }
    details.primaryKey = key.sorted { $0.place < $1.place }.map(\.name)
    details.indexes = try indexes(table)
    try reader.each("SELECT \"from\", \"table\" FROM pragma_foreign_key_list(:table)", table) {
      row in
      details.references[row.value(0).text] = row.value(1).text
      return true
    }
    return details
  }

  /// Leaves out partial indexes; of an index with expressions it lists only the columns before the first one.
  private func indexes(_ table: [String: Value]) throws -> [IndexFacts] {
    var names: [(String, Bool)] = []
    try reader.each(
      "SELECT name, \"unique\" FROM pragma_index_list(:table) WHERE NOT partial ORDER BY name",
      table
    ) { row in
      names.append((row.value(0).text, row.value(1) == .integer(1)))
      return true
    }
    return try names.map { name, isUnique in
      var columns: [String?] = []
      try reader.each(
        "SELECT name FROM pragma_index_info(:index) ORDER BY seqno", ["index": .text(name)]
      ) { row in
        columns.append(row.value(0).isNull ? nil : row.value(0).text)
        return true
      }
      let plain = columns.prefix { $0 != nil }.compactMap(\.self)
      return IndexFacts(
        name: name, columns: plain, isUnique: isUnique && plain.count == columns.count)
    }
  }

  func grants(reading relations: [String]) -> String {
    """
    # SQLite has no users: the right to read is that of the file. As root:
    setfacl --modify u:kindly:r '\(path)'
    # and in WAL mode, so that kindly can take part in it while the application is not there:
    setfacl --modify u:kindly:rwx '\(folder)'
    """
  }

  private var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
}
