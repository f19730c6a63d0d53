import Foundation
import KindlyCore

/// The channels that a reminder passed over, as one JSON array.
enum PassedOverText {
  /// Nil where there are none.
  static func text(of channels: [PassedOver]) throws -> String? {
    guard !channels.isEmpty else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(channels), as: UTF8.self)
  }

  static func channels(in text: String?) throws -> [PassedOver] {
    guard let text else { return [] }
    return try JSONDecoder().decode([PassedOver].self, from: Data(text.utf8))
  }
}
