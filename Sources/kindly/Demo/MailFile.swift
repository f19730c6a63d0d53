import Foundation

/// The head of a mail in the maildir, as a mail program shows it.
struct MailFile {
  let subject: String
  let recipient: String

  init(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let head = text.components(separatedBy: "\r\n\r\n").first ?? ""
    let lines = head.replacing("\r\n ", with: " ").components(separatedBy: "\r\n")
    func field(_ name: String) -> String {
      let line = lines.first { $0.lowercased().hasPrefix(name + ":") } ?? ""
      return EncodedWords.decode(line.dropFirst(name.count + 1).drop { $0 == " " })
    }
    subject = field("subject")
    recipient = field("to")
  }
}

/// RFC 2047: texts that are not ASCII in the head of a mail.
enum EncodedWords {
  private static let opening = "=?UTF-8?B?"
  private static let closing = "?="

  /// The text with its encoded words decoded; blanks between two of them are no part of it.
  ///
  /// Kindly writes UTF-8 in base64 alone; what else looks like an encoded word stays as it is.
  static func decode(_ text: some StringProtocol) -> String {
    var decoded = ""
    var lastWasEncoded = false
    for word in text.split(separator: " ") {
      let plain = bytes(of: word)
      if !decoded.isEmpty, plain == nil || !lastWasEncoded { decoded += " " }
      decoded += plain.map { String(decoding: $0, as: UTF8.self) } ?? String(word)
      lastWasEncoded = plain != nil
    }
    return decoded
  }

  private static func bytes(of word: some StringProtocol) -> Data? {
    guard word.hasPrefix(opening), word.hasSuffix(closing) else { return nil }
    return Data(base64Encoded: String(word.dropFirst(opening.count).dropLast(closing.count)))
  }
}
