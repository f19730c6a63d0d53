import Foundation

/// A text prepared for phrases to be found in: small letters, one form of each character, blanks collapsed.
struct FoldedText {
  let bytes: [UInt8]

  init(_ text: String) {
    let folded = text.precomposedStringWithCompatibilityMapping.lowercased()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(folded.utf8.count)
    var isAfterBlank = true
    for byte in folded.utf8 {
      let isBlank = byte.isBlank || byte.isLineEnd
      if isBlank && isAfterBlank { continue }
      bytes.append(isBlank ? 0x20 : byte)
      isAfterBlank = isBlank
    }
    if bytes.last == 0x20 { bytes.removeLast() }
    self.bytes = bytes
  }

  /// Whether one of the phrases is in it. They are written as they are folded here.
  func holds(oneOf phrases: [String]) -> Bool { bytes.holds(oneOf: phrases) }

  /// Whether it begins with one of the phrases.
  func starts(withOneOf phrases: [String]) -> Bool {
    phrases.contains { bytes.starts(with: $0.utf8) }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
