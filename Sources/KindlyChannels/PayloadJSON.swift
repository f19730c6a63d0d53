import Foundation
import KindlyCore

/// Payloads of the channels that hand over JSON; equal values give equal bytes.
enum PayloadJSON {
  /// - Parameter attached: how many bytes in base64 the value may hold besides a message of the usual size.
  static func bytes(
    of value: some Encodable, attached: Int = 0
  ) throws(UnfitDelivery) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch {
      throw UnfitDelivery(.message, "the message cannot be written as JSON: \(error)")
    }
    guard data.count - attached <= Payload.largest else {
      throw UnfitDelivery(
        .message,
        "the message is \((data.count - attached) / 1024) KB, and at most \(Payload.largest / 1024) KB can be sent"
      )
    }
    return Array(data)
  }

  /// The value in a payload, or nil where another channel type made it.
  static func value<Value: Decodable>(_ type: Value.Type, from payload: Payload) -> Value? {
    // Losing the parser's error is right: the caller only asks whether it is such a payload.
    try? JSONDecoder().decode(type, from: Data(payload.bytes))
  }
}
