import KindlyCore

/// How many parts a text message is sent in, by which carriers bill it.
///
/// Source: 3GPP TS 23.038 (the GSM alphabet) and 23.040 (concatenated messages): 160 septets or 70 UTF-16 units alone, 153 or
/// 67 in each of several parts.
package struct SMSText: Hashable, Sendable {
  package enum Alphabet: String, Hashable, Sendable {
    case gsm7 = "GSM-7"
    case ucs2 = "UCS-2"
  }

  package let alphabet: Alphabet
  /// Septets, or UTF-16 units.
  package let length: Int
  package let segments: Int

  package init(_ text: String) {
    let septets = text.unicodeScalars.reduce(Optional(0)) { count, scalar in
      guard let count, let width = SMSText.septets(scalar) else { return nil }
      return count + width
    }
    let alone: Int
    let part: Int
    if let septets {
      alphabet = .gsm7
      length = septets
      (alone, part) = (160, 153)
    } else {
      alphabet = .ucs2
      length = text.utf16.count
      (alone, part) = (70, 67)
    }
    segments = length <= alone ? 1 : (length + part - 1) / part
  }

  private static let basic: Set<Unicode.Scalar> = Set(
    ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
      + "¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
  private static let extended: Set<Unicode.Scalar> = Set("^{}\\[~]|€\u{0C}".unicodeScalars)

  /// How many septets a scalar takes in the GSM alphabet; nil where it is not in it.
  private static func septets(_ scalar: Unicode.Scalar) -> Int? {
    if basic.contains(scalar) { return 1 }
    return extended.contains(scalar) ? 2 : nil
  }
}
