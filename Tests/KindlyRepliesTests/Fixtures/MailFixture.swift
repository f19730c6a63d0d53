import Foundation

/// A mail as a mail program sends it, for tests.
struct MailFixture {
  /// A mail program with its own headers and its own way of quoting.
  enum Program: String, CaseIterable {
    case gmail, outlook, exchangeHTML, iPhone, thunderbird, foxmail, yahoo, outlookMobile
    case thunderbirdBelow, gmx, qqEnglish
  }

  /// Reminder ids as they are: 20 letters and digits.
  static let id = "k3f9qabcdefgh2345677".replacingOccurrences(of: "9", with: "2")
  static let messageID = "<\(id)@example.com>"

  var headers: [(name: String, value: String)] = []
  var body = ""
  var charset = "utf-8"
  var encoding = "8bit"

  var bytes: [UInt8] {
    var text = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    if !headers.contains(where: { $0.name == "Content-Type" }) {
      text += "Content-Type: text/plain; charset=\(charset)\r\n"
      text += "Content-Transfer-Encoding: \(encoding)\r\n"
    }
    return Array((text + "\r\n").utf8) + transported
  }

  private var transported: [UInt8] {
    let data = data(of: body.replacingOccurrences(of: "\n", with: "\r\n"))
    switch encoding {
    case "base64":
      return Array(
        data.base64EncodedData(options: [.lineLength76Characters, .endLineWithLineFeed]))
    case "quoted-printable": return MailFixture.quotedPrintable(data)
    default: return Array(data)
    }
  }

  private func data(of text: String) -> Data {
    switch charset {
    case "iso-8859-1": text.data(using: .isoLatin1, allowLossyConversion: true) ?? Data()
    case "iso-2022-jp": text.data(using: .iso2022JP, allowLossyConversion: true) ?? Data()
    case "shift_jis": text.data(using: .shiftJIS, allowLossyConversion: true) ?? Data()
    default: Data(text.utf8)
    }
  }

  private static func quotedPrintable(_ data: Data) -> [UInt8] {
    var encoded: [UInt8] = []
    var width = 0
    for byte in data {
      let isPlain = (0x21...0x7E).contains(byte) && byte != 0x3D || byte == 0x0D || byte == 0x0A
      let piece =
        isPlain
        ? [byte]
        : Array(("=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)).utf8)
      if width + piece.count > 75, byte != 0x0D, byte != 0x0A {
        encoded += "=\r\n".utf8
        width = 0
      }
      encoded += piece
      width = byte == 0x0A ? 0 : width + piece.count
    }
    return encoded
  }

  /// An encoded word for a header.
  static func word(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 0x80 }
      ? text : "=?UTF-8?B?\(Data(text.utf8).base64EncodedString())?="
  }
}
