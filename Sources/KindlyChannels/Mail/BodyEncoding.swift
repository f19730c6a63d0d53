import Foundation

/// Bodies as lines of at most 76 ASCII characters, each ended by CRLF.
enum BodyEncoding: String {
  case quotedPrintable = "quoted-printable"
  case base64

  private static let longestLine = 76

  /// The better encoding for a text: one that keeps it readable if it is mostly ASCII, or a short one if it is not.
  static func fitting(_ text: String) -> BodyEncoding {
    let foreign = text.utf8.count { $0 >= 0x80 }
    return foreign * 6 > text.utf8.count ? .base64 : .quotedPrintable
  }

  /// The text's lines, whatever ended them, encoded.
  func encode(_ text: String) -> String {
    switch self {
    case .base64: BodyEncoding.base64(BodyEncoding.lines(of: text, endedBy: [0x0D, 0x0A]))
    case .quotedPrintable:
      BodyEncoding.quotedPrintable(BodyEncoding.lines(of: text, endedBy: [0x0A]))
    }
  }

  /// The text with CRLF, CR and LF written as one ending.
  private static func lines(of text: String, endedBy ending: [UInt8]) -> [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(text.utf8.count + text.utf8.count / 16)
    var isAfterCR = false
    // Bytes, not characters: Swift's view of CRLF as one character makes searching it a hundred times slower.
    for byte in text.utf8 {
      if byte == 0x0D || byte == 0x0A && !isAfterCR {
        lines.append(contentsOf: ending)
      } else if byte != 0x0A {
        lines.append(byte)
      }
      isAfterCR = byte == 0x0D
    }
    return lines
  }

  /// Bytes of any kind in base64 lines.
  static func base64(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return text.isEmpty || text.hasSuffix("\r\n") ? text : text + "\r\n"
  }

  /// RFC 2045, 6.7.
  private static func quotedPrintable(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 5 / 4)
    var start = 0
    // The text's own last line break is the one written after its last line.
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      append(line: bytes[start..<end], to: &output)
      output.append(0x0D)
      output.append(0x0A)
      start = end + 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(line: ArraySlice<UInt8>, to output: inout [UInt8]) {
    var column = 0
    for index in line.indices {
      let byte = line[index]
      let isLast = index == line.endIndex - 1
      let isPlain =
        switch byte {
        // White space at the end of a line is lost on the way.
        case 0x20, 0x09: !isLast
        // Some relays change a line that begins with a dot or with `From `.
        case 0x2E: column > 0
        case 0x46: column > 0 || !line[index...].starts(with: "From ".utf8)
        case 0x3D: false
        default: (0x21...0x7E).contains(byte)
        }
      let width = isPlain ? 1 : 3
      // One column stays free for the soft line break.
      if column + width > longestLine - (isLast ? 0 : 1) {
        output += [0x3D, 0x0D, 0x0A]
        column = 0
      }
      if isPlain {
        output.append(byte)
      } else {
        output.append(0x3D)
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 15)])
      }
      column += width
    }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)
}
