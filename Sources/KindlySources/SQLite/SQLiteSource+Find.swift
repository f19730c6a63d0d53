package import KindlyCore

extension SQLiteSource {
  package func find(
    in watch: Watch, column: String, equals text: String, limit: Int
  ) throws(SourceProblem) -> [RowAnswer] {
    try read(asking: .watch(watch)) { reader in
      let shape = try WatchShape(watch, reading: reader)
      let list = RowList(shape)
      let name = "this." + (try shape.column(column, as: "column")).quoted
      // A column without a type may hold 42 or '42'; both are what a person types.
      let number = Int64(text).map(Value.integer) ?? .null
      var answers: [RowAnswer] = []
      try reader.each(
        """
        SELECT \(list.sql) FROM \(shape.relation) AS this
        WHERE \(name) = :kindly_text COLLATE NOCASE OR \(name) = :kindly_number
        """, ["kindly_text": .text(text), "kindly_number": number]
      ) { row in
        if let answer = list.answer(row, holdsAt: nil) { answers.append(answer) }
        return answers.count < limit
      }
      return answers
    }
  }
}
