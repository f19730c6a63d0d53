/// Header text with words in other charsets, `=?utf-8?B?…?=`; RFC 2047.
enum EncodedWords {
  static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    // Bytes of neighbouring words of one charset are joined first: a character may be cut between two words.
    var pending: (label: String, bytes: [UInt8])?
    func flush() {
      if let (label, bytes) = pending { text += Charset.text(bytes, labelled: label) }
      pending = nil
    }
    var rest = bytes.prefix(MailLimits.mostHeaderBytes)
    while let start = firstWord(in: rest) {
      let (word, plain) = (start.word, rest[..<start.range.lowerBound])
      // Blanks between two encoded words are not part of the text.
      if pending == nil || !plain.allSatisfy(\.isBlank) {
        flush()
        text += Charset.text(Array(plain), labelled: nil)
      }
      if let held = pending, held.label == word.label {
        pending = (held.label, held.bytes + word.bytes)
      } else {
        flush()
        pending = word
      }
      rest = rest[start.range.upperBound...]
    }
    flush()
    return text + Charset.text(Array(rest), labelled: nil)
  }

  private typealias Found = (range: Range<Int>, word: (label: String, bytes: [UInt8]))

  private static func firstWord(in bytes: ArraySlice<UInt8>) -> Found? {
    var from = bytes.startIndex
    while let start = bytes[from...].firstIndex(of: 0x3D) {
      if let found = word(at: start, in: bytes) { return found }
      from = start + 1
    }
    return nil
  }

  /// The encoded word that begins at an index; nil where none does.
  private static func word(at start: Int, in bytes: ArraySlice<UInt8>) -> Found? {
    guard bytes[start...].starts(with: "=?".utf8) else { return nil }
    // RFC 2047 allows 75 characters, and some programs write longer words.
    let window = bytes[(start + 2)...].prefix(MailLimits.longestWord)
    let pieces = window.split(separator: 0x3F, maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3, pieces[1].count == 1, let kind = pieces[1].first?.lowered else {
      return nil
    }
    let rest = pieces[2]
    var end = rest.startIndex
    while end < rest.endIndex, !(rest[end] == 0x3F && rest[end...].starts(with: "?=".utf8)) {
      end += 1
    }
    guard end < rest.endIndex, !rest[..<end].contains(0x0A) else { return nil }
    let encoded = rest[..<end]
    let decoded: [UInt8]
    switch kind {
    case UInt8(ascii: "b"):
      decoded = TransferEncoding.base64(encoded, atMost: MailLimits.longestWord)
    case UInt8(ascii: "q"):
      decoded = TransferEncoding.quotedPrintable(
        encoded, atMost: MailLimits.longestWord, isHeader: true)
    default: return nil
    }
    // A language may follow the charset: `utf-8*de`.
    let label = pieces[0].prefix { $0 != 0x2A }.map(\.lowered)[...].text
    return (start..<(end + 2), (label, decoded))
  }
}
