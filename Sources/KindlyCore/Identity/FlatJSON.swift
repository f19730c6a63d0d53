/// Parses in one pass the kind of JSON that Kindly and databases mostly write: a flat object, or an array of strings.
///
/// A sweep reads the old values of every known row, and every message names its key; a general parser takes ten times
/// as long. The rare cases are left to that parser: fractions, escapes, nested values, white space in unusual places.
struct FlatJSON {
  private var rest: UnsafeBufferPointer<UInt8>.SubSequence

  /// The values of an object, or nil where the text is for the general parser.
  static func values(inObject text: String) -> RowValues? { read(text) { $0.object() } }

  /// The strings of an array, or nil where the text is for the general parser.
  static func strings(inArray text: String) -> [String]? { read(text) { $0.array() } }

  private static func read<Result>(_ text: String, as whole: (inout FlatJSON) -> Result?) -> Result?
  {
    var text = text
    return text.withUTF8 { bytes in
      var json = FlatJSON(rest: bytes[...])
      return whole(&json)
    }
  }

  private mutating func array() -> [String]? {
    guard take("[") else { return nil }
    var strings: [String] = []
    if take("]") { return rest.isEmpty ? strings : nil }
    repeat {
      guard let string = string() else { return nil }
      strings.append(string)
    } while takeMark(",")
    return take("]") && rest.isEmpty ? strings : nil
  }

  private mutating func object() -> RowValues? {
    guard take("{") else { return nil }
    var values: RowValues = [:]
    if take("}") { return rest.isEmpty ? values : nil }
    repeat {
      guard let column = string(), takeMark(":"), let value = value(),
        values.updateValue(value, forKey: ExactText(column)) == nil
      else { return nil }
    } while takeMark(",")
    return take("}") && rest.isEmpty ? values : nil
  }

  private mutating func value() -> Value? {
    switch rest.first {
    case UInt8(ascii: "\""): string().map(Value.text)
    case UInt8(ascii: "n"): take("null") ? .null : nil
    default: integer().map(Value.integer)
    }
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    for index in rest.indices {
      switch rest[index] {
      case UInt8(ascii: "\""):
        defer { rest = rest[(index + 1)...] }
        return String(decoding: rest[..<index], as: UTF8.self)
      case UInt8(ascii: "\\"), ..<0x20: return nil
      default: continue
      }
    }
    return nil
  }

  /// A whole number that fits into 64 bits. A longer number is not followed by a delimiter, so it is refused.
  private mutating func integer() -> Int64? {
    let isNegative = take("-")
    var number: Int64 = 0
    var digits = 0
    while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (next, isTooLong) = tens.subtractingReportingOverflow(digit)
      // JSON allows no leading zero.
      if isTooLarge || isTooLong || digits == 1 && number == 0 { return nil }
      // Accumulated as a negative number, because the smallest number has no positive counterpart.
      number = next
      digits += 1
      rest = rest.dropFirst()
    }
    if digits == 0 { return nil }
    if isNegative { return number }
    return number == .min ? nil : -number
  }

  /// Consumes a comma or a colon, and the blank that PostgreSQL and MariaDB write after it.
  private mutating func takeMark(_ mark: StaticString) -> Bool {
    guard take(mark) else { return false }
    if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    return true
  }

  private mutating func take(_ literal: StaticString) -> Bool {
    literal.withUTF8Buffer { bytes in
      guard rest.starts(with: bytes) else { return false }
      rest = rest.dropFirst(bytes.count)
      return true
    }
  }
}
