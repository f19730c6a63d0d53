/// One value of a customer's row, in one of the five kinds that every engine's values map to.
///
/// Texts are equal only if their bytes are equal, as in a database with a binary collation.
package enum Value: Sendable {
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

extension Value {
  /// A number as a part of a key, or nil where its text may be another number to a database.
  ///
  /// Every number of up to 15 digits is read back from its text as itself, and not every one that needs more; without an
  /// exponent all databases and we write it alike.
  package static func key(of number: Double) -> Value? {
    if let whole = Int64(exactly: number) { return .integer(whole) }
    guard (1e-4..<1e15).contains(abs(number)) else { return nil }
    let zero = UInt8(ascii: "0")
    let digits = Value.text(of: number).utf8.filter { (zero...UInt8(ascii: "9")).contains($0) }
    return digits.drop { $0 == zero }.count <= 15 ? .real(number) : nil
  }
}

extension Value: Hashable {
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let left), .integer(let right)): left == right
    case (.real(let left), .real(let right)): left == right
    case (.text(let left), .text(let right)): left.isExactly(right)
    case (.blob(let left), .blob(let right)): left == right
    case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .integer(let number):
      hasher.combine(1)
      hasher.combine(number)
    case .real(let number):
      hasher.combine(2)
      hasher.combine(number)
    case .text(let text):
      hasher.combine(3)
      text.hashExactly(into: &hasher)
    case .blob(let bytes):
      hasher.combine(4)
      hasher.combine(bytes)
    }
  }
}

/// One row as it was read: the values by column name, in the watch's own spelling.
package typealias RowValues = [ExactText: Value]

extension RowValues {
  /// A column's value; names are compared as SQL does, without regard to ASCII case.
  package func value(ofColumn name: String) -> Value? {
    if let value = self[name] { return value }
    let folded = name.folded
    return first { $0.key.folded == folded }?.value
  }
}
