extension Substring {
  /// The text without white space at either end.
  package var trimmed: String {
    // By scalars: finding where characters end costs more than all the rest, and every mail is trimmed a dozen times.
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

extension Unicode.Scalar {
  /// Whether it is white space, by Unicode's White_Space property.
  package var isSpace: Bool {
    value < 0x80 ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace
  }
}
