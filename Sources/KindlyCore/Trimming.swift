extension Substring {
  /// The text without white space at either end.
  package var trimmed: String {
    // By scalars, because finding the boundaries of characters is slow and every mail is trimmed a dozen times.
    guard let first = unicodeScalars.firstIndex(where: { !$0.isSpace }),
      let last = unicodeScalars.lastIndex(where: { !$0.isSpace })
    else { return "" }
    return String(self[first..<unicodeScalars.index(after: last)])
  }
}

extension String {
  /// The text without white space at either end.
  package var trimmed: String { self[...].trimmed }
}

extension String {
  /// The text without white space and invisible characters at either end, which spreadsheets and web pages leave around
  /// addresses.
  package var trimmedOfInvisible: String {
    guard let first = unicodeScalars.firstIndex(where: { !$0.isSpace && !$0.isUnseen }),
      let last = unicodeScalars.lastIndex(where: { !$0.isSpace && !$0.isUnseen })
    else { return "" }
    return String(self[first..<unicodeScalars.index(after: last)])
  }
}

extension Unicode.Scalar {
  /// Whether it leaves no mark on a page, such as U+200B, U+FEFF, a soft hyphen or a mark of direction.
  package var isUnseen: Bool {
    if isASCII { return value < 0x20 || value == 0x7F }
    if properties.isDefaultIgnorableCodePoint { return true }
    switch properties.generalCategory {
    case .control, .format: return true
    default: return false  // every other category has signs that are seen
    }
  }

  /// Whether it is white space, by Unicode's White_Space property.
  package var isSpace: Bool {
    value < 0x80 ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace
  }
}
