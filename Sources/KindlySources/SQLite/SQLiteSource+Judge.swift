package import KindlyCore

extension SQLiteSource {
  package func judge(_ question: ChangeQuestion) throws(SourceProblem) -> Set<Int64> {
    try read(asking: .condition(question.watch)) { reader in
      let shape = try shape(of: question.watch, in: reader)
      var satisfied: Set<Int64> = []
      for batch in ChangeBatch.batches(of: question.changes, in: shape) {
        var parameters = question.clock.parameters
        parameters["kindly_changes"] = .text(batch.json)
        try reader.each(batch.sql(question.conditions), parameters) { row in
          if case .integer(let id) = row.value(0) { satisfied.insert(id) }
          return true
        }
      }
      return satisfied
    }
  }
}

/// Changes of one watch that are judged by one statement, because `this` is made of the same columns for all of them.
struct ChangeBatch {
  /// What bare columns and `this` mean.
  private enum Image: Hashable {
    /// The row as it is now.
    case row
    /// These columns as the change log kept them; the others as the row has them now, NULL where it is gone.
    case logged(Set<String>)
    /// The deleted row, as far as it was captured.
    case deleted
  }

  private let shape: WatchShape
  private let image: Image
  private let changes: [NoticedChange]

  static func batches(of changes: [NoticedChange], in shape: WatchShape) -> [ChangeBatch] {
    let groups = Dictionary(grouping: changes) { change -> Image in
      if change.operation == .delete { return .deleted }
      return change.new.map { .logged(Set($0.keys)) } ?? .row
    }
    return groups.map { ChangeBatch(shape: shape, image: $0, changes: $1) }
  }

  // MARK: The parameter

  /// `[{"i": id, "k": [key], "o": [old values], "n": [new values]}]`, the values in the order of the watch's columns.
  var json: String {
    let entries = changes.flatMap { change in
      KeyList.literals(of: change.key, in: shape).map { key in
        let old = change.old.map { array($0, key: key) } ?? "null"
        let new = change.new.map { array($0, key: key) } ?? "null"
        return
          "{\"i\":\(change.id),\"k\":[\(key.joined(separator: ","))],\"o\":\(old),\"n\":\(new)}"
      }
    }
    return "[" + entries.joined(separator: ",") + "]"
  }

  private func array(_ values: RowValues, key: [String]) -> String {
    let literals = shape.columns.map { column in
      if let index = shape.key.firstIndex(of: column) { return key[index] }
      return values[column.name].map(literal) ?? "null"
    }
    return "[" + literals.joined(separator: ",") + "]"
  }

  private func literal(_ value: Value) -> String {
    switch value {
    case .null, .blob: "null"
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): JSONText.quoted(text)
    }
  }

  // MARK: The statement

  /// The one shape in which bare columns mean the row on every engine: `old` in the outer scope, the row inside.
  func sql(_ conditions: [String]) -> String {
    """
    WITH old AS (
      SELECT value ->> '$.i' AS "kindly id"\(keyColumns)\(newColumn)\(oldColumns)
      FROM json_each(:kindly_changes)
    )
    SELECT old."kindly id"
    FROM old
    WHERE EXISTS (
      SELECT 1
      FROM \(this)
      WHERE \(isSameRow)
        AND (\(SQLText.all(conditions)))
    )
    """
  }

  private var keyColumns: String {
    shape.key.indices.map { ", value ->> '$.k[\($0)]' AS \(keyName($0))" }.joined()
  }

  private var newColumn: String { ", value -> '$.n' AS \"kindly new\"" }

  private var oldColumns: String {
    shape.columns.enumerated().map { index, column in
      let value = typed("value ->> '$.o[\(index)]'", column) { $0.old?[column.name] }
      return ", \(value) AS \(column.quoted)"
    }.joined()
  }

  private func keyName(_ index: Int) -> String { SQLText.quoted("kindly key \(index)") }

  private var isSameRow: String {
    guard image == .row else { return "1" }
    return matches("this")
  }

  private func matches(_ row: String) -> String {
    shape.key.indices.map { "\(row).\(shape.key[$0].quoted) = old.\(keyName($0))" }
      .joined(separator: " AND ")
  }

  private var this: String {
    switch image {
    case .row: return "\(shape.relation) AS this"
    case .deleted:
      let columns = shape.columns.map { "old.\($0.quoted) AS \($0.quoted)" }
      return "(SELECT \(columns.joined(separator: ", "))) AS this"
    case .logged(let names):
      let columns = shape.columns.enumerated().map { index, column in
        let isKnown = names.contains(column.name) || shape.key.contains(column)
        let logged = typed("old.\"kindly new\" ->> '$[\(index)]'", column) { $0.new?[column.name] }
        return "\(isKnown ? logged : "row.\(column.quoted)") AS \(column.quoted)"
      }
      return """
        (SELECT \(columns.joined(separator: ", "))
          FROM (SELECT 1) LEFT JOIN \(shape.relation) AS row ON \(matches("row"))) AS this
        """
    }
  }

  /// A JSON value with the affinity of its column, so that it compares as the column itself does.
  ///
  /// A numeric column may hold text, such as a date, which a cast would destroy; where one of the changes has such a value,
  /// the column has no affinity in this statement.
  private func typed(
    _ sql: String, _ column: WatchShape.Column, _ value: (NoticedChange) -> Value?
  ) -> String {
    switch column.affinity {
    case .none: return sql
    case .text: return "CAST(\(sql) AS TEXT)"
    case .numeric:
      let hasText = changes.contains { if case .text = value($0) { true } else { false } }
      return hasText || shape.key.contains(column) ? sql : "CAST(\(sql) AS NUMERIC)"
    }
  }
}

extension ChangeBatch {
  /// A batch without changes, for preparing conditions.
  static func sample(in shape: WatchShape) -> ChangeBatch {
    ChangeBatch(shape: shape, image: .row, changes: [])
  }
}
