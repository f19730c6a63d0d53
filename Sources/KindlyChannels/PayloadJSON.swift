import Foundation
import KindlyCore

/// Payloads of the channels that hand over JSON; equal values give equal bytes.
enum PayloadJSON {
  static func bytes(of value: some Encodable) throws(UnfitDelivery) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch {
      throw UnfitDelivery(.message, "the message cannot be written as JSON: \(error)")
    }
    guard data.count <= Payload.largest else {
      throw UnfitDelivery(
        .message,
        "the message is \(data.count / 1024) KB, and at most \(Payload.largest / 1024) KB can be sent"
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
