import Glibc

/// Turns a file's bytes into UTF-8.
enum CSVEncoding {
  private static let marks: [(name: String, bytes: [UInt8])] = [
    ("UTF-16", [0xFF, 0xFE]), ("UTF-16", [0xFE, 0xFF]),
  ]
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The bytes in UTF-8 without a byte order mark. If no encoding is named, they are assumed to be UTF-8 and not
  /// checked.
  static func utf8(_ bytes: [UInt8], from encoding: String?) throws(CSVFault) -> [UInt8] {
    var bytes = bytes
    if let encoding {
      bytes = try converted(bytes, from: encoding)
    } else if let other = marks.first(where: { bytes.starts(with: $0.bytes) }) {
      throw CSVFault(
        line: 1, text: "begins like \(other.name); write `encoding: \(other.name)` in the source")
    }
    return bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
  }

  private static func converted(
    _ bytes: [UInt8], from encoding: String
  ) throws(CSVFault) -> [UInt8] {
    guard let converter = Converter(from: encoding) else {
      throw CSVFault(
        line: 1, text: "is configured as \(encoding), an encoding that this system cannot read")
    }
    defer { converter.close() }
    return converter.convert(bytes)
  }
}

/// One converter of the C library.
private struct Converter {
  private let handle: iconv_t

  init?(from encoding: String) {
    // The failure is the pointer -1.
    guard let handle = iconv_open("UTF-8", encoding), handle != iconv_t(bitPattern: -1) else {
      return nil
    }
    self.handle = handle
  }

  func close() { iconv_close(handle) }

  /// A byte that never occurs in UTF-8; it marks bytes that could not be converted.
  private static let mark: UInt8 = 0xFF

  /// Converts the bytes to UTF-8. Each byte that cannot be converted becomes a mark, so that its line can be found.
  func convert(_ bytes: [UInt8]) -> [UInt8] {
    var input = bytes.map { CChar(bitPattern: $0) }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 3 / 2)
    var buffer = [CChar](repeating: 0, count: 1 << 16)
    input.withUnsafeMutableBufferPointer { input in
      var next = input.baseAddress
      var left = input.count
      while left > 0 {
        let (taken, code) = buffer.withUnsafeMutableBufferPointer { room in
          var free = room.count
          var place = room.baseAddress
          let result = iconv(handle, &next, &left, &place, &free)
          return (room.count - free, result == -1 ? errno : 0)
        }
        output.append(contentsOf: buffer[..<taken].lazy.map { UInt8(bitPattern: $0) })
        guard code != 0, code != E2BIG else { continue }
        output.append(Converter.mark)
        // A character that the end cuts off, or a byte in its middle.
        if code != EILSEQ { return }
        next = next?.advanced(by: 1)
        left -= 1
      }
    }
    return output
  }
}
