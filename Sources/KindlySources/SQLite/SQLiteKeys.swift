import KindlyCore

/// What `check` warns of about the keys of a SQLite table.
struct SQLiteKeys<Reader: EngineReader> where Reader.Dialect == SQLiteDialect {
  let shape: WatchShape<SQLiteDialect>
  let reader: Reader

  func cautions() throws -> [String] {
    guard case .table(let table) = shape.watch.relation, shape.key.count == 1 else { return [] }
    return [try reuse(in: table), try twins()].compactMap(\.self)
  }

  /// SQLite gives the highest id again after its row was deleted, unless the table says AUTOINCREMENT.
  private func reuse(in table: String) throws -> String? {
    guard shape.watch.changes != nil, try isRowID(in: table) else { return nil }
    return
      "watch \(shape.watch.name): SQLite may give a deleted row's \(shape.key[0].name) to a new row, because the table has no "
      + "AUTOINCREMENT; Kindly treats such a row as a new one if it is about another customer, and otherwise as the old "
      + "row that came back"
  }

  /// Whether the key is a plain INTEGER PRIMARY KEY (sqlite.org/autoinc.html).
  private func isRowID(in table: String) throws -> Bool {
    let name: [String: Value] = ["table": .text(table)]
    guard
      let definition = try reader.value(
        "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = :table COLLATE NOCASE",
        name),
      !definition.text.uppercased().contains("AUTOINCREMENT")
    else { return false }
    var columns: [(name: String, type: String)] = []
    try reader.each("SELECT name, type FROM pragma_table_info(:table) WHERE pk > 0", name) { row in
      columns.append((row.value(0).text, row.value(1).text))
      return true
    }
    return columns.count == 1 && columns[0].name.folded == shape.key[0].name.folded
      && columns[0].type.uppercased() == "INTEGER"
  }

  /// A column without a type may hold 7 and '7', which no key tells apart.
  private func twins() throws -> String? {
    let key = shape.key[0]
    guard key.type == .none else { return nil }
    let count = try reader.count(
      """
      SELECT count(*) FROM (
        SELECT 1 FROM \(shape.relation) AS this
        WHERE typeof(\(key.this)) IN ('integer', 'text')
        GROUP BY CAST(\(key.this) AS TEXT)
        HAVING count(DISTINCT typeof(\(key.this))) > 1
      )
      """)
    guard count > 0 else { return nil }
    return
      "watch \(shape.watch.name): \(counted(count, "key")) of \(key.name) \(count == 1 ? "exists" : "exist") as a number and as "
      + "text, such as 7 and '7'; their rows fire no rule until each has a unique key"
  }
}
