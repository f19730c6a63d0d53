/// The text of one template file, and the place of each of its bytes.
struct SourceText: Sendable {
  /// The file as messages name it.
  let file: String
  /// UTF-8 with line feeds only and without a byte order mark.
  let bytes: [UInt8]
  private let lineStarts: [Int]

  /// Text that is in memory; used for the values of a head as well.
  init(file: String, _ text: String) {
    self.init(file: file, normalized: Array(text.utf8))
  }

  /// The text of a file, or nil where it is not UTF-8.
  init?(file: String, utf8 raw: [UInt8]) {
    guard let text = String(validating: raw, as: UTF8.self) else { return nil }
    let unmarked = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    for byte in unmarked.utf8 {
      if byte == UInt8(ascii: "\n"), bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      bytes.append(byte)
    }
    self.init(file: file, normalized: bytes)
  }

  private init(file: String, normalized bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    lineStarts =
      [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  var lineCount: Int { lineStarts.count }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The bytes of a line counted from zero, without its line feed.
  func line(_ index: Int) -> Range<Int> {
    let end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
    return lineStarts[index]..<end
  }

  func place(_ offset: Int) -> TemplatePlace {
    let line = lineStarts.partitionPoint { $0 <= offset } - 1
    // Bytes that continue a character of UTF-8 begin with the bits 10.
    let column = bytes[lineStarts[line]..<offset].count { $0 & 0b1100_0000 != 0b1000_0000 }
    return TemplatePlace(file: file, line: line + 1, column: column + 1)
  }

  /// Where a text first occurs at or after an offset.
  func firstOffset(of text: String, from start: Int) -> Int? {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    var offset = start
    while offset + wanted.count <= bytes.count {
      if bytes[offset] == wanted[0], bytes[offset..<offset + wanted.count].elementsEqual(wanted) {
        return offset
      }
      offset += 1
    }
    return nil
  }
}

extension Array {
  /// The first index whose element does not belong to the leading ones, by binary search.
  func partitionPoint(where belongs: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
