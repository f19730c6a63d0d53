import KindlyCore

/// Keeps texts with a customer's values from being read as markup by the other side.
enum Markup {
  /// The text without tags, for services that know no escapes: the full-width `＜` stands for each `<`.
  static func withoutTags(_ text: String) -> String {
    text.escaping { $0 == UInt8(ascii: "<") ? "\u{FF1C}" : nil }
  }

  /// The text with entities for `&`, `<` and `>`, and for nothing else, as Slack wants it.
  static func escaped(_ text: String) -> String {
    text.escaping { byte in
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      default: nil
      }
    }
  }
}
