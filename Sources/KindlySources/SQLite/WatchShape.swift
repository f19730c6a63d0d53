import KindlyCore

/// The columns of a watch as the database has them now, and how its SQL begins.
struct WatchShape: Sendable {
  struct Column: Hashable, Sendable {
    let name: String
    let affinity: ColumnAffinity
    /// Declared to hold BLOBs; its bytes are never asked for.
    let isBlob: Bool

    var quoted: String { SQLText.quoted(name) }
  }

  let watch: Watch
  let columns: [Column]
  /// The key columns, in the watch's order.
  let key: [Column]
  let customer: Column?

  /// The table, view or query, as it stands behind FROM.
  var relation: String { WatchShape.relation(of: watch) }

  static func relation(of watch: Watch) -> String {
    switch watch.relation {
    case .table(let name): "main." + SQLText.quoted(name)
    case .query(let sql): SQLText.bracketed(sql)
    }
  }

  init(_ watch: Watch, reading reader: SQLiteReader) throws {
    // SQLite looks for a changed schema when a statement runs, not when it is prepared.
    _ = try reader.value("SELECT 1 FROM main.sqlite_schema LIMIT 1")
    if case .query(let sql) = watch.relation {
      try WatchShape.check(query: sql, of: watch, reading: reader)
    }
    let query = try reader.prepare("SELECT * FROM \(WatchShape.relation(of: watch)) AS this")
    let columns = (0..<query.columnCount).map { index in
      let type = query.declaredType(index)
      return Column(
        name: query.columnName(index), affinity: ColumnAffinity(declaredType: type),
        isBlob: type?.uppercased().contains("BLOB") == true)
    }
    self.watch = watch
    self.columns = columns
    key = try watch.key.map { name in
      try WatchShape.column(name, as: "key column", in: columns, of: watch, .watch)
    }
    customer = try watch.customerColumn.map { name in
      try WatchShape.column(name, as: "customer column", in: columns, of: watch, .watch)
    }
  }

  /// The column of that name, in whatever case it is written.
  func column(
    _ name: String, as role: String = "column", _ kind: SourceProblem.Kind = .watch
  ) throws(SourceProblem) -> Column {
    try WatchShape.column(name, as: role, in: columns, of: watch, kind)
  }

  func find(_ name: String) -> Column? { WatchShape.find(name, in: columns) }

  /// The key columns for a SELECT list or ORDER BY, in the order of their bytes.
  var keyList: String { key.map(\.quoted).joined(separator: ", ") }
  var keyOrder: String { key.map { $0.quoted + " COLLATE BINARY" }.joined(separator: ", ") }

  /// The row's key from the first columns of a row, or nil where it has none.
  func sortKey(_ row: SQLiteCursor, from first: Int = 0) -> SortKey? {
    var values: [Value] = []
    values.reserveCapacity(key.count)
    for index in key.indices {
      guard let value = row.keyValue(first + index) else { return nil }
      values.append(value)
    }
    return SortKey(values)
  }

  private static func find(_ name: String, in columns: [Column]) -> Column? {
    columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
  }

  private static func column(
    _ name: String, as role: String, in columns: [Column], of watch: Watch,
    _ kind: SourceProblem.Kind
  ) throws(SourceProblem) -> Column {
    if let column = find(name, in: columns) { return column }
    let names = columns.map(\.name)
    let near = Suggestion.nearest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
    throw SourceProblem(
      kind, "watch \(watch.name): the \(role) \(name) is not there",
      hint: near + "the columns are \(names.joined(separator: ", "))")
  }

  /// A query must be one SELECT without placeholders, because it is written into larger statements.
  private static func check(query: String, of watch: Watch, reading reader: SQLiteReader) throws {
    var text = query[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.last != ";" else {
      throw SourceProblem(
        .watch, "watch \(watch.name): the query ends with a semicolon", hint: "take the ; away")
    }
    // Prepared alone first: a second statement or a bracket too many must not end inside ours.
    let query = try reader.prepare(query)
    guard query.columnCount > 0 else {
      throw SourceProblem(.watch, "watch \(watch.name): the query is not a SELECT")
    }
  }
}

/// What SQLite does with values that are stored in or compared with a column (sqlite.org/datatype3.html, 3.1).
enum ColumnAffinity: Hashable, Sendable {
  case text
  case numeric
  /// Nothing is converted: declared as BLOB, without a type, or an expression.
  case none

  init(declaredType: String?) {
    guard let type = declaredType?.uppercased(), !type.isEmpty else {
      self = .none
      return
    }
    if type.contains("INT") {
      self = .numeric
    } else if ["CHAR", "CLOB", "TEXT"].contains(where: type.contains) {
      self = .text
    } else {
      self = type.contains("BLOB") ? .none : .numeric
    }
  }
}
