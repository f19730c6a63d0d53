/// A row's key encoded so that comparing bytes gives the order in which the source returns its rows.
///
/// Numbers come before texts, integers by value, texts by their UTF-8 bytes (SQLite's BINARY collation). Known rows are
/// stored under it, so that the source and the ledger can be read side by side in one pass.
package struct SortKey: Hashable, Comparable, Sendable {
  package let bytes: [UInt8]

  private static let integerTag: UInt8 = 1
  private static let realTag: UInt8 = 2
  private static let textTag: UInt8 = 3
  /// The tag of whole numbers of 2^63 and more: it sorts after every 64-bit integer.
  private static let largeTag: UInt8 = 4
  /// Stands behind the next lower integer, and before a number with decimals; no column begins with it.
  private static let fractionTag: UInt8 = 5

  /// A key from its stored bytes; nothing is checked.
  package init(stored bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The sort key of the given key columns, or nil where one of them is NULL or a BLOB.
  ///
  /// A number with decimals sorts between the integers beside it; one beyond all integers keeps its value but sorts behind
  /// them, and a source refuses it.
  package init?(_ columns: [Value]) { self.init(columns) { _ in false } }

  /// The sort key of columns some of which hold only whole numbers: a text in such a column is a number of 2^63 or
  /// more.
  package init?(_ columns: [Value], holdsNumbers: (Int) -> Bool) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(9 * columns.count)
    for (index, column) in columns.enumerated() {
      switch column {
      case .null, .blob: return nil
      case .integer(let number): SortKey.append(number, to: &bytes)
      case .real(let number):
        if let whole = Int64(exactly: number) {
          SortKey.append(whole, to: &bytes)
        } else if let lower = Int64(exactly: number.rounded(.down)) {
          SortKey.append(lower, to: &bytes)
          bytes.append(SortKey.fractionTag)
          SortKey.append(bits: SortKey.ordered(number), to: &bytes)
        } else {
          bytes.append(SortKey.realTag)
          SortKey.append(bits: SortKey.ordered(number), to: &bytes)
        }
      case .text(let text):
        if holdsNumbers(index), let number = UInt64(text) {
          SortKey.append(.max, to: &bytes)
          bytes.append(SortKey.largeTag)
          SortKey.append(bits: number, to: &bytes)
          continue
        }
        bytes.append(SortKey.textTag)
        // A zero byte inside is written as 00 FF, so that 00 00 can end the text and shorter texts come first.
        for byte in text.utf8 {
          bytes.append(byte)
          if byte == 0 { bytes.append(0xFF) }
        }
        bytes.append(0)
        bytes.append(0)
      }
    }
    self.bytes = bytes
  }

  /// The key columns that the bytes were made from; empty where they are damaged.
  package var columns: [Value] {
    var columns: [Value] = []
    var rest = bytes[...]
    while let tag = rest.popFirst() {
      switch tag {
      case SortKey.integerTag:
        guard let bits = SortKey.takeBits(&rest) else { return [] }
        if rest.first == SortKey.largeTag {
          rest.removeFirst()
          guard let number = SortKey.takeBits(&rest) else { return [] }
          columns.append(.text(String(number)))
        } else if rest.first == SortKey.fractionTag {
          rest.removeFirst()
          guard let bits = SortKey.takeBits(&rest) else { return [] }
          columns.append(.real(SortKey.number(ordered: bits)))
        } else {
          columns.append(.integer(Int64(bitPattern: bits ^ (1 << 63))))
        }
      case SortKey.realTag:
        guard let bits = SortKey.takeBits(&rest) else { return [] }
        columns.append(.real(SortKey.number(ordered: bits)))
      case SortKey.textTag:
        guard let text = SortKey.takeText(&rest) else { return [] }
        columns.append(.text(text))
      default: return []
      }
    }
    return columns
  }

  /// The canonical name of the same row.
  package var rowKey: RowKey? { RowKey(columns) }

  package static func < (left: SortKey, right: SortKey) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    bytes.append(integerTag)
    append(bits: UInt64(bitPattern: number) ^ (1 << 63), to: &bytes)
  }

  private static func append(bits: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
  }

  /// The bits of a number such that their order as an unsigned number is the numbers' order.
  private static func ordered(_ number: Double) -> UInt64 {
    let bits = number.bitPattern
    return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
  }

  private static func number(ordered bits: UInt64) -> Double {
    Double(bitPattern: bits >> 63 == 1 ? bits ^ (1 << 63) : ~bits)
  }

  private static func takeBits(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    guard rest.count >= 8 else { return nil }
    let bits = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(8)
    return bits
  }

  private static func takeText(_ rest: inout ArraySlice<UInt8>) -> String? {
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == 0 else {
        text.append(byte)
        continue
      }
      guard let mark = rest.popFirst() else { return nil }
      if mark == 0 { return String(decoding: text, as: UTF8.self) }
      text.append(0)
    }
    return nil
  }
}
