import Glibc

/// What reading mail asks of bytes. Mail is bytes in many encodings, so structure is never looked for in characters.
extension UInt8 {
  var isBlank: Bool { self == 0x20 || self == 0x09 }

  var isLineEnd: Bool { self == 0x0A || self == 0x0D }

  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// The small letter of an ASCII capital; every other byte as it is.
  var lowered: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension Collection<UInt8> where SubSequence == ArraySlice<UInt8> {
  /// The bytes without blanks and line ends at either end.
  var trimmedBlanks: ArraySlice<UInt8> {
    var rest = self[...]
    while let first = rest.first, first.isBlank || first.isLineEnd { rest.removeFirst() }
    while let last = rest.last, last.isBlank || last.isLineEnd { rest.removeLast() }
    return rest
  }

  /// Whether the bytes are these letters of ASCII, whatever their case.
  func isWord(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && startsWithWord(word)
  }

  /// Whether the bytes begin with these letters of ASCII, whatever their case.
  func startsWithWord(_ word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { wanted in zip(self, wanted).allSatisfy { $0.lowered == $1.lowered }
    }
  }

  /// The bytes as text; what is no UTF-8 becomes a replacement character.
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension [UInt8] {
  /// Whether the bytes hold those of a text.
  func holds(_ phrase: String) -> Bool {
    var phrase = phrase
    return withUnsafeBytes { bytes in
      phrase.withUTF8 { phrase in
        guard let start = phrase.baseAddress, let first = phrase.first,
          var next = bytes.baseAddress
        else { return phrase.isEmpty }
        let end = next + bytes.count
        // The C library looks at many bytes at once, and mail is searched for hundreds of phrases.
        while end - next >= phrase.count,
          let found = memchr(next, Int32(first), end - next - phrase.count + 1)
        {
          if memcmp(found, start, phrase.count) == 0 { return true }
          next = UnsafeRawPointer(found) + 1
        }
        return false
      }
    }
  }

  /// Whether the bytes hold those of one of the texts.
  func holds(oneOf phrases: [String]) -> Bool { phrases.contains(where: holds) }
}

/// The lines of some bytes, without their ends; LF and CR LF both end a line.
struct ByteLines: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>
  /// Where the next line begins.
  var position: Int { rest.startIndex }

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  mutating func next() -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    guard let end = rest.firstIndex(of: 0x0A) else {
      defer { rest = rest[rest.endIndex...] }
      return rest.last == 0x0D ? rest.dropLast() : rest
    }
    let line = rest[..<end]
    rest = rest[(end + 1)...]
    return line.last == 0x0D ? line.dropLast() : line
  }
}
