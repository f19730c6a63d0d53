import Glibc
import KindlyCore

/// Turns bytes of a named charset into text, through the C library.
enum Charset {
  /// The charsets of mail that is still sent; any other name is read as Windows-1252.
  ///
  /// The list is closed because the C library would load a module for whatever name a mail gives. Chinese mail that
  /// says GB2312 is GBK in truth, and mail that says Latin-1 is Windows-1252.
  private static let known: [(prefixes: [String], name: String)] = [
    (["utf-8", "utf8", "us-ascii", "ascii", "ansi_x3"], "UTF-8"),
    (["gb", "x-gbk", "cp936", "hz"], "GB18030"), (["big5"], "BIG5-HKSCS"),
    (["iso-2022-jp"], "ISO-2022-JP-2"), (["shift_jis", "sjis", "x-sjis", "windows-31j"], "CP932"),
    (["euc-jp"], "EUC-JP"), (["euc-kr", "ks_c_5601"], "CP949"), (["koi8-u"], "KOI8-U"),
    (["koi8"], "KOI8-R"), (["iso-8859-15"], "ISO-8859-15"), (["iso-8859-2"], "ISO-8859-2"),
    (["iso-8859-5"], "ISO-8859-5"), (["iso-8859-7"], "ISO-8859-7"), (["iso-8859-9"], "CP1254"),
    (["windows-1250"], "CP1250"), (["windows-1251"], "CP1251"), (["windows-1253"], "CP1253"),
    (["windows-1254"], "CP1254"), (["windows-1257"], "CP1257"), (["utf-16le"], "UTF-16LE"),
    (["utf-16"], "UTF-16"), (["utf-7"], "UTF-7"),
  ]
  private static let standard = "CP1252"

  /// The text; what the charset does not have becomes a replacement character.
  ///
  /// - Parameter label: as the mail names the charset; nil where it names none.
  static func text(_ bytes: [UInt8], labelled label: String?) -> String {
    let label = label?.lowercased() ?? "utf-8"
    let name = known.first { $0.prefixes.contains(where: label.exactlyStarts) }?.name ?? standard
    if name.isExactly("UTF-8") {
      // Mail without a label, or with a wrong one, is UTF-8 if it can be.
      return String(validating: bytes, as: UTF8.self) ?? converted(bytes, from: standard)
    }
    return converted(bytes, from: name)
  }

  private static func converted(_ bytes: [UInt8], from name: String) -> String {
    // The failure is the pointer -1.
    guard let handle = iconv_open("UTF-8", name), handle != iconv_t(bitPattern: -1) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    defer { iconv_close(handle) }
    var input = bytes.map { CChar(bitPattern: $0) }
    var output: [UInt8] = []
    var buffer = [CChar](repeating: 0, count: 1 << 12)
    input.withUnsafeMutableBufferPointer { input in
      var next = input.baseAddress
      var left = input.count
      while left > 0 {
        let before = left
        buffer.withUnsafeMutableBufferPointer { buffer in
          var end = buffer.baseAddress
          var room = buffer.count
          let result = iconv(handle, &next, &left, &end, &room)
          output += buffer[..<(buffer.count - room)].lazy.map { UInt8(bitPattern: $0) }
          // E2BIG has only filled the buffer; any other failure is a byte that cannot be converted.
          if result == -1, errno != E2BIG || left == before, left > 0 {
            output += "\u{FFFD}".utf8
            next = next?.advanced(by: 1)
            left -= 1
          }
        }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
