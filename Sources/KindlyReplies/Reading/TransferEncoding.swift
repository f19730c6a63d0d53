/// How a part's bytes were made fit for transport; RFC 2045, 6.
///
/// What is not valid is skipped or kept as it is: mail programs do the same, and a person wrote the rest.
enum TransferEncoding {
  case none, base64, quotedPrintable

  init(_ headers: MailHeaders) {
    let word = headers.first("content-transfer-encoding") ?? []
    if word[...].startsWithWord("base64") {
      self = .base64
    } else if word[...].startsWithWord("quoted-printable") {
      self = .quotedPrintable
    } else {
      self = .none
    }
  }

  /// The bytes as they were, at most `limit` of them.
  func decoded(_ bytes: ArraySlice<UInt8>, atMost limit: Int) -> [UInt8] {
    switch self {
    case .none: Array(bytes.prefix(limit))
    case .base64: TransferEncoding.base64(bytes, atMost: limit)
    case .quotedPrintable: TransferEncoding.quotedPrintable(bytes, atMost: limit)
    }
  }

  static func base64(_ bytes: ArraySlice<UInt8>, atMost limit: Int) -> [UInt8] {
    var decoded: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      if byte == 0x3D || decoded.count >= limit { break }
      guard let sextet = sextet(byte) else { continue }
      bits = bits << 6 | UInt32(sextet)
      count += 6
      if count >= 8 {
        count -= 8
        decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return decoded
  }

  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }

  /// - Parameter isHeader: an underscore is then a blank; RFC 2047, 4.2.
  static func quotedPrintable(
    _ bytes: ArraySlice<UInt8>, atMost limit: Int, isHeader: Bool = false
  ) -> [UInt8] {
    var decoded: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex, decoded.count < limit {
      let byte = bytes[index]
      index += 1
      guard byte == 0x3D else {
        decoded.append(isHeader && byte == 0x5F ? 0x20 : byte)
        continue
      }
      let rest = bytes[index...]
      if let high = rest.first.flatMap(digit), let low = rest.dropFirst().first.flatMap(digit) {
        decoded.append(high << 4 | low)
        index += 2
        continue
      }
      // A soft line break, which may have blanks before its end.
      let blanks = rest.prefix { $0.isBlank || $0 == 0x0D }
      if blanks.endIndex == bytes.endIndex {
        index = blanks.endIndex
      } else if bytes[blanks.endIndex] == 0x0A {
        index = blanks.endIndex + 1
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
