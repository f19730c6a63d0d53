/// A text compared and sorted byte by byte.
///
/// Two Swift `String`s are equal if Unicode treats them as the same text: é as one code point and as two, 神 and its
/// compatibility form, K and the Kelvin sign. Databases distinguish these, and so does the ledger. So everything from
/// outside (keys, addresses, values, names of columns, rules and files) is looked up and collected as this type.
package struct ExactText: Hashable, Comparable, Sendable {
  /// The text itself, for showing, binding and building other texts.
  package let string: String

  package init(_ string: String) {
    self.string = string
  }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.string.isExactly(right.string)
  }

  package static func < (left: ExactText, right: ExactText) -> Bool {
    left.string.exactlyPrecedes(right.string)
  }

  package func hash(into hasher: inout Hasher) {
    string.hashExactly(into: &hasher)
  }
}

extension ExactText {
  /// The text as a name that is looked up without regard to case.
  package var folded: ExactText { string.folded }
}

extension ExactText: ExpressibleByStringLiteral, CustomStringConvertible {
  package init(stringLiteral text: String) { string = text }

  package var description: String { string }
}

extension ExactText: Codable, CodingKeyRepresentable {
  package init(from decoder: any Decoder) throws {
    string = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
  }

  package init?(codingKey: some CodingKey) { string = codingKey.stringValue }

  package var codingKey: any CodingKey { Key(stringValue: string) }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension StringProtocol {
  /// Whether two texts have the same bytes.
  package func isExactly(_ other: some StringProtocol) -> Bool {
    // The fast path: nearly all texts lie in one contiguous buffer.
    let answer = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        left.count == right.count && left.elementsEqual(right)
      }
    }
    return (answer ?? nil) ?? utf8.elementsEqual(other.utf8)
  }

  /// Whether this text stands before another in the order of their bytes.
  package func exactlyPrecedes(_ other: some StringProtocol) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// The text as a name that is looked up without regard to case, as databases look up their columns.
  package var folded: ExactText { ExactText(lowercased()) }

  /// Whether the text begins with these bytes.
  package func exactlyStarts(with other: some StringProtocol) -> Bool {
    utf8.starts(with: other.utf8)
  }
}

extension StringProtocol {
  /// The text with every occurrence of `sign` doubled, as SQL and CSV escape a quote inside a quoted text.
  ///
  /// Occurrences are found by code point. A sign followed by a combining mark is another `Character` in Swift, but it
  /// would still end the text.
  package func doubling(_ sign: Unicode.Scalar) -> String {
    guard unicodeScalars.contains(sign) else { return String(self) }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      text.append(scalar)
      if scalar == sign { text.append(scalar) }
    }
    return String(text)
  }
}

extension String {
  /// Hashes the bytes, so that texts with the same bytes, and hardly any others, have the same hash.
  package func hashExactly(into hasher: inout Hasher) {
    var text = self
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // 0xFF never occurs in UTF-8; it separates two texts that are hashed one after the other.
    hasher.combine(0xFF as UInt8)
  }
}

extension Sequence<String> {
  /// The texts in the order of their bytes.
  package var sortedExactly: [String] { sorted { $0.exactlyPrecedes($1) } }

  /// Whether one of the texts has the same bytes.
  package func containsExactly(_ text: String) -> Bool { contains { $0.isExactly(text) } }
}

extension Dictionary where Key == ExactText {
  /// The value under a text.
  package subscript(_ text: String) -> Value? {
    get { self[ExactText(text)] }
    set { self[ExactText(text)] = newValue }
    _modify { yield &self[ExactText(text)] }
  }

  /// The value stored under a text, or a default if there is none.
  package subscript(_ text: String, default other: @autoclosure () -> Value) -> Value {
    get { self[ExactText(text), default: other()] }
    _modify { yield &self[ExactText(text), default: other()] }
  }
}

extension Set where Element == ExactText {
  /// A set of texts.
  package init(texts: some Sequence<String>) { self.init(texts.map { ExactText($0) }) }

  package func contains(_ text: String) -> Bool { contains(ExactText(text)) }

  /// Adds a text, and tells whether it is new.
  @discardableResult
  package mutating func insert(_ text: String) -> Bool { insert(ExactText(text)).inserted }
}
