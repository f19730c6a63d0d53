import KindlyCore

/// One response of an IMAP server: a line, with the literals that it announced cut out; RFC 3501, 7.
struct IMAPResponse: Equatable {
  /// The line without its literals.
  let line: [UInt8]
  let literals: [[UInt8]]

  /// What a tagged response says of its command.
  enum Completion: Equatable {
    case ok
    case no(String)
    case bad(String)
  }

  /// The completion of the command with a tag; nil if the response is not its completion.
  func completion(of tag: String) -> Completion? {
    let words = line.split(separator: 0x20, maxSplits: 2)
    guard words.count >= 2, words[0].elementsEqual(tag.utf8) else { return nil }
    let rest = words.count > 2 ? String(decoding: words[2], as: UTF8.self) : ""
    switch String(decoding: words[1], as: UTF8.self).uppercased() {
    case "OK": return .ok
    case "NO": return .no(rest)
    default: return .bad(rest)
    }
  }

  /// The words behind the star of an untagged response, in capitals; empty for others.
  private var words: [String] {
    let words = line.prefix(200).split(separator: 0x20)
    guard words.first?.elementsEqual("*".utf8) == true else { return [] }
    return words.dropFirst().map { String(decoding: $0, as: UTF8.self).uppercased() }
  }

  /// Whether the server says goodbye.
  var isGoodbye: Bool { words.first?.isExactly("BYE") == true }

  /// The words of `* CAPABILITY …`.
  var capabilities: [String]? {
    guard words.first?.isExactly("CAPABILITY") == true else { return nil }
    return line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self).uppercased() }
  }

  /// The number in `* OK [UIDVALIDITY 17]` and the like.
  func number(ofCode code: String) -> UInt32? {
    let words = words
    guard words.count >= 3, words[1].isExactly("[" + code) else { return nil }
    return UInt32(words[2].prefix { $0.isASCII && $0.isNumber })
  }

  /// The number in `* 23 EXISTS`.
  var exists: Int? {
    let words = words
    guard words.count == 2, words[1].isExactly("EXISTS") else { return nil }
    return Int(words[0])
  }

  /// The UID in `* 12 FETCH (UID 17 …)`; nil for other responses.
  var uid: UInt32? { item("UID") }

  /// The UID and the size in `* 12 FETCH (UID 17 RFC822.SIZE 4711)`; nil for other responses.
  var listed: (uid: UInt32, size: Int)? {
    guard let uid = item("UID"), let size = item("RFC822.SIZE") else { return nil }
    return (uid, Int(size))
  }

  /// The UID in `* 12 FETCH (UID 17 BODY[]<0> …)`, with the first bytes of the mail; nil for other responses, such as the
  /// one that tells the flags of the same mail.
  var fetched: (uid: UInt32, body: [UInt8])? {
    guard holdsBody, let uid = item("UID") else { return nil }
    return (uid, literals.first ?? quoted)
  }

  private var holdsBody: Bool {
    line.split { $0 == 0x20 || $0 == 0x28 || $0 == 0x29 }.contains { item in
      item.starts(with: "BODY[".utf8) { $0 & 0xDF == $1 & 0xDF }
    }
  }

  /// The number behind a word of a FETCH response. Literals were cut out, so nothing in a mail can look like one.
  private func item(_ name: String) -> UInt32? {
    guard words.count >= 2, words[1].isExactly("FETCH") else { return nil }
    let items = line.split { $0 == 0x20 || $0 == 0x28 || $0 == 0x29 }
    guard let place = items.firstIndex(where: { $0.isWord(name) }), place + 1 < items.endIndex
    else { return nil }
    return UInt32(String(decoding: items[place + 1], as: UTF8.self))
  }

  /// A short body may come as a quoted text.
  private var quoted: [UInt8] {
    guard let start = line.firstIndex(of: 0x22) else { return [] }
    var body: [UInt8] = []
    var isEscaped = false
    for byte in line[(start + 1)...] {
      if !isEscaped, byte == 0x22 { break }
      isEscaped = !isEscaped && byte == 0x5C
      if !isEscaped { body.append(byte) }
    }
    return body
  }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes are these letters of ASCII, whatever their case.
  fileprivate func isWord(_ word: String) -> Bool {
    String(decoding: self, as: UTF8.self).uppercased().isExactly(word)
  }
}

/// Cuts what a server sends into responses; what is too long is a fault, since a mail server sends nothing like it.
struct IMAPScanner {
  private var buffer: [UInt8] = []
  /// The responses before it have been taken.
  private var start = 0
  /// No line end is before it.
  private var searched = 0
  private var line: [UInt8] = []
  private var literals: [[UInt8]] = []
  private let longestLiteral: Int

  /// Flags and capabilities take a few hundred bytes.
  static let longestLine = 64 * 1024

  /// What is wrong with a response.
  enum Fault: Error {
    case tooLong
  }

  init(longestLiteral: Int) {
    self.longestLiteral = longestLiteral
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if start > 1 << 16 {
      buffer.removeFirst(start)
      searched -= start
      start = 0
    }
    buffer += bytes
  }

  /// The next response; nil until more has come.
  mutating func next() throws(Fault) -> IMAPResponse? {
    while true {
      guard let end = buffer[searched...].firstIndex(of: 0x0A) else {
        searched = buffer.count
        if searched - start > IMAPScanner.longestLine { throw .tooLong }
        return nil
      }
      let text = buffer[start..<(end > start && buffer[end - 1] == 0x0D ? end - 1 : end)]
      guard text.count + line.count <= IMAPScanner.longestLine else { throw .tooLong }
      guard let (head, count) = IMAPScanner.literal(at: text) else {
        defer { (line, literals) = ([], []) }
        line += text
        (start, searched) = (end + 1, end + 1)
        return IMAPResponse(line: line, literals: literals)
      }
      guard count <= longestLiteral, literals.count < 16 else { throw .tooLong }
      guard buffer.count >= end + 1 + count else {
        // Looks at this line again when the whole literal is there.
        searched = end
        return nil
      }
      line += head
      literals.append(Array(buffer[(end + 1)..<(end + 1 + count)]))
      (start, searched) = (end + 1 + count, end + 1 + count)
    }
  }

  /// The line before `{123}` and the number, where a literal follows.
  private static func literal(at text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Int)? {
    guard text.last == 0x7D, let open = text.lastIndex(of: 0x7B) else { return nil }
    let digits = text[(open + 1)..<(text.endIndex - 1)]
    guard (1...10).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return (text[..<open], digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
  }
}
