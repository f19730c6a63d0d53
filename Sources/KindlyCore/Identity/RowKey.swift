/// The canonical name of one row of a watch: a JSON array of its key columns as text, in declared order.
///
/// Integers have no padding, and a whole REAL is written as an integer, so the same row has the same key whatever its
/// engine or column type. A text is itself, byte by byte, blanks at its end included: a source trims the padding of CHAR
/// columns, which is none of their values, before it makes a key of them.
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
