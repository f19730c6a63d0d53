/// How a text was spoilt by being read in another encoding than it was written in.
package enum Misencoding: String, Hashable, Sendable, CaseIterable {
  /// UTF-8 that was read as Latin-1 or Windows-1252: `FranÃ§ois`.
  case utf8AsLatin1 = "UTF-8 read as Latin-1"
  /// GBK or GB 18030 that was read as Latin-1: `ÕÅÎ°`.
  case gbkAsLatin1 = "GBK read as Latin-1"
  /// Lost bytes: U+FFFD, or what U+FFFD looks like when read as GBK.
  case replaced = "U+FFFD in place of lost bytes"
  /// Letters that were lost: a text of nothing but question marks.
  case questionMarks = "question marks in place of lost letters"

  /// The fault of a text, or nil where it looks sound.
  package init?(of text: String) {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      let marks = text.filter { $0 != " " }
      guard marks.count > 1, marks.allSatisfy({ $0 == "?" }) else { return nil }
      self = .questionMarks
      return
    }
    // 锟斤拷 is two U+FFFD in UTF-8, read as GBK.
    if text.unicodeScalars.contains("\u{FFFD}") || text.contains("锟斤拷") {
      self = .replaced
      return
    }
    let runs = Misencoding.runs(of: text)
    if runs.contains(where: Misencoding.isUTF8) {
      self = .utf8AsLatin1
    } else if !runs.isEmpty, runs.allSatisfy(Misencoding.isGBK),
      runs.contains(where: { $0.count >= 4 })
    {
      // One pair of such letters is in many a French word; two in a row are in none.
      self = .gbkAsLatin1
    } else {
      return nil
    }
  }

  /// The stretches of letters above ASCII as the bytes they would have been in Windows-1252.
  private static func runs(of text: String) -> [[UInt8]] {
    var runs: [[UInt8]] = []
    var run: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let byte = byte(of: scalar) {
        run.append(byte)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    return run.isEmpty ? runs : runs + [run]
  }

  private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x80...0xFF: UInt8(scalar.value)
    default: windows1252[scalar.value]
    }
  }

  /// What Windows-1252 has in the places of Latin-1's control characters (unicode.org, CP1252.TXT).
  private static let windows1252: [UInt32: UInt8] = [
    0x20AC: 0x80, 0x201A: 0x82, 0x0192: 0x83, 0x201E: 0x84, 0x2026: 0x85, 0x2020: 0x86,
    0x2021: 0x87, 0x02C6: 0x88, 0x2030: 0x89, 0x0160: 0x8A, 0x2039: 0x8B, 0x0152: 0x8C,
    0x017D: 0x8E, 0x2018: 0x91, 0x2019: 0x92, 0x201C: 0x93, 0x201D: 0x94, 0x2022: 0x95,
    0x2013: 0x96, 0x2014: 0x97, 0x02DC: 0x98, 0x2122: 0x99, 0x0161: 0x9A, 0x203A: 0x9B,
    0x0153: 0x9C, 0x017E: 0x9E, 0x0178: 0x9F,
  ]

  /// Whether the bytes are letters in UTF-8; a run that was cut by a letter of ASCII range may end within one.
  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && String(validating: bytes, as: UTF8.self) != nil
  }

  /// Whether the bytes are pairs of GB 2312 characters, in which all everyday Chinese is written.
  private static func isGBK(_ bytes: [UInt8]) -> Bool {
    guard bytes.count.isMultiple(of: 2) else { return false }
    return stride(from: 0, to: bytes.count, by: 2).allSatisfy { index in
      (0xB0...0xF7).contains(bytes[index]) && (0xA1...0xFE).contains(bytes[index + 1])
    }
  }
}
