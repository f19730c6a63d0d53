import KindlyCore

/// Escapes a value for HTML.
///
/// It works on UTF-8 bytes because browsers do: to them a quote or a bracket followed by a combining mark is still a
/// quote or a bracket, although Swift and Mustache see a single different character.
package enum HTMLEscaping {
  /// The value as text or as part of a quoted attribute.
  package static func text(_ value: String) -> String {
    value.escaping { byte in
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      case UInt8(ascii: "\""): "&quot;"
      case UInt8(ascii: "'"): "&#39;"
      // Some old mail programs treat it as a quote.
      case UInt8(ascii: "`"): "&#96;"
      default: nil
      }
    }
  }

  /// The value as part of an attribute without quotes, where even a blank would begin another attribute.
  static func unquoted(_ value: String) -> String {
    value.escaping { byte in
      byte.isASCIILetter || (0x30...0x39).contains(byte) ? nil : "&#\(byte);"
    }
  }
}
