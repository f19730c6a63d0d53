import Foundation

/// The little JSON that identity needs: quoted strings and arrays and objects of them (RFC 8259).
package enum JSONText {
  /// A JSON string literal of the text.
  package static func quoted(_ text: String) -> String {
    let escaped = text.escaping { byte in
      switch byte {
      case UInt8(ascii: "\""): "\\\""
      case UInt8(ascii: "\\"): "\\\\"
      case UInt8(ascii: "\n"): "\\n"
      case UInt8(ascii: "\r"): "\\r"
      case UInt8(ascii: "\t"): "\\t"
      case 0..<0x20: "\\u" + padded(hexadecimal: UInt32(byte))
      default: nil
      }
    }
    return "\"\(escaped)\""
  }

  /// A JSON array of strings.
  package static func array(_ strings: [String]) -> String {
    "[" + strings.map(quoted).joined(separator: ",") + "]"
  }

  /// The strings of a JSON array of strings, or nil where the text is not one.
  package static func strings(inArray text: String) -> [String]? {
    if let strings = FlatJSON.strings(inArray: text) { return strings }
    // Losing the parser's error is right: the caller only asks whether it is such an array.
    return try? JSONDecoder().decode([String].self, from: Data(text.utf8))
  }

  /// One flat JSON object of column values; its keys are sorted, so equal rows give equal texts.
  ///
  /// A BLOB is written as null: it is never captured.
  package static func object(_ values: RowValues) -> String {
    let members = values.sorted { $0.key < $1.key }.map { column, value in
      quoted(column.string) + ":" + literal(value)
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// The column values of a flat JSON object, or nil where the text is not one.
  package static func values(inObject text: String) -> RowValues? {
    if let values = FlatJSON.values(inObject: text) { return values }
    // Losing the parser's error is right: the caller only asks whether it is such an object.
    return (try? JSONDecoder().decode([ExactText: Scalar].self, from: Data(text.utf8)))?.mapValues(
      \.value)
  }

  private static func literal(_ value: Value) -> String {
    switch value {
    case .null, .blob: "null"
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): quoted(text)
    }
  }

  private static func padded(hexadecimal value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private struct Scalar: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = .null
      } else if let number = try? container.decode(Int64.self) {  // or another type
        value = .integer(number)
      } else if let number = try? container.decode(Double.self) {  // or another type
        value = .real(number)
      } else if let flag = try? container.decode(Bool.self) {  // or another type
        value = .integer(flag ? 1 : 0)
      } else {
        value = .text(try container.decode(String.self))
      }
    }
  }
}
