import KindlyCore

extension Engine {
  /// The query runs as written, because a database may ignore or refuse `ORDER BY` inside parentheses.
  func list(_ question: ListQuestion) throws(SourceProblem) -> ListAnswer {
    try read(asking: .list(question.list.name)) { reader in
      var parameters = question.clock.parameters
      parameters[CustomerList.placeholder] =
        question.customer?.columns.first.map(Reader.Dialect.parameter) ?? .null
      let (columns, rows) = try reader.table(
        question.list.query, parameters, limit: CustomerList.mostRows + 1)
      return ListAnswer(columns: columns, rows: rows)
    }
  }
}
