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

  /// The value in a payload, or nil where another type of channel made it.
  static func value<Value: Decodable>(_ type: Value.Type, from payload: Payload) -> Value? {
    // Losing the parser's error is right: the caller only asks whether it is such a payload.
    try? JSONDecoder().decode(type, from: Data(payload.bytes))
  }
}

/// An address that is no mail address: a customer's key or a phone number.
struct PlainAddress: Hashable, Sendable {
  let text: String

  /// Keys are whatever a company chose; this bound only stops what cannot be one.
  private static let longestKey = 400
  /// E.164 has at most 15 digits; some countries write short service numbers of 3.
  private static let phoneDigits = 3...15

  init(key: String) throws(UnfitDelivery) {
    let isSafe = key.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard !key.isEmpty, isSafe, key.utf8.count <= PlainAddress.longestKey else {
      throw UnfitDelivery(
        .address, "the customer's key is empty, too long or holds a control character")
    }
    text = key
  }

  /// A phone number without the spaces, hyphens, dots and brackets that people write.
  init(phone: String) throws(UnfitDelivery) {
    let digits = phone.filter { !" -.()".contains($0) }
    let number = digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
    guard PlainAddress.phoneDigits.contains(number.count), number.allSatisfy(\.isASCIIDigit) else {
      throw UnfitDelivery(.address, "the phone number is not 3 to 15 digits, with or without a +")
    }
    text = digits
  }
}
