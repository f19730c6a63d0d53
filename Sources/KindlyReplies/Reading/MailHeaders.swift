import KindlyCore

/// The header fields of a mail or of one of its parts, unfolded; RFC 5322, 2.2.
struct MailHeaders {
  private var fields: [(name: [UInt8], value: [UInt8])] = []

  /// Reads the fields at the beginning of some bytes, and returns where the body begins.
  static func read(_ bytes: ArraySlice<UInt8>) -> (headers: MailHeaders, body: ArraySlice<UInt8>) {
    var headers = MailHeaders()
    var lines = ByteLines(bytes)
    var start = bytes.startIndex
    var isFirst = true
    while let line = lines.next() {
      defer { isFirst = false }
      if line.isEmpty { return (headers, bytes[lines.position...]) }
      if isFirst, line.starts(with: "From ".utf8) {
        // The line with which mbox files begin each mail.
        start = lines.position
        continue
      }
      guard headers.take(line) else { return (headers, bytes[start...]) }
      start = lines.position
      if start - bytes.startIndex > MailLimits.mostHeaderBytes { break }
    }
    return (headers, bytes[start...])
  }

  /// Takes one line; false if it is neither a field nor the continuation of one.
  private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
    if line.first?.isBlank == true {
      guard let last = fields.indices.last else { return true }
      if fields[last].value.count < MailLimits.mostHeaderBytes {
        fields[last].value.append(0x20)
        fields[last].value += line.trimmedBlanks
      }
      return true
    }
    guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex else { return false }
    let name = line[..<colon].trimmedBlanks
    guard name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
    if fields.count < MailLimits.mostHeaders {
      fields.append((name.map(\.lowered), Array(line[(colon + 1)...].trimmedBlanks)))
    }
    return true
  }

  /// The raw values of a field, in their order. The name is written in small letters.
  func all(_ name: StaticString) -> [[UInt8]] {
    fields.filter { $0.name[...].isWord(name) }.map(\.value)
  }

  /// The raw value of a field's first occurrence.
  func first(_ name: StaticString) -> [UInt8]? {
    fields.first { $0.name[...].isWord(name) }?.value
  }

  func has(_ name: StaticString) -> Bool { first(name) != nil }

  /// Whether a field begins with a word, whatever its case.
  func field(_ name: StaticString, startsWith word: StaticString) -> Bool {
    all(name).contains { $0[...].startsWithWord(word) }
  }

  /// The value of a field as text, its encoded words decoded.
  func text(_ name: StaticString) -> String? { first(name).map { EncodedWords.decoded($0[...]) } }

  var isEmpty: Bool { fields.isEmpty }
}

/// A value with parameters, such as that of `Content-Type`; RFC 2045, 5.1.
struct ParameterizedValue {
  /// In small letters: `text/plain`.
  let value: String
  private var parameters: [(name: String, value: [UInt8])] = []

  init(_ bytes: [UInt8]) {
    var pieces = ParameterizedValue.pieces(of: bytes[...])
    value = pieces.removeFirst().trimmedBlanks.map(\.lowered)[...].text
    for piece in pieces.prefix(20) {
      guard let sign = piece.firstIndex(of: 0x3D) else { continue }
      let name = piece[..<sign].trimmedBlanks.map(\.lowered)[...].text
      parameters.append((name, ParameterizedValue.unquoted(piece[(sign + 1)...].trimmedBlanks)))
    }
  }

  subscript(name: String) -> [UInt8]? { parameters.first { $0.name.isExactly(name) }?.value }

  /// Cuts at each semicolon outside of quotes.
  private static func pieces(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    var isQuoted = false
    for index in bytes.indices {
      switch bytes[index] {
      case 0x22: isQuoted.toggle()
      case 0x3B where !isQuoted:
        pieces.append(bytes[start..<index])
        start = index + 1
      default: break
      }
    }
    return pieces + [bytes[start...]]
  }

  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.first == 0x22 else { return Array(bytes.prefix { !$0.isBlank && $0 != 0x28 }) }
    let rest = bytes.dropFirst()
    let quoted = rest.prefix { $0 != 0x22 }
    return quoted.filter { $0 != 0x5C }
  }
}
