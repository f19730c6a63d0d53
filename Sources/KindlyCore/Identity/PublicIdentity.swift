import Crypto

/// Derives a reminder's public id and Message-ID from its identity, so that they do not depend on row numbers.
package struct PublicIdentity: Sendable {
  /// The ledger's id.
  package let ledger: [UInt8]
  /// The right side of its Message-IDs.
  package let domain: String

  package init(ledger: [UInt8], domain: String) {
    self.ledger = ledger
    self.domain = domain
  }

  /// The length of a public id. 20 characters of 5 bits: 100 bits, so two of a billion reminders meet with a chance of 10^-12.
  package static let length = 20

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  /// The part of the identity that a whole batch has in common.
  package func prefix(rule: String, step: String) -> [UInt8] {
    ledger + Array(rule.utf8) + [0] + Array(step.utf8) + [0]
  }

  /// The public id, in ASCII: lower-case and safe in URLs, mail headers and file names.
  package func publicID(prefix: [UInt8], key: RowKey, cycle: Cycle, leg: Int) -> String {
    var bytes = prefix
    bytes.reserveCapacity(prefix.count + 64)
    bytes.append(contentsOf: key.text.utf8)
    bytes.append(0)
    bytes.append(contentsOf: cycle.text.utf8)
    bytes.append(0)
    bytes.append(UInt8(truncatingIfNeeded: leg))
    let digest = SHA256.hash(data: bytes)
    return digest.withUnsafeBytes { PublicIdentity.base32($0) }
  }

  /// The hash under which a suppressed address is kept, salted with the ledger's id.
  ///
  /// A mail address has one hash however its domain is written: rows have `münchen.example`, bounces
  /// `xn--mnchen-3ya.example`.
  package static func hash(ofAddress address: String, ledger: [UInt8]) -> [UInt8] {
    guard address.utf8.contains(where: { $0 >= 0x80 }),
      // An address of another kind is no valid mail address, and has no other form.
      let mail = try? EmailAddress(address)
    else { return hash(ofText: address, ledger: ledger) }
    return hash(ofText: mail.description, ledger: ledger)
  }

  /// The hashes under which a suppressed address may be kept, the current one first.
  ///
  /// Version 0.1.0 hashed each address as it was written.
  package static func hashes(ofAddress address: String, ledger: [UInt8]) -> [[UInt8]] {
    let current = hash(ofAddress: address, ledger: ledger)
    let former = hash(ofText: address, ledger: ledger)
    return current == former ? [current] : [current, former]
  }

  private static func hash(ofText text: String, ledger: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: ledger + Array(text.lowercased().utf8)))
  }

  private static func base32(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: length) { text in
      var bits: UInt32 = 0
      var available = 0
      var next = 0
      for index in 0..<length {
        if available < 5 {
          bits = bits << 8 | UInt32(bytes[next])
          next += 1
          available += 8
        }
        available -= 5
        text[index] = alphabet[Int(bits >> UInt32(available)) & 31]
      }
      return length
    }
  }
}
