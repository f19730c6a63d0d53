import KindlyCore

/// Parses comma-separated values, record by record (RFC 4180).
///
/// A quoted field may contain separators, line breaks and doubled quotes. Lines end with LF, CRLF or CR; empty lines
/// are skipped. Spreadsheets may use semicolons or tabs as separators. The header shows which, or a first line `sep=;`,
/// which Excel writes and understands.
struct CSVParser {
  /// One record, with the line it begins in, counted from one.
  struct Record {
    let line: Int
    let fields: [Field]
  }

  typealias Field = ArraySlice<UInt8>

  private let bytes: [UInt8]
  private let separator: UInt8
  private var index = 0
  private var line = 1
  /// Where the line behind the one begins in which the field being read opened its quote, and its number.
  private var nextLine: (index: Int, line: Int)?

  /// A longer quoted field has a quote that was opened by mistake.
  private static let longestQuoted = 1 << 20
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if let stated = CSVParser.statedSeparator(of: bytes) {
      separator = stated
      // What stands behind `sep=;` is taken apart as the first line.
      index = CSVParser.statement.count + 1
      endLine()
    } else {
      separator = CSVParser.separator(inHeaderOf: bytes)
    }
  }

  private static let statement = Array("sep=".utf8)

  /// The separator of a first line `sep=;`, whatever case it is written in; nil where the first line is no such statement.
  private static func statedSeparator(of bytes: [UInt8]) -> UInt8? {
    let first = bytes.prefix(statement.count).map { $0 | 0x20 }
    guard bytes.count > statement.count, first == statement else { return nil }
    let rest = bytes[statement.count...].prefix { $0 != lineFeed && $0 != carriageReturn }
    return rest.count == 1 ? rest.first : nil
  }

  /// The next record that is not an empty line; nil at the end.
  mutating func next() throws(CSVFault) -> Record? {
    while index < bytes.count {
      let began = line
      let start = index
      var fields: [Field] = []
      repeat { fields.append(try field()) } while take(separator)
      let isEmptyLine = fields.count == 1 && index == start
      endLine()
      if !isEmptyLine { return Record(line: began, fields: fields) }
    }
    return nil
  }

  /// Continues after the faulty line; for an unclosed quote, that is the line in which it was opened.
  mutating func skip() {
    guard let nextLine else {
      while index < bytes.count, !isLineEnd(bytes[index]) { index += 1 }
      return endLine()
    }
    (index, line) = nextLine
  }

  private mutating func field() throws(CSVFault) -> Field {
    nextLine = nil
    guard index < bytes.count, bytes[index] == CSVParser.quote else { return try bare() }
    return try quoted()
  }

  private mutating func bare() throws(CSVFault) -> Field {
    let start = index
    while index < bytes.count, bytes[index] != separator, !isLineEnd(bytes[index]) {
      guard bytes[index] != 0 else { throw CSVParser.zeroByte(in: line) }
      index += 1
    }
    return bytes[start..<index]
  }

  /// A field in quotes, whose doubled quotes are taken apart only where there are some.
  private mutating func quoted() throws(CSVFault) -> Field {
    let began = line
    index += 1
    let start = index
    var copy: [UInt8]?
    while index < bytes.count, index - start < CSVParser.longestQuoted {
      let byte = bytes[index]
      if byte == CSVParser.quote {
        guard index + 1 < bytes.count, bytes[index + 1] == CSVParser.quote else {
          let end = index
          index += 1
          try checkEnd(ofFieldFrom: began)
          return copy.map { $0[...] } ?? bytes[start..<end]
        }
        if copy == nil { copy = Array(bytes[start..<index]) }
        copy?.append(byte)
        index += 2
        continue
      }
      guard byte != 0 else { throw CSVParser.zeroByte(in: line) }
      if byte == CSVParser.lineFeed || byte == CSVParser.carriageReturn && !isBeforeLineFeed {
        line += 1
        if nextLine == nil { nextLine = (index + 1, line) }
      }
      copy?.append(byte)
      index += 1
    }
    throw CSVFault(line: began, text: "opens a quote that is never closed")
  }

  private func checkEnd(ofFieldFrom began: Int) throws(CSVFault) {
    guard index < bytes.count, bytes[index] != separator, !isLineEnd(bytes[index]) else { return }
    throw CSVFault(
      line: began,
      text: "opens a quote that is closed in the middle of line \(line), with more text after it")
  }

  private static func zeroByte(in line: Int) -> CSVFault {
    CSVFault(line: line, text: "has a zero byte, which text cannot contain")
  }

  private mutating func endLine() {
    guard index < bytes.count else { return }
    index += isBeforeLineFeed && bytes[index] == CSVParser.carriageReturn ? 2 : 1
    line += 1
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private var isBeforeLineFeed: Bool {
    index + 1 < bytes.count && bytes[index + 1] == CSVParser.lineFeed
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == CSVParser.lineFeed || byte == CSVParser.carriageReturn
  }

  /// Comma, semicolon or tab: whichever the first line has most of outside quotes.
  private static func separator(inHeaderOf bytes: [UInt8]) -> UInt8 {
    let choices = [comma, UInt8(ascii: ";"), UInt8(ascii: "\t")]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in bytes {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == lineFeed || byte == carriageReturn { break }
      if let choice = choices.firstIndex(of: byte) { counts[choice] += 1 }
    }
    // The first of the largest, so that a header of one column has the comma.
    return choices[counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }]
  }
}

/// What is wrong with a file of comma-separated values, and in which line.
struct CSVFault: Error, Hashable {
  let line: Int
  let text: String
}

/// Converts fields to values: an empty field is NULL, a number is a number, everything else is text.
///
/// Spreadsheets keep no types, and without numbers a condition such as `total > 100` would compare texts. A leading
/// zero or plus makes a field a text, so postcodes and phone numbers stay as they are.
enum CSVValue {
  /// What 64 bits hold for certain.
  private static let mostDigits = 18
  /// What a double holds without loss.
  private static let mostDecimalDigits = 15

  /// The value, or nil where the field is no UTF-8.
  static func of(_ field: CSVParser.Field) -> Value? {
    if field.isEmpty { return .null }
    if let number = number(field) { return number }
    return String(validating: field, as: UTF8.self).map { .text($0) }
  }

  /// The value of a field that identifies a row or a customer. Unlike in `of`, a decimal number stays a text.
  static func naming(_ field: CSVParser.Field) -> Value? {
    guard let value = of(field) else { return nil }
    guard case .real = value else { return value }
    return .text(String(decoding: field, as: UTF8.self))
  }

  private static func number(_ field: CSVParser.Field) -> Value? {
    let digits = field.first == UInt8(ascii: "-") ? field.dropFirst() : field
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }),
      parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
    else { return nil }
    let text = String(decoding: field, as: UTF8.self)
    if parts.count == 1 {
      // `-0` is no number of anybody's.
      return digits.count <= mostDigits && text != "-0" ? Int64(text).map { .integer($0) } : nil
    }
    return digits.count - 1 <= mostDecimalDigits ? Double(text).map { .real($0) } : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
