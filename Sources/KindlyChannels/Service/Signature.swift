import Crypto
import Foundation
import KindlyCore

/// The pieces that providers' signatures are made of.
enum Signature {
  static func hmacSHA256(key: some ContiguousBytes, _ text: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
  }

  static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
      text += byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
    }
  }

  static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

/// Percent-encoding of a URL's parts (RFC 3986, 2.1): everything but letters, digits and `-._~`.
enum PercentEncoding {
  static func encoded(_ text: String) -> String {
    String(decoding: text.utf8.flatMap { isPlain($0) ? [$0] : sign($0) }, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func sign(_ byte: UInt8) -> [UInt8] {
    Array("%\(Signature.hexadecimal([byte]).uppercased())".utf8)
  }

  /// `a=1&b=2`, in the given order.
  static func form(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
  }
}
