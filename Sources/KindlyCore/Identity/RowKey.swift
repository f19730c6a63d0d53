/// The canonical name of one row of a watch: a JSON array of its key columns as text, in declared order.
///
/// Integers have no padding, and a whole REAL is written as an integer, so a row has the same key in every engine and
/// column type. A text is kept byte by byte, including trailing blanks. Only CHAR columns are trimmed: their padding is
/// not part of the value, and the source removes it first.
package struct RowKey: Sendable, CustomStringConvertible {
  /// The JSON array, `["42"]`.
  package let text: String

  /// A key from its canonical text, as the ledger stores it; nothing is checked.
  package init(canonical text: String) {
    self.text = text
  }

  /// The key of the given key columns, or nil where one of them is NULL or a BLOB.
  package init?(_ columns: [Value]) {
    var text = "["
    for (index, column) in columns.enumerated() {
      if index > 0 { text += "," }
      switch column {
      case .null, .blob: return nil
      case .text(let value): text += JSONText.quoted(value)
      case .integer, .real: text += "\"" + column.text + "\""
      }
    }
    self.text = text + "]"
  }

  /// The key of a row whose only key column holds a text.
  package init(_ text: String) {
    self.text = "[" + JSONText.quoted(text) + "]"
  }

  /// The key columns as text, in declared order.
  package var columns: [String] { JSONText.strings(inArray: text) ?? [] }

  /// The key as people type it: `42`, or `7,2026` for a composite one.
  package var description: String { columns.joined(separator: ",") }
}

extension RowKey: Hashable, Comparable {
  package static func == (left: RowKey, right: RowKey) -> Bool { left.text.isExactly(right.text) }

  package static func < (left: RowKey, right: RowKey) -> Bool {
    left.text.exactlyPrecedes(right.text)
  }

  package func hash(into hasher: inout Hasher) { text.hashExactly(into: &hasher) }
}

extension RowKey: Codable {
  package init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
