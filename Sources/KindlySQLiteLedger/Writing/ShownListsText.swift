import Foundation
import KindlyCore

/// The lists of a task's card, as one JSON array.
enum ShownListsText {
  /// Nil where there are none.
  static func text(of lists: [ShownList]) throws -> String? {
    guard !lists.isEmpty else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(lists), as: UTF8.self)
  }

  static func lists(in text: String?) throws -> [ShownList] {
    guard let text else { return [] }
    return try JSONDecoder().decode([ShownList].self, from: Data(text.utf8))
  }
}
