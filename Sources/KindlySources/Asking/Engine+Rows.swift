import KindlyCore

extension Engine {
  /// BLOBs are returned as NULL, because no condition or template can use their bytes.
  ///
  /// A row is found by its own key, and by any other key that the database considers equal; its answer contains its own
  /// key.
  func rows(_ question: RowQuestion) throws(SourceProblem) -> [RowKey: RowAnswer] {
    let division = try Division(of: question.keys) { (keys) throws(SourceProblem) in
      try self.answers(to: question, about: keys)
    }
    let sound: [RowKey: RowAnswer] = division.answers.reduce(into: [:]) { all, part in
      all.merge(part) { first, _ in first }
    }
    let found = try faults(in: division.failing, of: question).merging(sound) { _, sound in sound }
    guard let doubt = unread(of: question.watch).doubt(of: question.watch) else { return found }
    return question.keys.reduce(into: found) { answers, key in
      if answers[key] == nil { answers[key] = .unknown(key, because: doubt, mayBeAbsent: true) }
    }
  }

  private func answers(
    to question: RowQuestion, about keys: [RowKey]
  ) throws(SourceProblem) -> [RowKey: RowAnswer] {
    try read(asking: .about(question.watch, question.conditions)) { reader in
      let shape = try shape(of: question.watch, in: reader)
      let list = RowList(shape)
      var parameters = question.clock.parameters
      parameters["kindly_keys"] = .text(KeyList<Reader.Dialect>.json(of: keys, in: shape))
      var answers: [RowAnswer] = []
      try reader.each(
        """
        SELECT \(list.sql), \(Reader.Dialect.truth(Reader.Dialect.all(question.conditions)))
        FROM \(shape.relation) AS this
        WHERE \(KeyList<Reader.Dialect>.condition(in: shape))
        """, parameters
      ) { row in
        if let answer = list.answer(row, holdsAt: list.count) { answers.append(answer) }
        return true
      }
      // Two rows of one key are refused, as in a sweep.
      let own = Dictionary(grouping: answers, by: \.key)
      var found = Dictionary(
        uniqueKeysWithValues: Set(keys).compactMap { key in
          own[key].map { (key, $0.count == 1 ? $0[0] : .unknown(key, because: shape.dispute)) }
        })
      let unfound = keys.filter { own[$0] == nil }
      guard !answers.isEmpty, let matches = KeyMatches<Reader>(unfound, in: shape) else {
        return found
      }
      // A key that matches several rows with other keys is ambiguous and finds nothing.
      for (key, others) in try matches.find(by: reader) where others.count == 1 {
        if let rows = own[others[0]], rows.count == 1 { found[key] = rows[0] }
      }
      return found
    }
  }

  /// Reads without conditions the rows on which the conditions fail. If a row cannot be read at all, the result has
  /// only its key and the fault.
  private func faults(
    in failing: [Division<RowKey, [RowKey: RowAnswer]>.Failing], of question: RowQuestion
  ) throws(SourceProblem) -> [RowKey: RowAnswer] {
    guard !failing.isEmpty else { return [:] }
    var answers: [RowKey: RowAnswer] = [:]
    guard !question.conditions.isEmpty else {
      for (key, problem) in failing { answers[key] = .unknown(key, because: problem) }
      return answers
    }
    let rows = try rows(
      RowQuestion(watch: question.watch, keys: failing.map(\.item), clock: question.clock))
    for (key, problem) in failing {
      guard let row = rows[key] else { continue }
      answers[key] = RowAnswer(
        key: row.key, values: row.values, holds: false, customer: row.customer,
        fault: row.fault ?? problem)
    }
    return answers
  }
}

extension WatchShape {
  /// What is wrong with a row that is not the only one of its key.
  fileprivate var dispute: SourceProblem {
    let names = key.map(\.name).joined(separator: ", ")
    return SourceProblem(
      .watch, of: .watch(watch.name), "several rows have the same key (\(names))",
      hint: "give each row a key of its own")
  }
}

/// The SELECT list that fetches whole rows, and their reading.
struct RowList<Dialect: SQLDialect> {
  private let shape: WatchShape<Dialect>
  private let columns: [WatchColumn<Dialect>]

  init(_ shape: WatchShape<Dialect>) {
    self.shape = shape
    columns = shape.columns
  }

  /// The key, the customer's key, and each column; those declared to hold BLOBs are not fetched.
  var sql: String {
    let values = columns.map { $0.isBlob ? "NULL" : $0.this }
    return ([shape.keyList, shape.customer?.this ?? "NULL"] + values).joined(separator: ", ")
  }

  /// How many columns the list has.
  var count: Int { shape.key.count + 1 + columns.count }

  /// The row, or nil where its key is refused.
  func answer(_ row: some EngineRow, holdsAt index: Int?) -> RowAnswer? {
    guard let key = shape.sortKey(row)?.rowKey else { return nil }
    let first = shape.key.count + 1
    var values: RowValues = [:]
    for (index, column) in columns.enumerated() {
      values[column.name] = row.plainValue(first + index)
    }
    return RowAnswer(
      key: key, values: values, holds: index.map { row.isTrue($0) } ?? true,
      customer: shape.watch.customer(ofRow: key, naming: row.value(first - 1)))
  }
}

/// Canonical keys as a JSON parameter whose values have the types that the key columns store.
enum KeyList<Dialect: SQLDialect> {
  /// The condition that a row is one of `:kindly_keys`; it uses an index on the key.
  static func condition(in shape: WatchShape<Dialect>) -> String {
    let columns = shape.key.map { Dialect.matched($0.this, $0.type) }
    let values = shape.key.enumerated().map { index, column in
      Dialect.keyPart(Dialect.scalar(in: "value", .index(index)), column.type)
    }
    return Dialect.isAmong(columns, values, of: Dialect.elements(of: ":kindly_keys"))
  }

  /// A JSON array of the keys' arrays.
  static func json(of keys: [RowKey], in shape: WatchShape<Dialect>) -> String {
    let arrays = keys.flatMap { literals(of: $0, in: shape) }
      .map { "[" + $0.joined(separator: ",") + "]" }
    return "[" + arrays.joined(separator: ",") + "]"
  }

  /// The JSON literals of a key's columns; more than one where a column without a type may hold `42` or `'42'`.
  static func literals(of key: RowKey, in shape: WatchShape<Dialect>) -> [[String]] {
    let texts = key.columns
    guard texts.count == shape.key.count else { return [] }
    return zip(texts, shape.key).reduce([[]]) { combinations, next in
      combinations.flatMap { combination in
        Dialect.literals(of: next.0, as: next.1.type).map { combination + [$0] }
      }
    }
  }
}
