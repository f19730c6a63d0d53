import Foundation
import KindlyCore

/// Prints what scripts read: one JSON value, its keys sorted, times as `TimeText.stamp` writes them.
enum JSONOutput {
  static func print(_ value: some Encodable) throws { Swift.print(try text(value)) }

  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// Prints a list of JSON values as they come, so that a long one is never held in memory.
struct JSONList {
  private var isEmpty = true

  func begin() { print("[", terminator: "") }

  mutating func add(_ value: some Encodable) throws {
    print(isEmpty ? "" : ",")
    print(try JSONOutput.text(value), terminator: "")
    isEmpty = false
  }

  func end() { print(isEmpty ? "]" : "\n]") }
}

extension Dictionary where Value == Int {
  /// Counts by the text of their key, with zero for every key that was not met, so that scripts find each.
  func withZeros() -> [String: Int]  // by our own words
  where Key: CaseIterable & RawRepresentable, Key.RawValue == String {
    let counts = Key.allCases.map { ($0.rawValue, self[$0] ?? 0) }
    return [String: Int](uniqueKeysWithValues: counts)  // by our own words
  }
}

/// Prints comma-separated values as RFC 4180 has them.
enum CSVOutput {
  static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let needsQuotes = cell.unicodeScalars.contains { scalar in
        ",\"".unicodeScalars.contains(scalar) || Character(scalar).isNewline
      }
      return needsQuotes ? "\"" + cell.doubling("\"") + "\"" : cell
    }
    .joined(separator: ",")
  }
}
