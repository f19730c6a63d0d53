/// One value of a customer's row, in the five kinds that every engine can be read into.
package enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The value as people read it: NULL is empty, a BLOB is its size.
  package var text: String {
    switch self {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): Value.text(of: number)
    case .text(let text): text
    case .blob(let bytes): "<\(bytes.count) bytes>"
    }
  }

  package var isNull: Bool { self == .null }

  /// A number without a needless `.0`, so that 42.0 read from a REAL column is the key 42.
  private static func text(of number: Double) -> String {
    if let whole = Int64(exactly: number) { return String(whole) }
    return "\(number)"
  }
}

/// One row as it was read: the values by column name, in the watch's own spelling.
package typealias RowValues = [String: Value]
