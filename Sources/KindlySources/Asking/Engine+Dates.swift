import KindlyCore

extension Engine {
  func dateEvidence(of question: DateQuestion) throws(SourceProblem) -> DateEvidence {
    try read(asking: .watch(question.watch)) { reader in
      let shape = try shape(of: question.watch, in: reader)
      return try DateSearch(shape: shape, reader: reader).evidence(of: question)
    }
  }
}

/// Collects values of date columns: from the first rows, and from other rows if those have too few values in a column.
private struct DateSearch<Reader: EngineReader> {
  typealias Dialect = Reader.Dialect

  let shape: WatchShape<Dialect>
  let reader: Reader

  /// Fewer values than this tell little.
  private static var fewValues: Int { 20 }

  func evidence(of question: DateQuestion) throws -> DateEvidence {
    let columns = shape.columns.filter { !$0.isBlob && Dialect.dateless($0.type) == nil }
    guard !columns.isEmpty else { return DateEvidence(isWhole: true) }
    var evidence = try firstRows(columns)
    guard !evidence.isWhole else { return evidence }
    for name in question.sought {
      // A column that is not there is told of where it is asked for.
      guard let column = shape.find(name), columns.contains(column),
        evidence.values[ExactText(column.name), default: []].count < DateSearch.fewValues
      else { continue }
      evidence.values[ExactText(column.name)] = try values(of: column)
    }
    return evidence
  }

  private func firstRows(_ columns: [WatchColumn<Dialect>]) throws -> DateEvidence {
    let list = columns.map(\.this).joined(separator: ", ")
    let sql = Dialect.first(
      DateQuestion.mostRows + 1, of: "SELECT \(list)\nFROM \(shape.relation) AS this")
    var values = columns.map { _ in [Value]() }
    var rows = 0
    try reader.each(sql) { row in
      rows += 1
      for index in columns.indices {
        let value = row.plainValue(index)
        if !value.isNull { values[index].append(value) }
      }
      return true
    }
    return DateEvidence(
      values: Dictionary(zip(columns.map { ExactText($0.name) }, values)) { first, _ in first },
      isWhole: rows <= DateQuestion.mostRows)
  }

  private func values(of column: WatchColumn<Dialect>) throws -> [Value] {
    var values: [Value] = []
    try reader.each(
      Dialect.first(
        DateQuestion.mostRows,
        of: "SELECT \(column.this)\nFROM \(shape.relation) AS this\nWHERE \(column.hasPlace)")
    ) { row in
      values.append(row.plainValue(0))
      return true
    }
    return values
  }
}
