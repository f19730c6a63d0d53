import KindlyCore

/// One `{{…}}` of a template as it is written.
struct Tag: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case escaped, unescaped, section, inverted, close, partial, comment
  }

  let kind: Kind
  /// What stands between the braces and the sigil, trimmed.
  let content: String
  /// The bytes of the whole tag.
  let range: Range<Int>
}

/// Why a tag is not accepted.
struct TagError: Error, Hashable {
  let text: String
  let offset: Int
}

/// Finds the tags of a text, and allows only the part of Mustache that letters need.
///
/// Partials and conditions are enough for a letter. Set delimiters, inheritance and pragmas are refused, since they
/// would let a tag mean something other than it shows.
struct TagScanner {
  private let source: SourceText
  private let end: Int
  private var position: Int

  private init(_ source: SourceText, _ range: Range<Int>) {
    self.source = source
    position = range.lowerBound
    end = range.upperBound
  }

  /// All tags in order; sections are closed in the order in which they were opened.
  static func tags(of source: SourceText, in range: Range<Int>) throws(TagError) -> [Tag] {
    var scanner = TagScanner(source, range)
    var tags: [Tag] = []
    var open: [Tag] = []
    while let tag = try scanner.next() {
      if tag.kind == .section || tag.kind == .inverted { open.append(tag) }
      if tag.kind == .close { try close(tag, &open) }
      tags.append(tag)
    }
    if let tag = open.last {
      throw TagError(
        text:
          "the section {{#\(tag.content)}} is not closed; expected {{/\(tag.content)}} after it",
        offset: tag.range.lowerBound)
    }
    return tags
  }

  private static func close(_ tag: Tag, _ open: inout [Tag]) throws(TagError) {
    guard let opened = open.popLast() else {
      throw TagError(text: "{{/\(tag.content)}} closes no section", offset: tag.range.lowerBound)
    }
    guard opened.content == tag.content else {
      throw TagError(
        text:
          "expected {{/\(opened.content)}} to close the innermost section, got {{/\(tag.content)}}",
        offset: tag.range.lowerBound)
    }
  }

  private mutating func next() throws(TagError) -> Tag? {
    guard let start = offset(of: "{{", from: position) else { return nil }
    let isTriple = start + 2 < end && source.bytes[start + 2] == UInt8(ascii: "{")
    let closing = isTriple ? "}}}" : "}}"
    let contentStart = start + (isTriple ? 3 : 2)
    guard let contentEnd = offset(of: closing, from: contentStart) else {
      throw TagError(text: "expected \(closing) to end this tag", offset: start)
    }
    position = contentEnd + closing.utf8.count
    let inner = source.text(contentStart..<contentEnd)
    let (kind, rest) = isTriple ? (.unescaped, inner[...]) : try kind(of: inner, at: start)
    let content = rest.trimmed
    guard kind == .comment || !content.isEmpty else {
      throw TagError(text: "expected a name in this tag, got none", offset: start)
    }
    guard kind == .comment || !content.unicodeScalars.contains(where: { $0 == "{" || $0 == "}" })
    else {
      throw TagError(text: "expected a name in this tag, got a brace", offset: start)
    }
    return Tag(kind: kind, content: content, range: start..<position)
  }

  private func kind(of inner: String, at offset: Int) throws(TagError) -> (Tag.Kind, Substring) {
    let text = inner.unicodeScalars.drop { $0.isSpace }
    let rest = Substring(text.dropFirst())
    switch text.first {
    case "#": return (.section, rest)
    case "^": return (.inverted, rest)
    case "/": return (.close, rest)
    case ">": return (.partial, rest)
    case "!": return (.comment, rest)
    case "&": return (.unescaped, rest)
    case "=", "%", "<", "$":
      throw TagError(
        text: "expected a name, a section or a partial, got {{\(String(text.prefix(1))); "
          + "letters have no delimiters, pragmas or inheritance",
        offset: offset)
    default: return (.escaped, Substring(text))
    }
  }

  private func offset(of text: String, from start: Int) -> Int? {
    source.firstOffset(of: text, from: start).flatMap { $0 + text.utf8.count <= end ? $0 : nil }
  }
}
