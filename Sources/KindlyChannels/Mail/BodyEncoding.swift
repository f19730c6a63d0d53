import Foundation

/// Bodies as lines of at most 76 ASCII characters, each ended by CRLF.
enum BodyEncoding: String {
  case quotedPrintable = "quoted-printable"
  case base64

  private static let longestLine = 76

  /// The encoding that keeps a text readable in the raw where it is mostly ASCII, and short where it is not.
  static func fitting(_ text: String) -> BodyEncoding {
    let foreign = text.utf8.count { $0 >= 0x80 }
    return foreign * 6 > text.utf8.count ? .base64 : .quotedPrintable
  }

  /// The text's lines, whatever ended them, encoded.
  func encode(_ text: String) -> String {
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    switch self {
    case .base64: return BodyEncoding.base64(Array(lines.replacing("\n", with: "\r\n").utf8))
    case .quotedPrintable: return BodyEncoding.quotedPrintable(lines)
    }
  }

  /// Bytes of any kind in base64 lines.
  static func base64(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return text.isEmpty || text.hasSuffix("\r\n") ? text : text + "\r\n"
  }

  /// RFC 2045, 6.7.
  private static func quotedPrintable(_ text: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count * 5 / 4)
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      // The text's own last line break is the one written after its last line.
      if index == lines.count - 1, line.isEmpty { break }
      append(line: line, to: &output)
      output += [0x0D, 0x0A]
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(line: Substring.UTF8View.SubSequence, to output: inout [UInt8]) {
    var column = 0
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      // Some relays change a line that begins with a dot or with `From `.
      let isRisky = column == 0 && (byte == 0x2E || line[index...].starts(with: "From ".utf8))
      index = line.index(after: index)
      let isLast = index == line.endIndex
      // White space at the end of a line is lost on the way.
      let isPlain =
        (0x21...0x7E).contains(byte) && byte != 0x3D && !isRisky
        || (byte == 0x20 || byte == 0x09) && !isLast
      let width = isPlain ? 1 : 3
      // One column stays free for the soft line break.
      if column + width > longestLine - (isLast ? 0 : 1) {
        output += [0x3D, 0x0D, 0x0A]
        column = 0
      }
      if isPlain { output.append(byte) } else { output += escaped(byte) }
      column += width
    }
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
