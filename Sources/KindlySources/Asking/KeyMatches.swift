import KindlyCore

/// Finds the rows that the database matches with a key although their own key has different bytes.
///
/// In a column that ignores case, accents or trailing blanks, `ab7` and `AB7` are the same key, and a lease of `ab7`
/// belongs to customer `AB7`. Only the database knows its collation, so it is asked; no collation is imitated here.
struct KeyMatches<Reader: EngineReader> {
  private typealias Dialect = Reader.Dialect

  private let shape: WatchShape<Reader.Dialect>
  private let keys: [RowKey]

  /// The keys for which no row has exactly these bytes; nil if the watch cannot have rows with different bytes.
  init?(_ keys: [RowKey], in shape: WatchShape<Reader.Dialect>) {
    // Only texts are one in several spellings: a number has one, and 042 is not another of 42.
    let holdsTexts = shape.key.contains { column in
      Dialect.literals(of: "7", as: column.type).contains(JSONText.quoted("7"))
        && !Dialect.literals(of: "text", as: column.type).isEmpty
    }
    guard !keys.isEmpty, holdsTexts else { return nil }
    self.shape = shape
    self.keys = keys
  }

  /// The own keys of the rows that each of the keys finds.
  func find(by reader: Reader) throws -> [RowKey: [RowKey]] {
    var found: [RowKey: [RowKey]] = [:]
    try reader.each(sql, ["kindly_keys": .text(json)]) { row in
      if case .integer(let index) = row.value(0), let own = shape.sortKey(row, from: 1)?.rowKey {
        found[keys[Int(index)], default: []].append(own)
      }
      return true
    }
    return found
  }

  /// `[{"i": number, "k": [key]}]`.
  private var json: String {
    let entries = keys.enumerated().flatMap { index, key in
      KeyList<Dialect>.literals(of: key, in: shape).map { literals in
        "{\"i\":\(index),\"k\":[\(literals.joined(separator: ","))]}"
      }
    }
    return "[" + entries.joined(separator: ",") + "]"
  }

  /// The row stands to the left of each comparison, because it is its collation that counts.
  private var sql: String {
    let number = Dialect.integer(Dialect.scalar(in: "value", .member("i")))
    let parts = shape.key.enumerated().map { index, column in
      let scalar = Dialect.scalar(in: "value", .member("k"), .index(index))
      return ", \(Dialect.keyPart(scalar, column.type)) AS \(name(index))"
    }
    let isSame = shape.key.enumerated().map { index, column in
      "\(Dialect.matched(column.this, column.type)) = asked.\(name(index))"
    }
    return """
      SELECT asked.\(numberName), \(shape.keyList)
      FROM (
        SELECT \(number) AS \(numberName)\(parts.joined())
        FROM \(Dialect.elements(of: ":kindly_keys"))
      ) AS asked
      JOIN \(shape.relation) AS this ON \(isSame.joined(separator: " AND "))
      """
  }

  private var numberName: String { Dialect.quoted("kindly number") }

  private func name(_ index: Int) -> String { Dialect.quoted("kindly key \(index)") }
}
