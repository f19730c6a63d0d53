import KindlyCore

extension Engine {
  func count(
    _ watch: Watch, conditions: [String], clock: QueryClock
  ) throws(SourceProblem) -> MatchCount {
    do throws(SourceProblem) {
      return MatchCount(matching: try matching(watch, conditions, clock))
    } catch  where error.kind == .condition {
      return try countByPieces(watch, conditions, clock)
    }
  }

  private func matching(
    _ watch: Watch, _ conditions: [String], _ clock: QueryClock
  ) throws(SourceProblem) -> Int {
    try read(asking: .about(watch, conditions)) { reader in
      let shape = try shape(of: watch, in: reader)
      // The daemon skips rows without a key of their own too.
      let hasKey = shape.key.map(\.hasPlace).joined(separator: " AND ")
      return try reader.count(
        "SELECT count(*) FROM \(shape.relation) AS this WHERE \(hasKey) AND \(Reader.Dialect.all(conditions))",
        clock.parameters)
    }
  }

  /// Counts a few hundred rows at a time, and collects the rows on which the conditions fail.
  private func countByPieces(
    _ watch: Watch, _ conditions: [String], _ clock: QueryClock
  ) throws(SourceProblem) -> MatchCount {
    let stopwatch = Stopwatch()
    var count = MatchCount()
    var after: SortKey?
    repeat {
      let slice = try sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: [], captured: []), after: after))
      let keys = slice.rows.compactMap(\.key.rowKey)
      for start in stride(from: 0, through: max(keys.count - 1, 0), by: RowQuestion.mostKeys) {
        let piece = Array(keys[start..<min(start + RowQuestion.mostKeys, keys.count)])
        let answers = try rows(
          RowQuestion(watch: watch, keys: piece, conditions: conditions, clock: clock))
        count.matching += answers.values.count(where: \.holds)
        for answer in answers.values {
          if count.faults.count < MatchCount.mostFaults, let fault = answer.fault {
            count.faults[answer.key] = fault
          }
        }
        guard stopwatch.elapsed < MatchCount.patience else {
          count.isWhole = false
          return count
        }
      }
      after = slice.through
    } while after != nil
    return count
  }

  func sample(_ watch: Watch, limit: Int) throws(SourceProblem) -> [RowAnswer] {
    try read(asking: .watch(watch)) { reader in
      let shape = try Shape(watch, reading: reader)
      let list = RowList(shape)
      var answers: [RowAnswer] = []
      // Only so many are asked for, because a driver may fetch all that it was asked for.
      try reader.each(
        Reader.Dialect.first(
          limit,
          of: """
            SELECT \(list.sql)
            FROM \(shape.relation) AS this
            WHERE \(shape.key.map(\.hasPlace).joined(separator: " AND "))
            """)
      ) { row in
        if let answer = list.answer(row, holdsAt: nil) { answers.append(answer) }
        return true
      }
      return answers
    }
  }

  func census(
    of column: String, in watch: Watch, as use: ColumnUse
  ) throws(SourceProblem) -> AnchorCensus {
    try read(asking: .watch(watch)) { reader in
      let shape = try Shape(watch, reading: reader)
      let date =
        switch use {
        case .date: try shape.dateColumn(column)
        case .days: try shape.column(column, as: "column of days", .condition)
        }
      var census = AnchorCensus()
      // Grouped, because a date column holds far fewer values than rows.
      try reader.each(
        """
        SELECT \(date.this), count(*) FROM \(shape.relation) AS this
        GROUP BY \(Reader.Dialect.grouping(date.this, date.type))
        """
      ) { row in
        guard case .integer(let count) = row.value(1) else { return true }
        census.take(row.value(0), as: use, count: Int(count))
        return true
      }
      return census
    }
  }

  func tally(
    _ watch: Watch, column: String, conditions: [String], clock: QueryClock
  ) throws(SourceProblem) -> ValueTally {
    try read(asking: .about(watch, conditions)) { reader in
      let shape = try Shape(watch, reading: reader)
      let named = try shape.column(column)
      var tally = ValueTally()
      try reader.each(
        """
        SELECT \(named.this), count(*) FROM \(shape.relation) AS this
        WHERE \(Reader.Dialect.all(conditions))
        GROUP BY \(Reader.Dialect.grouping(named.this, named.type))
        """, clock.parameters
      ) { row in
        guard case .integer(let count) = row.value(1) else { return true }
        return tally.add(row.value(0), Int(count))
      }
      return tally
    }
  }

  func changeLogDDL(
    for watch: Watch, columns: [String]
  ) throws(SourceProblem) -> String {
    try read(asking: .watch(watch)) { reader in
      let shape = try Shape(watch, reading: reader)
      return try logDDL(shape, columns: columns, in: reader)
    }
  }
}

extension MatchCount {
  /// More failing rows than a person would look up one by one.
  fileprivate static let mostFaults = 100
}
