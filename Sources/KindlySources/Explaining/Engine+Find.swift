import KindlyCore

extension Engine {
  func find(
    in watch: Watch, column: String, equals text: String, limit: Int
  ) throws(SourceProblem) -> [RowAnswer] {
    try read(asking: .watch(watch)) { reader in
      let shape = try Shape(watch, reading: reader)
      let list = RowList(shape)
      let named = try shape.column(column)
      // A column without a type may hold 42 or '42'; both are what a person types.
      let number = Int64(text).map(Value.integer) ?? .null
      var answers: [RowAnswer] = []
      try reader.each(
        """
        SELECT \(list.sql) FROM \(shape.relation) AS this
        WHERE \(Reader.Dialect.isTyped(named.this, named.type))
        """, ["kindly_text": .text(text), "kindly_number": number]
      ) { row in
        if let answer = list.answer(row, holdsAt: nil) { answers.append(answer) }
        return answers.count < limit
      }
      return answers
    }
  }
}
