import KindlyCore

/// The text of an HTML mail, good enough to be read by a colleague: no layout, no links, and no quoted mails.
enum HTMLText {
  private static let hidden = ["style", "script", "head", "title", "blockquote"]
  private static let breaks = [
    "br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote",
  ]

  static func plain(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var text: [UInt8] = []
    var inside: String?
    var depth = 0
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x3C else {
        let byte = bytes[index].isLineEnd ? 0x20 : bytes[index]
        // Blanks at the beginning of a line come from how the HTML is written.
        if inside == nil, !(byte == 0x20 && text.last == 0x0A) { text.append(byte) }
        index += 1
        continue
      }
      let end = tagEnd(in: bytes, from: index)
      let tag = bytes[(index + 1)..<max(index + 1, end)]
      index = min(end + 1, bytes.count)
      let isEnd = tag.first == 0x2F
      let name = (isEnd ? tag.dropFirst() : tag).prefix {
        $0.isDigit || ($0.lowered >= 0x61 && $0.lowered <= 0x7A)
      }
      .map(\.lowered)[...].text
      if let open = inside {
        if name.isExactly(open) { depth += isEnd ? -1 : 1 }
        if depth == 0 { inside = nil }
      } else if !isEnd, isHeadOfAnswered(tag, name) {
        break
      } else if !isEnd, isQuote(tag, name) {
        (inside, depth) = (name, 1)
        // It leaves the mark of a quoted line, so that text below it is still the person's.
        if name.isExactly("blockquote") { text += "\n>".utf8 }
      }
      if inside == nil, breaks.containsExactly(name) { text.append(0x0A) }
    }
    return entitiesDecoded(text)
  }

  /// Whether an element is not shown, or holds the mail that is answered.
  private static func isQuote(_ tag: ArraySlice<UInt8>, _ name: String) -> Bool {
    if tag.last == 0x2F { return false }
    if hidden.containsExactly(name) { return true }
    guard name.isExactly("div") else { return false }
    let lowered = tag.map(\.lowered)
    return lowered.holds(oneOf: ["gmail_quote", "yahoo_quoted", "moz-cite-prefix"])
  }

  /// Whether Outlook's answered mail begins at an element. Its text stands behind the element, not inside it.
  private static func isHeadOfAnswered(_ tag: ArraySlice<UInt8>, _ name: String) -> Bool {
    name.isExactly("div")
      && tag.map(\.lowered).holds(oneOf: ["divrplyfwdmsg", "appendonsend"])
  }

  /// Where the tag or comment that begins at an index ends: the place of its `>`.
  private static func tagEnd(in bytes: [UInt8], from start: Int) -> Int {
    if bytes[start...].starts(with: "<!--".utf8) {
      var index = start + 4
      while index < bytes.count, !bytes[index...].starts(with: "-->".utf8) { index += 1 }
      return min(index + 2, bytes.count)
    }
    return bytes[start...].firstIndex(of: 0x3E) ?? bytes.count
  }

  private static let names: [(name: String, text: String)] = [
    ("nbsp", " "), ("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"),
    ("auml", "ä"), ("ouml", "ö"), ("uuml", "ü"), ("Auml", "Ä"), ("Ouml", "Ö"), ("Uuml", "Ü"),
    ("szlig", "ß"), ("eacute", "é"), ("egrave", "è"), ("agrave", "à"), ("ccedil", "ç"),
    ("ntilde", "ñ"), ("oacute", "ó"), ("iacute", "í"), ("aacute", "á"), ("uacute", "ú"),
    ("ecirc", "ê"), ("euro", "€"), ("hellip", "…"), ("rsquo", "’"), ("ndash", "–"),
  ]

  private static func entitiesDecoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var rest = bytes[...]
    while let sign = rest.firstIndex(of: 0x26) {
      text += rest[..<sign]
      let reference = rest[(sign + 1)...].prefix(12)
      if let end = reference.firstIndex(of: 0x3B), let decoded = character(reference[..<end].text) {
        text += decoded.utf8
        rest = rest[(end + 1)...]
      } else {
        text.append(0x26)
        rest = rest[(sign + 1)...]
      }
    }
    return String(decoding: text + rest, as: UTF8.self)
  }

  private static func character(_ name: String) -> String? {
    guard name.utf8.first == 0x23 else { return names.first { $0.name.isExactly(name) }?.text }
    let digits = name.dropFirst()
    let number =
      digits.utf8.first?.lowered == UInt8(ascii: "x")
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }
}
