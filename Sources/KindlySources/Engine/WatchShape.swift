import KindlyCore

/// A column of a watch as the database has it now.
struct WatchColumn<Dialect: SQLDialect>: Hashable, Sendable {
  let name: String
  let type: Dialect.ColumnType
  /// Declared to hold BLOBs; its bytes are never asked for.
  let isBlob: Bool

  var quoted: String { Dialect.quoted(name) }
  /// The column of the row that a condition calls `this`.
  var this: String { "this." + quoted }

  var ordered: String { Dialect.ordered(this, type) }
  var hasPlace: String { Dialect.hasPlace(this, type) }
  var canBePassed: String { Dialect.canBePassed(this, type) }
}

/// The columns of a watch as the database has them now, and how its SQL begins.
struct WatchShape<Dialect: SQLDialect>: Sendable {
  typealias Column = WatchColumn<Dialect>

  let watch: Watch
  let columns: [Column]
  /// The key columns, in the watch's order.
  let key: [Column]
  let customer: Column?

  /// The table, view or query, as it stands behind FROM.
  let relation: String

  /// The table or query as the database has it, before any of its texts are decoded.
  static func stored(_ watch: Watch, in reader: some EngineReader) -> String {
    switch watch.relation {
    case .table(let name): reader.table(name)
    case .query(let sql): Dialect.bracketed(sql)
    }
  }

  init<Reader: EngineReader>(
    _ watch: Watch, reading reader: Reader
  ) throws where Reader.Dialect == Dialect {
    if case .query(let sql) = watch.relation {
      try WatchShape.check(query: sql, of: watch, reading: reader)
    }
    let stored = WatchShape.stored(watch, in: reader)
    let (relation, columns) = try reader.decoded(stored, reader.columns(of: stored))
    self.watch = watch
    self.relation = relation
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

  /// The date column of a rule; what is wrong with it is the rule's matter.
  func dateColumn(_ name: String) throws(SourceProblem) -> Column {
    let column = try column(name, as: "date column", .condition)
    guard let why = Dialect.dateless(column.type) else { return column }
    throw SourceProblem(
      .condition, of: .watch(watch.name), "the date column \(column.name) is \(why)",
      hint: "name a column that holds dates, or watch a query that converts this one")
  }

  func find(_ name: String) -> Column? { WatchShape.find(name, in: columns) }

  /// The key columns for a SELECT list or ORDER BY, in the order of `SortKey`.
  var keyList: String { key.map(\.this).joined(separator: ", ") }
  var keyOrder: String { key.map(\.ordered).joined(separator: ", ") }

  /// The row's key from the first columns of a row, or nil where it has none.
  func sortKey(_ row: some EngineRow, from first: Int = 0) -> SortKey? {
    var values: [Value] = []
    values.reserveCapacity(key.count)
    for index in key.indices {
      guard let value = row.keyValue(first + index) else { return nil }
      values.append(value)
    }
    return SortKey(values) { Dialect.holdsLargeNumbers(key[$0].type) }
  }

  /// The problem that a column does not exist, in the engine's words and with the column that was probably meant.
  func unknown(_ written: String) -> SourceProblem {
    let name = written.split(separator: ".").last.map(String.init) ?? written
    let near = Suggestion.nearest(to: name, among: columns.map(\.name))
    return SourceProblem(
      .condition,
      "a condition on watch \(watch.name) names the column \(written), which is not there",
      hint: near.map { "did you mean \($0)?" }
        ?? "write text in single quotes; the columns are \(columns.map(\.name).joined(separator: ", "))"
    )
  }

  private static func find(_ name: String, in columns: [Column]) -> Column? {
    columns.first { $0.name.isExactly(name) } ?? columns.first { $0.name.folded == name.folded }
  }

  private static func column(
    _ name: String, as role: String, in columns: [Column], of watch: Watch,
    _ kind: SourceProblem.Kind
  ) throws(SourceProblem) -> Column {
    if let column = find(name, in: columns) { return column }
    let names = columns.map(\.name)
    let near = Suggestion.nearest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
    throw SourceProblem(
      kind, of: .watch(watch.name), "the \(role) \(name) is not there",
      hint: near + "the columns are \(names.joined(separator: ", "))")
  }

  /// A query must be one SELECT without placeholders, because it is written into larger statements.
  private static func check(
    query: String, of watch: Watch, reading reader: some EngineReader
  ) throws {
    var text = query[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.last != ";" else {
      throw SourceProblem(
        .watch, of: .watch(watch.name), "the query ends with a semicolon", hint: "remove the ;")
    }
    // Prepared alone first: a second statement or a bracket too many must not end inside ours.
    guard try reader.isSelect(query) else {
      throw SourceProblem(.watch, of: .watch(watch.name), "the query is not a SELECT")
    }
  }
}
