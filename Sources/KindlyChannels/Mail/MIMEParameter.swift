/// Parameters of header fields that people's file names are put into, RFC 2045 and 2231.
enum MIMEParameter {
  /// A line has at most 76 characters, as in the bodies; one is the space before it, one the semicolon behind it.
  private static let longest = 74
  /// Room for the ending of a name that is cut.
  private static let longestFallback = 60

  /// `name="contract.pdf"` for readers that know no RFC 2231: ASCII alone, cut to one line.
  static func plain(_ name: String, _ text: String) -> String {
    var ascii = HeaderText.neutral(text).map { isQuotable($0) ? $0 : "_" }
    if ascii.count > longestFallback {
      let ending = ascii.lastIndex(of: ".").map { ascii[$0...] } ?? []
      let kept = ending.count < longestFallback ? ending : []
      ascii = Array(ascii.prefix(longestFallback - kept.count) + kept)
    }
    return "\(name)=\"\(String(ascii))\""
  }

  /// The parameter on lines of its own, each ended by CRLF but the last: quoted where it is short ASCII, else in UTF-8 by
  /// RFC 2231.
  static func exact(_ name: String, _ text: String) -> String {
    let value = HeaderText.neutral(text)
    let quoted = "\(name)=\"\(value)\""
    if value.allSatisfy(isQuotable), quoted.utf8.count <= longest { return quoted }
    let pieces = encoded(value)
    let whole = "\(name)*=UTF-8''\(pieces.joined())"
    if whole.utf8.count <= longest { return whole }
    var lines: [String] = []
    var line = "\(name)*0*=UTF-8''"
    for piece in pieces {
      if line.utf8.count + piece.utf8.count > longest {
        lines.append(line)
        line = "\(name)*\(lines.count)*="
      }
      line += piece
    }
    return (lines + [line]).joined(separator: ";\r\n ")
  }

  /// Printable ASCII that stands for itself between quotes, and that no reader takes for an encoded word.
  private static func isQuotable(_ character: Character) -> Bool {
    guard let byte = character.asciiValue else { return false }
    return (0x20...0x7E).contains(byte) && !"\"\\=%".utf8.contains(byte)
  }

  /// The characters as RFC 2231 writes them, one piece for each scalar so that no line cuts one in two.
  private static func encoded(_ text: String) -> [String] {
    text.unicodeScalars.map { scalar in
      String(scalar).utf8.map { byte in
        attributeCharacters.contains(byte)
          ? String(Unicode.Scalar(byte))
          : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }.joined()
    }
  }

  private static let attributeCharacters = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
}
