package import KindlyCore

extension SQLiteSource {
  /// BLOBs are NULL in the answer: no condition or template of ours can use their bytes.
  package func rows(_ question: RowQuestion) throws(SourceProblem) -> [RowKey: RowAnswer] {
    let asking: SQLiteQuestion =
      question.conditions.isEmpty ? .watch(question.watch) : .condition(question.watch)
    let answers = try read(asking: asking) { reader in
      let shape = try shape(of: question.watch, in: reader)
      let list = RowList(shape)
      var parameters = question.clock.parameters
      parameters["kindly_keys"] = .text(KeyList.json(of: question.keys, in: shape))
      var answers: [RowAnswer] = []
      try reader.each(
        """
        SELECT \(list.sql), \(SQLText.all(question.conditions))
        FROM \(shape.relation) AS this
        WHERE \(KeyList.condition(in: shape))
        """, parameters
      ) { row in
        if let answer = list.answer(row, holdsAt: list.count) { answers.append(answer) }
        return true
      }
      return answers
    }
    // Two rows of one key are refused, as in a sweep; a key that compares as equal but is another was not asked for.
    let asked = Set(question.keys)
    let byKey = Dictionary(grouping: answers.filter { asked.contains($0.key) }, by: \.key)
    return byKey.compactMapValues { $0.count == 1 ? $0[0] : nil }
  }
}

/// The SELECT list that fetches whole rows, and their reading.
struct RowList {
  private let shape: WatchShape
  private let columns: [WatchShape.Column]

  init(_ shape: WatchShape) {
    self.shape = shape
    columns = shape.columns
  }

  /// The key, the customer's key, and each column; those declared to hold BLOBs are not fetched.
  var sql: String {
    let key = shape.key.map { "this." + $0.quoted }
    let customer = shape.customer.map { "this." + $0.quoted } ?? "NULL"
    let values = columns.map { $0.isBlob ? "NULL" : "this." + $0.quoted }
    return (key + [customer] + values).joined(separator: ", ")
  }

  /// How many columns the list has.
  var count: Int { shape.key.count + 1 + columns.count }

  /// The row, or nil where its key is refused.
  func answer(_ row: SQLiteCursor, holdsAt index: Int?) -> RowAnswer? {
    guard let key = shape.sortKey(row)?.rowKey else { return nil }
    let first = shape.key.count + 1
    var values: RowValues = [:]
    for (index, column) in columns.enumerated() {
      values[column.name] = row.plainValue(first + index)
    }
    return RowAnswer(
      key: key, values: values, holds: index.map { row.isTrue($0) } ?? true,
      customer: shape.customer == nil ? key : RowKey([row.value(first - 1)]))
  }
}

/// Canonical keys as a JSON parameter whose values have the types that the key columns store.
enum KeyList {
  /// The condition that a row is one of `:kindly_keys`; it uses an index on the key.
  static func condition(in shape: WatchShape) -> String {
    let columns = shape.key.map { "this." + $0.quoted }
    let values = columns.indices.map { "json_extract(value, '$[\($0)]')" }
    let left = columns.count == 1 ? columns[0] : "(" + columns.joined(separator: ", ") + ")"
    return "\(left) IN (SELECT \(values.joined(separator: ", ")) FROM json_each(:kindly_keys))"
  }

  /// A JSON array of the keys' arrays.
  static func json(of keys: [RowKey], in shape: WatchShape) -> String {
    let arrays = keys.flatMap { literals(of: $0, in: shape) }
      .map { "[" + $0.joined(separator: ",") + "]" }
    return "[" + arrays.joined(separator: ",") + "]"
  }

  /// The JSON literals of a key's columns; more than one where a column without a type may hold `42` or `'42'`.
  static func literals(of key: RowKey, in shape: WatchShape) -> [[String]] {
    let texts = key.columns
    guard texts.count == shape.key.count else { return [] }
    return zip(texts, shape.key).reduce([[]]) { combinations, next in
      combinations.flatMap { combination in
        literals(of: next.0, as: next.1.affinity).map { combination + [$0] }
      }
    }
  }

  private static func literals(of text: String, as affinity: ColumnAffinity) -> [String] {
    let quoted = JSONText.quoted(text)
    // Only a number as we write it: a text such as 007 is itself.
    guard let number = Int64(text), String(number) == text else { return [quoted] }
    return switch affinity {
    case .text: [quoted]
    case .numeric: [text]
    case .none: [text, quoted]
    }
  }
}
