/// Splits HTML into text and tags, leniently, as mail programs do.
///
/// It supports only what the plain-text twin and inline images need: comments and the contents of `script`, `style` and
/// `title` are skipped. See the tokenizer of https://html.spec.whatwg.org/multipage/parsing.html.
struct HTMLScanner {
  enum Token {
    case text(Range<Int>)
    case start(HTMLTag)
    /// The name in small letters.
    case end(String)
  }

  private let bytes: [UInt8]
  private var position = 0
  private let end: Int

  init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  mutating func next() -> Token? {
    while position < end {
      guard bytes[position] == UInt8(ascii: "<"), position + 1 < end else { return text() }
      let following = bytes[position + 1]
      if following.isASCIILetter { return startTag() }
      if following == UInt8(ascii: "/"), position + 2 < end, bytes[position + 2].isASCIILetter {
        return endTag()
      }
      guard following == UInt8(ascii: "!") || following == UInt8(ascii: "?") else { return text() }
      passDeclaration()
    }
    return nil
  }

  /// The text up to the next `<` that begins something.
  private mutating func text() -> Token {
    let start = position
    position += 1
    while position < end, bytes[position] != UInt8(ascii: "<") { position += 1 }
    return .text(start..<position)
  }

  private mutating func startTag() -> Token {
    let nameStart = position + 1
    var cursor = nameStart
    while cursor < end, bytes[cursor].isHTMLName { cursor += 1 }
    let name = String(decoding: bytes[nameStart..<cursor], as: UTF8.self).lowercased()
    let attributes = cursor
    cursor = endOfTag(from: cursor)
    position = min(cursor + 1, end)
    let tag = HTMLTag(name: name, attributes: attributes..<cursor)
    switch name {
    case "script", "style", "title", "textarea": passContents(of: name)
    default: break
    }
    return .start(tag)
  }

  private mutating func endTag() -> Token {
    let nameStart = position + 2
    var cursor = nameStart
    while cursor < end, bytes[cursor].isHTMLName { cursor += 1 }
    let name = String(decoding: bytes[nameStart..<cursor], as: UTF8.self).lowercased()
    position = min(endOfTag(from: cursor) + 1, end)
    return .end(name)
  }

  /// The `>` that ends a tag; one inside quotes does not.
  private func endOfTag(from start: Int) -> Int {
    var cursor = start
    var quote: UInt8?
    while cursor < end {
      let byte = bytes[cursor]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return cursor
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      cursor += 1
    }
    return end
  }

  private mutating func passDeclaration() {
    let isComment = bytes[position..<end].starts(with: "<!--".utf8)
    if isComment {
      position = offset(of: Array("-->".utf8), from: position + 4).map { $0 + 3 } ?? end
    } else {
      position = min(endOfTag(from: position) + 1, end)
    }
  }

  private mutating func passContents(of name: String) {
    var cursor = position
    let closing = Array("</\(name)".utf8)
    while cursor < end {
      if bytes[cursor] == UInt8(ascii: "<"), cursor + closing.count <= end,
        zip(bytes[cursor...], closing).allSatisfy({ $0.lowercasedASCII == $1 })
      {
        break
      }
      cursor += 1
    }
    position = cursor
  }

  private func offset(of wanted: [UInt8], from start: Int) -> Int? {
    var cursor = start
    while cursor + wanted.count <= end {
      if bytes[cursor..<cursor + wanted.count].elementsEqual(wanted) { return cursor }
      cursor += 1
    }
    return nil
  }
}

/// A start tag, with its attributes still unread.
struct HTMLTag {
  /// In small letters.
  let name: String
  /// From behind the name to the `>`.
  let attributes: Range<Int>

  /// The bytes of an attribute's value; empty for one without a value, nil where there is none of the name.
  func value(of wanted: String, in bytes: [UInt8]) -> Range<Int>? {
    var cursor = attributes.lowerBound
    let end = attributes.upperBound
    while cursor < end {
      while cursor < end, !bytes[cursor].isHTMLName { cursor += 1 }
      let nameStart = cursor
      while cursor < end, bytes[cursor].isHTMLName { cursor += 1 }
      let name = nameStart..<cursor
      let value = HTMLTag.value(after: &cursor, end: end, in: bytes)
      if name.count == wanted.utf8.count,
        zip(bytes[name], wanted.utf8).allSatisfy({ $0.lowercasedASCII == $1 })
      {
        return value
      }
    }
    return nil
  }

  private static func value(after cursor: inout Int, end: Int, in bytes: [UInt8]) -> Range<Int> {
    var next = cursor
    while next < end, bytes[next].isHTMLSpace { next += 1 }
    guard next < end, bytes[next] == UInt8(ascii: "=") else { return cursor..<cursor }
    next += 1
    while next < end, bytes[next].isHTMLSpace { next += 1 }
    guard next < end else {
      cursor = end
      return end..<end
    }
    let quote = bytes[next]
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    let start = isQuoted ? next + 1 : next
    next = start
    while next < end, isQuoted ? bytes[next] != quote : !bytes[next].isHTMLSpace { next += 1 }
    cursor = isQuoted ? min(next + 1, end) : next
    return start..<next
  }
}

extension UInt8 {
  var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isHTMLSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  /// A character of a tag's or attribute's name.
  var isHTMLName: Bool {
    isASCIILetter || (0x30...0x39).contains(self) || self == UInt8(ascii: "-")
      || self == UInt8(ascii: ":") || self == UInt8(ascii: "_")
  }
  var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
