package import KindlyCore

extension SQLiteSource {
  /// Rows whose cursor is NULL are not among these; the sweep finds them.
  package func follow(_ request: CursorRequest) throws(SourceProblem) -> CursorSlice {
    try read(asking: .watch(request.watch)) { reader in
      let shape = try WatchShape(request.watch, reading: reader)
      return try follow(request, shape, in: reader)
    }
  }

  private func follow(
    _ request: CursorRequest, _ shape: WatchShape, in reader: SQLiteReader
  ) throws -> CursorSlice {
    let cursor = try shape.column(request.column, as: "cursor column").quoted
    let comparison = try RowComparison(
      request.columns, former: request.formerColumns, in: shape, from: 1 + shape.key.count)
    var keyed = KeyedRows<SourceRow>(
      capacity: pace.rows, time: try pace.time(of: reader), stopwatch: reader.stopwatch)
    // The highest value first: a row that comes in meanwhile is not of this snapshot in any case.
    let head = try reader.value(
      """
      SELECT \(cursor) FROM \(shape.relation) AS this
      WHERE \(cursor) COLLATE BINARY < x'' ORDER BY \(cursor) COLLATE BINARY DESC LIMIT 1
      """)
    for segment in segments(of: request, cursor, shape) {
      var isFull = false
      try reader.each(
        """
        SELECT \(cursor), \(shape.keyList)\(comparison.list)
        FROM \(shape.relation) AS this
        WHERE \(segment.condition) AND \(cursor) COLLATE BINARY < x''
        ORDER BY \(cursor) COLLATE BINARY, \(shape.keyOrder)
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
    return CursorSlice(
      rows: keyed.rows, next: keyed.through.map { CursorPlace(value: $0.value, key: $0.key) },
      head: head ?? .null, refused: keyed.refused)
  }

  private func segments(
    of request: CursorRequest, _ cursor: String, _ shape: WatchShape
  ) -> [(condition: String, parameters: [String: Value], isLast: Bool)] {
    guard let place = request.after else {
      if request.from.isNull { return [("\(cursor) IS NOT NULL", [:], true)] }
      return [("\(cursor) COLLATE BINARY >= :kindly_from", ["kindly_from": request.from], true)]
    }
    let segments = Keyset.segments(
      of: [cursor] + shape.key.map(\.quoted), after: [place.value] + place.key.columns)
    return segments.enumerated().map { index, segment in
      (segment.condition, segment.parameters, index == segments.count - 1)
    }
  }
}
