/// A 64-bit fingerprint of a row's compared columns: FNV-1a (Fowler, Noll, Vo) over their kinds and bytes.
///
/// It is compared only with the fingerprint of the same key, so the chance that a change goes unseen is 2^-64 a change.
/// A BLOB counts by its size alone: its bytes are never fetched for a comparison.
package struct RowHash: Hashable, Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package init(stored value: Int64) {
    self.value = UInt64(bitPattern: value)
  }

  /// The fingerprint as the ledger stores it.
  package var stored: Int64 { Int64(bitPattern: value) }

  package mutating func combine(_ value: Value) {
    switch value {
    case .null: mix(0)
    case .integer(let number): mix(1, UInt64(bitPattern: number))
    case .real(let number):
      // A whole REAL and the same INTEGER are one value, as they are one key.
      if let whole = Int64(exactly: number) {
        mix(1, UInt64(bitPattern: whole))
      } else {
        mix(2, number.bitPattern)
      }
    case .text(let text):
      mix(3)
      for byte in text.utf8 { mix(byte) }
      mix(0xFF)
    case .blob(let bytes): mix(4, UInt64(bytes.count))
    }
  }

  private mutating func mix(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  private mutating func mix(_ tag: UInt8, _ bits: UInt64) {
    mix(tag)
    for shift in stride(from: 0, to: 64, by: 8) {
      mix(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
  }
}
