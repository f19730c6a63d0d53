/// The places in HTML that are inside a start tag and outside quotes.
///
/// A value there is not plain text: a blank in it would begin another attribute. See the tokenizer of
/// https://html.spec.whatwg.org/multipage/parsing.html, from "before attribute name" on.
struct UnquotedPlaces {
  private var ranges: [Range<Int>] = []

  /// - Parameter tags: the Mustache tags, whose own brackets and quotes mean nothing to HTML.
  init(_ html: [UInt8], in range: Range<Int>, besides tags: [Tag]) {
    var bytes = html
    for tag in tags {
      for index in tag.range { bytes[index] = UInt8(ascii: "x") }
    }
    var walk = Walk(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    while let found = walk.next() { ranges.append(found) }
  }

  func contains(_ tag: Tag) -> Bool { ranges.contains { $0.contains(tag.range.lowerBound) } }

  /// Goes from one unquoted stretch to the next.
  private struct Walk {
    let bytes: [UInt8]
    var position: Int
    let end: Int
    var isInTag = false

    mutating func next() -> Range<Int>? {
      if !isInTag {
        guard passToTag() else { return nil }
      }
      let start = position
      var isAfterEquals = false
      while position < end {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: ">") {
          isInTag = false
          return start..<position
        }
        if isAfterEquals, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          let stretch = start..<position
          position = bytes[position..<end].firstIndex(of: byte).map { $0 + 1 } ?? end
          return stretch
        }
        if !byte.isHTMLSpace { isAfterEquals = byte == UInt8(ascii: "=") }
      }
      return start < end ? start..<end : nil
    }

    /// Moves behind the next `<` that begins a start tag.
    private mutating func passToTag() -> Bool {
      while position + 1 < end {
        if bytes[position] == UInt8(ascii: "<") {
          if bytes[position + 1].isASCIILetter {
            position += 1
            isInTag = true
            return true
          }
          if bytes[position..<end].starts(with: "<!--".utf8) { passComment() }
        }
        position += 1
      }
      return false
    }

    private mutating func passComment() {
      position += 4
      while position < end, !bytes[position..<end].starts(with: "-->".utf8) { position += 1 }
    }
  }
}
