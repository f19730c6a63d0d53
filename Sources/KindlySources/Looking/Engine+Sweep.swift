import KindlyCore

extension Engine {
  func columns(of watch: Watch) throws(SourceProblem) -> [String] {
    try read(asking: .watch(watch)) { reader in
      try Shape(watch, reading: reader).columns.filter { !$0.isBlob }.map(\.name)
    }
  }

  func sweep(_ request: SweepRequest) throws(SourceProblem) -> SweepSlice {
    let (slice, log) = try read(asking: .watch(request.watch)) { reader in
      let shape = try Shape(request.watch, reading: reader)
      let log: LogSlice? = try request.logAfter.map { place in
        try self.log(of: shape, in: reader).read(after: place, limit: pace.rows, in: reader)
      }
      if log?.hasMore == true || !request.readsRows { return (SweepSlice(), log) }
      return (try Sweep(request, shape, pace, reader).slice(), log)
    }
    var whole = log?.added(to: slice) ?? slice
    whole.unread = unread(of: request.watch).count
    return whole
  }
}

/// Reads the rows of one slice in the order of their keys.
private struct Sweep<Reader: EngineReader> {
  private let request: SweepRequest
  private let shape: WatchShape<Reader.Dialect>
  private let comparison: RowComparison<Reader.Dialect>
  private let reader: Reader
  private var keyed: KeyedRows<SourceRow>
  private var order: OrderCheck

  init(
    _ request: SweepRequest, _ shape: WatchShape<Reader.Dialect>, _ pace: SlicePace,
    _ reader: Reader
  ) throws {
    self.request = request
    self.shape = shape
    self.reader = reader
    comparison = try RowComparison(
      request.columns, former: request.formerColumns, in: shape, from: shape.key.count)
    keyed = KeyedRows(
      capacity: pace.rows, end: try SliceEnd(reader, at: pace))
    order = OrderCheck(shape.watch, after: request.after)
  }

  consuming func slice() throws -> SweepSlice {
    let first = shape.key[0]
    let segments =
      request.after.map { Keyset.segments(of: shape.key, after: $0.columns) }
      ?? [Keyset.Segment(condition: "\(first.this) IS NOT NULL", parameters: [:])]
    for segment in segments {
      // Keys without a place are left out here and counted at the end.
      let isFull = try read(
        """
        SELECT \(shape.keyList)\(comparison.list)
        FROM \(shape.relation) AS this
        WHERE \(segment.condition) AND \(first.hasPlace)
        ORDER BY \(shape.keyOrder)
        """, segment.parameters)
      if isFull {
        try keyed.refuseTwins(in: shape, by: reader)
        return SweepSlice(
          rows: keyed.rows, through: keyed.through?.key, refused: keyed.refused,
          disputed: keyed.disputed)
      }
    }
    keyed.finish()
    try keyed.refuseTwins(in: shape, by: reader)
    var refused = keyed.refused
    for condition in Reader.Dialect.hasNoPlace(first.this, first.type) {
      refused.missing += try reader.count(
        "SELECT count(*) FROM \(shape.relation) AS this WHERE \(condition)")
    }
    return SweepSlice(
      rows: keyed.rows, through: nil, refused: refused, disputed: keyed.disputed)
  }

  /// Takes a statement's rows; true when the slice is full.
  private mutating func read(_ sql: String, _ parameters: [String: Value]) throws -> Bool {
    let (shape, comparison) = (shape, comparison)
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
struct RowComparison<Dialect: SQLDialect> {
  /// The columns to select, each after a comma.
  let list: String
  private let compared: [Int]
  private let former: [Int]?
  private let captured: [Int]

  /// `first` is the index of the first column after those that the statement selects for itself.
  ///
  /// Where a former column is gone, there is no former fingerprint.
  init(
    _ columns: ComparedColumns, former: [String]?, in shape: WatchShape<Dialect>, from first: Int
  ) throws {
    var selected: [String] = []
    func index(of column: WatchColumn<Dialect>) -> Int {
      if let index = selected.firstIndex(of: column.this) { return first + index }
      selected.append(column.this)
      return first + selected.count - 1
    }
    compared = try columns.compared.map { index(of: try shape.column($0)) }
    captured = try columns.captured.map { index(of: try shape.column($0)) }
    let still = former?.compactMap { shape.find($0) }
    self.former = still?.count == former?.count ? still?.map { index(of: $0) } : nil
    list = selected.map { ", " + $0 }.joined()
  }

  func row(_ row: some EngineRow, key: SortKey) -> SourceRow {
    SourceRow(
      key: key, hash: hash(row, compared), formerHash: former.map { hash(row, $0) },
      captured: captured.map { row.plainValue($0) })
  }

  private func hash(_ row: some EngineRow, _ columns: [Int]) -> RowHash {
    var hash = RowHash()
    for column in columns { hash.combine(row.value(column)) }
    return hash
  }
}

/// Checks that a source returns its rows in the order of `SortKey`; otherwise a sweep would lose rows.
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
        of: .watch(watch.name),
        "the source does not return the keys in byte order",
        hint:
          "a UTF-16 database and a query whose key is sometimes text and sometimes a number cause this: "
          + "use another key, or write CAST(… AS TEXT) in the query")
    }
    last = key
  }
}
