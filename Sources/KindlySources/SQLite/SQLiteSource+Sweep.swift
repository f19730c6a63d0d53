package import KindlyCore

extension SQLiteSource {
  package func columns(of watch: Watch) throws(SourceProblem) -> [String] {
    try read(asking: .watch(watch)) { reader in
      try WatchShape(watch, reading: reader).columns.filter { !$0.isBlob }.map(\.name)
    }
  }

  package func sweep(_ request: SweepRequest) throws(SourceProblem) -> SweepSlice {
    let (slice, log) = try read(asking: .watch(request.watch)) { reader in
      let shape = try WatchShape(request.watch, reading: reader)
      let log: LogSlice? = try request.logAfter.map { position in
        try ChangeLog(of: shape, in: reader).read(after: position, limit: pace.rows, in: reader)
      }
      if log?.hasMore == true || !request.readsRows { return (SweepSlice(), log) }
      return (try rows(of: request, shape, in: reader), log)
    }
    guard let log else { return slice }
    return log.added(to: slice)
  }

  private func rows(
    of request: SweepRequest, _ shape: WatchShape, in reader: SQLiteReader
  ) throws -> SweepSlice {
    let comparison = try RowComparison(
      request.columns, former: request.formerColumns, in: shape, from: shape.key.count)
    var keyed = KeyedRows<SourceRow>(
      capacity: pace.rows, time: try pace.time(of: reader), stopwatch: reader.stopwatch)
    let first = shape.key[0].quoted
    let segments =
      request.after.map { Keyset.segments(of: shape.key.map(\.quoted), after: $0.columns) }
      ?? [Keyset.Segment(condition: "\(first) IS NOT NULL", parameters: [:])]
    var order = OrderCheck(shape.watch, after: request.after)
    for segment in segments {
      // A text is less than any BLOB, so the last term leaves BLOBs out; they are counted at the end.
      let isFull = try read(
        """
        SELECT \(shape.keyList)\(comparison.list)
        FROM \(shape.relation) AS this
        WHERE \(segment.condition) AND \(first) COLLATE BINARY < x''
        ORDER BY \(shape.keyOrder)
        """, segment.parameters, into: &keyed, shape, comparison, &order, reader)
      if isFull {
        return SweepSlice(rows: keyed.rows, through: keyed.through?.key, refused: keyed.refused)
      }
    }
    keyed.finish()
    var refused = keyed.refused
    refused.missing += try reader.count(
      """
      SELECT (SELECT count(*) FROM \(shape.relation) AS this WHERE \(first) IS NULL)
        + (SELECT count(*) FROM \(shape.relation) AS this WHERE \(first) COLLATE BINARY >= x'')
      """)
    return SweepSlice(rows: keyed.rows, through: nil, refused: refused)
  }

  /// Takes a statement's rows; true when the slice is full.
  private func read(
    _ sql: String, _ parameters: [String: Value], into keyed: inout KeyedRows<SourceRow>,
    _ shape: WatchShape, _ comparison: RowComparison, _ order: inout OrderCheck,
    _ reader: SQLiteReader
  ) throws -> Bool {
    var isFull = false
    try reader.each(sql, parameters) { row in
      let key = shape.sortKey(row)
      if let key { try order.check(key) }
      isFull = !keyed.take(
        key.map { KeyedRows.Place(key: $0) }, comparison.row(row, key: key ?? SortKey(stored: [])))
      return !isFull
    }
    return isFull
  }
}

/// Makes a row's fingerprints and captured values from the columns behind its key.
struct RowComparison {
  /// The columns to select, each after a comma.
  let list: String
  private let compared: [Int]
  private let former: [Int]?
  private let captured: [Int]

  /// `first` is the index of the first column after those that the statement selects for itself.
  ///
  /// Where a former column is gone, there is no former fingerprint.
  init(
    _ columns: ComparedColumns, former: [String]?, in shape: WatchShape, from first: Int
  ) throws {
    var selected: [String] = []
    func index(of column: WatchShape.Column) -> Int {
      if let index = selected.firstIndex(of: column.quoted) { return first + index }
      selected.append(column.quoted)
      return first + selected.count - 1
    }
    compared = try columns.compared.map { index(of: try shape.column($0)) }
    captured = try columns.captured.map { index(of: try shape.column($0)) }
    let still = former?.compactMap { shape.find($0) }
    self.former = still?.count == former?.count ? still?.map { index(of: $0) } : nil
    list = selected.map { ", " + $0 }.joined()
  }

  func row(_ row: SQLiteCursor, key: SortKey) -> SourceRow {
    SourceRow(
      key: key, hash: hash(row, compared), formerHash: former.map { hash(row, $0) },
      captured: captured.map { row.plainValue($0) })
  }

  private func hash(_ row: SQLiteCursor, _ columns: [Int]) -> RowHash {
    var hash = RowHash()
    for column in columns { hash.combine(row.value(column)) }
    return hash
  }
}

/// Sees to it that a source gives its rows in the order of `SortKey`; if it did not, the sweep would lose rows.
struct OrderCheck {
  private let watch: Watch
  private let after: SortKey?
  private var last: SortKey?

  init(_ watch: Watch, after: SortKey?) {
    self.watch = watch
    self.after = after
  }

  mutating func check(_ key: SortKey) throws(SourceProblem) {
    if key < last ?? key || key <= after ?? key && after != nil {
      throw SourceProblem(
        .watch,
        "watch \(watch.name): the source does not give the keys in the order of their bytes",
        hint:
          "a database in UTF-16 does so, and a query whose key is sometimes text and sometimes a number: "
          + "watch another key, or write CAST(… AS TEXT) in the query")
    }
    last = key
  }
}
