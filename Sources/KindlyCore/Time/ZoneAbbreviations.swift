import Foundation

/// Reads the abbreviations of a zone from its file in the time zone database.
///
/// ICU has abbreviations for some zones and languages only, and writes `GMT+8` where `date` writes `CST`.
/// https://www.rfc-editor.org/rfc/rfc8536
struct ZoneAbbreviations {
  private let bytes: [UInt8]

  /// For each offset in seconds, the abbreviation last used with it, if it consists of letters.
  static func byOffset(of identifier: String) -> [Int: String] {
    if identifier == "UTC" { return [0: "UTC"] }
    guard let data = NSTimeZone(name: identifier)?.data else { return [:] }
    return ZoneAbbreviations(bytes: Array(data)).byOffset() ?? [:]
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The counts of a header.
  private struct Header {
    let transitions: Int
    let types: Int
    let characters: Int
    let leaps: Int
    let standards: Int
    let universals: Int
    /// Where the data behind the header begins.
    let start: Int

    static let size = 44

    /// How long the data is, with times of so many bytes.
    func length(timeSize: Int) -> Int {
      transitions * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standards
        + universals
    }
  }

  /// Nil if the bytes are not such a file.
  func byOffset() -> [Int: String]? {
    guard var header = header(at: 0), bytes.count > 4 else { return nil }
    var timeSize = 4
    if bytes[4] >= UInt8(ascii: "2") {
      // Later versions repeat everything with longer times, and may leave the first part empty.
      guard let second = self.header(at: header.start + header.length(timeSize: 4)) else {
        return nil
      }
      (header, timeSize) = (second, 8)
    }
    guard header.start + header.length(timeSize: timeSize) <= bytes.count, header.types > 0 else {
      return nil
    }
    let indices = header.start + header.transitions * timeSize
    let types = indices + header.transitions
    var found: [Int: String] = [:]
    // Type 0 holds before the first transition; a later use of an offset takes its place.
    for index in [0] + bytes[indices..<types].map(Int.init) where index < header.types {
      let type = types + index * 6
      let name = types + header.types * 6 + Int(bytes[type + 5])
      found[number(at: type)] = text(at: name)
    }
    return found.filter { !$0.value.isEmpty && $0.value.allSatisfy { $0.isASCII && $0.isLetter } }
  }

  private func header(at start: Int) -> Header? {
    guard start >= 0, start + Header.size <= bytes.count,
      bytes[start..<start + 4].elementsEqual("TZif".utf8)
    else { return nil }
    let counts = (0..<6).map { number(at: start + 20 + $0 * 4) }
    guard counts.allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
    return Header(
      transitions: counts[3], types: counts[4], characters: counts[5], leaps: counts[2],
      standards: counts[1], universals: counts[0], start: start + Header.size)
  }

  /// A signed number of four bytes, the highest first.
  private func number(at start: Int) -> Int {
    Int(Int32(bitPattern: bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }))
  }

  /// The text up to the next zero byte.
  private func text(at start: Int) -> String {
    guard start < bytes.count else { return "" }
    return String(decoding: bytes[start...].prefix { $0 != 0 }, as: UTF8.self)
  }
}
