import KindlyCore

extension Engine {
  /// Rows whose cursor is NULL are not among these; the sweep finds them.
  func follow(_ request: CursorRequest) throws(SourceProblem) -> CursorSlice {
    let settled = try settledHead(of: request)
    return try read(asking: .watch(request.watch)) { reader in
      let shape = try Shape(request.watch, reading: reader)
      let cursor = try shape.column(request.column, as: "cursor column")
      // The highest value first: a row that comes in meanwhile is not of this snapshot in any case.
      let head = try settled ?? CursorHead.read(of: cursor, in: shape, by: reader)
      return try follow(request, shape, cursor, head, in: reader)
    }
  }

  private func follow(
    _ request: CursorRequest, _ shape: Shape, _ cursor: Shape.Column, _ head: Value,
    in reader: Reader
  ) throws -> CursorSlice {
    let comparison = try RowComparison(
      request.columns, former: request.formerColumns, in: shape, from: 1 + shape.key.count)
    var keyed = KeyedRows<SourceRow>(
      capacity: pace.rows, end: try SliceEnd(reader, at: pace))
    for segment in segments(of: request, cursor, shape) {
      var isFull = false
      try reader.each(
        """
        SELECT \(cursor.this), \(shape.keyList)\(comparison.list)
        FROM \(shape.relation) AS this
        WHERE \(segment.condition) AND \(cursor.hasPlace)
        ORDER BY \(cursor.ordered), \(shape.keyOrder)
        """, segment.parameters
      ) { row in
        let key = shape.sortKey(row, from: 1)
        isFull = !keyed.take(
          key.map { KeyedRows.Place(value: row.value(0), key: $0) },
          comparison.row(row, key: key ?? SortKey(stored: [])))
        return !isFull
      }
      if isFull { break }
      if segment.isLast { keyed.finish() }
    }
    try keyed.refuseTwins(in: shape, by: reader)
    if request.leavesOutShared { try keyed.refuseShared(in: shape, by: reader) }
    return CursorSlice(
      rows: keyed.rows, next: keyed.through.map { CursorPlace(value: $0.value, key: $0.key) },
      head: head, refused: keyed.refused)
  }

  private func segments(
    of request: CursorRequest, _ cursor: Shape.Column, _ shape: Shape
  ) -> [(condition: String, parameters: [String: Value], isLast: Bool)] {
    guard let place = request.after else {
      if request.from.isNull || !Reader.Dialect.fits(request.from, cursor.type) {
        return [("\(cursor.this) IS NOT NULL", [:], true)]
      }
      let from = Reader.Dialect.place(":kindly_from", cursor.type)
      return [("\(cursor.ordered) >= \(from)", ["kindly_from": request.from], true)]
    }
    let segments = Keyset.segments(
      of: [cursor] + shape.key, after: [place.value] + place.key.columns)
    return segments.enumerated().map { index, segment in
      (segment.condition, segment.parameters, index == segments.count - 1)
    }
  }
}

enum CursorHead {
  /// The highest value that a cursor column holds now, and that it can go on from.
  static func read<Reader: EngineReader>(
    of cursor: WatchColumn<Reader.Dialect>, in shape: WatchShape<Reader.Dialect>,
    by reader: Reader
  ) throws -> Value {
    try reader.value(
      Reader.Dialect.first(
        1,
        of: """
          SELECT \(cursor.this) FROM \(shape.relation) AS this
          WHERE \(cursor.canBePassed)
          ORDER BY \(cursor.ordered) DESC
          """)) ?? .null
  }
}
