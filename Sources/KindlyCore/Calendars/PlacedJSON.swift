/// A value of a JSON document that knows where it stands, so that a problem of its meaning has a line and a column.
///
/// Foundation's decoder names a path, and a line only for broken syntax; the person who edits a file needs the line.
struct PlacedJSON {
  enum Kind {
    case object([(name: String, value: PlacedJSON)])
    case array([PlacedJSON])
    case string(String)
    /// As it is written.
    case number(String)
    case bool(Bool)
    case null
  }

  let kind: Kind
  /// The offset of its first byte.
  let offset: Int

  /// What a message calls the value.
  var words: String {
    switch kind {
    case .object: "an object"
    case .array: "an array"
    case .string(let text): "\"\(CalendarFile.shown(text))\""
    case .number(let text): CalendarFile.shown(text)
    case .bool(let value): "\(value)"
    case .null: "null"
    }
  }

  /// The value of a member; the last one where the name comes more than once, as in JavaScript.
  func member(_ name: String) -> PlacedJSON? {
    guard case .object(let members) = kind else { return nil }
    return members.last { $0.name.isExactly(name) }?.value
  }
}

/// Why bytes are no JSON.
struct PlacedJSONProblem: Error {
  let expected: String
  let got: String
  let offset: Int
}

/// Reads a JSON document, RFC 8259.
struct PlacedJSONReader {
  private let bytes: ArraySlice<UInt8>
  private var next: Int
  private var depth = 0

  /// A file of working days has three levels.
  private static let mostLevels = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    next = bytes.startIndex
  }

  mutating func document() throws(PlacedJSONProblem) -> PlacedJSON {
    let value = try value()
    skipSpace()
    guard next == bytes.endIndex else { throw problem("nothing after the value") }
    return value
  }

  private mutating func value() throws(PlacedJSONProblem) -> PlacedJSON {
    skipSpace()
    let start = next
    switch peek {
    case UInt8(ascii: "{"): return PlacedJSON(kind: .object(try object()), offset: start)
    case UInt8(ascii: "["): return PlacedJSON(kind: .array(try array()), offset: start)
    case UInt8(ascii: "\""): return PlacedJSON(kind: .string(try string()), offset: start)
    case let byte? where byte.isPartOfNumber:
      return PlacedJSON(kind: .number(try number()), offset: start)
    default:
      for (word, kind) in [
        ("true", PlacedJSON.Kind.bool(true)), ("false", .bool(false)), ("null", .null),
      ]
      where bytes[next...].starts(with: word.utf8) {
        next += word.utf8.count
        return PlacedJSON(kind: kind, offset: start)
      }
      throw problem("a value")
    }
  }

  private mutating func object() throws(PlacedJSONProblem) -> [(name: String, value: PlacedJSON)] {
    try enter()
    var members: [(name: String, value: PlacedJSON)] = []
    defer { depth -= 1 }
    if take("}") { return members }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw problem("a name in double quotes") }
      let name = try string()
      guard take(":") else { throw problem("a colon after the name") }
      members.append((name, try value()))
    } while take(",")
    guard take("}") else { throw problem("a comma or }") }
    return members
  }

  private mutating func array() throws(PlacedJSONProblem) -> [PlacedJSON] {
    try enter()
    var values: [PlacedJSON] = []
    defer { depth -= 1 }
    if take("]") { return values }
    repeat { values.append(try value()) } while take(",")
    guard take("]") else { throw problem("a comma or ]") }
    return values
  }

  private mutating func enter() throws(PlacedJSONProblem) {
    depth += 1
    if depth > PlacedJSONReader.mostLevels {
      throw problem("at most \(PlacedJSONReader.mostLevels) levels")
    }
    next += 1
  }

  private mutating func number() throws(PlacedJSONProblem) -> String {
    let start = next
    while let byte = peek, byte.isPartOfNumber { next += 1 }
    let text = String(decoding: bytes[start..<next], as: UTF8.self)
    guard Double(text) != nil else {
      next = start
      throw problem("a number")
    }
    return text
  }

  private mutating func string() throws(PlacedJSONProblem) -> String {
    next += 1
    var units: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw problem("a closing \" on the same line") }
      if byte == UInt8(ascii: "\\") {
        units.append(contentsOf: String(try escaped()).utf8)
      } else {
        units.append(byte)
        next += 1
      }
    }
    guard peek != nil else { throw problem("a closing \"") }
    guard let text = String(validating: units, as: UTF8.self) else {
      throw problem("text in UTF-8 before here")
    }
    next += 1
    return text
  }

  private mutating func escaped() throws(PlacedJSONProblem) -> Unicode.Scalar {
    next += 1
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
      UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if let byte = peek, let scalar = plain[byte] {
      next += 1
      return scalar
    }
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard bytes[next...].starts(with: "\\".utf8) else {
      throw problem("a second half of a surrogate pair")
    }
    next += 1
    let second = try codeUnit()
    guard (0xD800...0xDBFF).contains(first), (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw problem("two halves of a surrogate pair before here") }
    return scalar
  }

  private mutating func codeUnit() throws(PlacedJSONProblem) -> UInt16 {
    let digits = bytes[next...].dropFirst().prefix(4)
    guard peek == UInt8(ascii: "u"), digits.count == 4, digits.allSatisfy(\.isHexDigit),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("an escape such as \\n or \\u4E2D") }
    next += 5
    return unit
  }

  // MARK: Scanning

  private var peek: UInt8? { next < bytes.endIndex ? bytes[next] : nil }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: sign) else { return false }
    next += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      next += 1
    }
  }

  private func problem(_ expected: String) -> PlacedJSONProblem {
    guard next < bytes.endIndex else {
      return PlacedJSONProblem(expected: expected, got: "the end", offset: next)
    }
    let line = bytes[next...].prefix(40).prefix { $0 >= 0x20 }
    let got = line.isEmpty ? "the end of the line" : "`\(String(decoding: line, as: UTF8.self))`"
    return PlacedJSONProblem(expected: expected, got: got, offset: next)
  }
}

extension UInt8 {
  fileprivate var isPartOfNumber: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false  // not an enum: any other byte
    }
  }

  fileprivate var isHexDigit: Bool { Character(Unicode.Scalar(self)).isHexDigit && self < 0x80 }
}
