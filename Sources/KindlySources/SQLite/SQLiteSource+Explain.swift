package import KindlyCore

extension SQLiteSource {
  package func count(
    _ watch: Watch, conditions: [String], clock: QueryClock
  ) throws(SourceProblem) -> Int {
    try read(asking: conditions.isEmpty ? .watch(watch) : .condition(watch)) { reader in
      let shape = try shape(of: watch, in: reader)
      return try reader.count(
        "SELECT count(*) FROM \(shape.relation) AS this WHERE \(SQLText.all(conditions))",
        clock.parameters)
    }
  }

  package func sample(_ watch: Watch, limit: Int) throws(SourceProblem) -> [RowAnswer] {
    try read(asking: .watch(watch)) { reader in
      let shape = try WatchShape(watch, reading: reader)
      let list = RowList(shape)
      var answers: [RowAnswer] = []
      try reader.each("SELECT \(list.sql) FROM \(shape.relation) AS this") { row in
        if answers.count < limit, let answer = list.answer(row, holdsAt: nil) {
          answers.append(answer)
        }
        return answers.count < limit
      }
      return answers
    }
  }

  package func census(of column: String, in watch: Watch) throws(SourceProblem) -> AnchorCensus {
    try read(asking: .watch(watch)) { reader in
      let shape = try WatchShape(watch, reading: reader)
      let name = "this." + (try shape.column(column, as: "date column", .condition)).quoted
      var census = AnchorCensus()
      // Grouped, because a date column holds far fewer values than rows.
      try reader.each(
        "SELECT \(name), count(*) FROM \(shape.relation) AS this GROUP BY typeof(\(name)), \(name) COLLATE BINARY"
      ) { row in
        guard case .integer(let count) = row.value(1) else { return true }
        do throws(Anchor.Rubbish) {
          _ = try Anchor(row.value(0))
          census.readable += Int(count)
        } catch {
          census.rubbish[error, default: 0] += Int(count)
        }
        return true
      }
      return census
    }
  }

  package func changeLogDDL(
    for watch: Watch, columns: [String]
  ) throws(SourceProblem) -> String {
    try read(asking: .watch(watch)) { reader in
      let shape = try WatchShape(watch, reading: reader)
      return try ChangeLogDDL(shape, columns: columns).text
    }
  }
}
