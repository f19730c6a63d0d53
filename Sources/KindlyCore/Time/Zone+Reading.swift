import Foundation
import Synchronization

extension Zone {
  /// The zone that a customer's row names; nil if it is unknown.
  ///
  /// It accepts tzdata names in any case (`asia/tokyo`), Windows names (`China Standard Time`), and fixed offsets
  /// (`GMT+8`, `UTC+08:00`, `+0800`). It rejects ambiguous abbreviations such as CST, which is both Chicago's and
  /// Shanghai's time.
  package static func reading(_ text: String) -> Zone? {
    let text = text.trimmed
    guard !text.isEmpty, text.utf8.count <= longestName, text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return nil
    }
    if let zone = read.withLock({ $0[text] }) { return zone }
    guard let zone = zone(of: text) else { return nil }
    read.withLock { read in
      if read.count >= mostSpellings { read.removeAll() }
      read[text] = zone
    }
    return zone
  }

  /// The longest name of Windows has 31 characters, that of tzdata 32.
  private static let longestName = 64
  /// The most spellings that are cached. A column with more holds something other than zones.
  private static let mostSpellings = 2000
  /// A cache of spellings, because a scan meets the same few zones a million times.
  private static let read = Mutex<[ExactText: Zone]>([:])

  private static func zone(of text: String) -> Zone? {
    if text.utf8.contains(UInt8(ascii: "/")), let zone = named(text) { return zone }
    let folded = text.lowercased()
    if let offset = FixedOffset(folded) { return fixed(offset) }
    let name = folded.replacing(" ", with: "_")
    if let identifier = spellings[name] { return named(identifier) }
    let windows = folded.replacing(" daylight time", with: " standard time")
    if let identifier = WindowsZones.identifiers[windows] { return named(identifier) }
    guard name.utf8.contains(UInt8(ascii: "/")) else { return nil }
    return named(capitalized(name)) ?? named(capitalized(name, lastInCapitals: true))
  }

  /// The names of tzdata by their spelling in lower case; most former names are found by their capitals instead.
  private static let spellings: [ExactText: String] = {
    let all = identifiers + otherNames
    return Dictionary(all.map { ($0.folded, $0) }) { first, _ in first }
  }()

  /// Names that Foundation does not list: those without a slash, and former names whose capitals follow no rule.
  private static let otherNames = [
    "America/Argentina/ComodRivadavia", "America/Knox_IN", "Brazil/DeNoronha",
    "Chile/EasterIsland", "Mexico/BajaNorte", "Mexico/BajaSur",
    "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT",
    "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan",
    "Kwajalein", "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT",
    "Poland", "Portugal", "ROC", "ROK", "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU",
    "WET", "Zulu",
  ]

  /// `asia/ho_chi_minh` as tzdata writes it: `Asia/Ho_Chi_Minh`, `America/Port_of_Spain`, `US/Eastern`.
  private static func capitalized(_ name: String, lastInCapitals: Bool = false) -> String {
    let parts = name.split(separator: "/").map(String.init)
    return parts.enumerated().map { index, part in
      if part == "us" || lastInCapitals && index == parts.count - 1 { return part.uppercased() }
      return capitalizedWords(of: part)
    }.joined(separator: "/")
  }

  private static func capitalizedWords(of part: String) -> String {
    var words = ""
    var word = ""
    for character in part + "_" {
      guard character == "_" || character == "-" else {
        word.append(character)
        continue
      }
      words +=
        ["of", "au", "es"].contains(word) ? word : word.prefix(1).uppercased() + word.dropFirst()
      words.append(character)
      word = ""
    }
    return String(words.dropLast())
  }
}

/// An offset from UTC as people write it, east positive: `GMT+8`, `UTC+08:00`, `UTC-3`, `+0800`.
///
/// Etc/GMT-8 is another thing: a name of tzdata, whose sign is POSIX's and means eight hours east.
struct FixedOffset: Hashable {
  let seconds: Int

  /// From the Dateline to the Line Islands.
  private static let range = -12 * 3600...14 * 3600

  /// Reads a text in lower case; nil where it is no offset.
  init?(_ text: String) {
    var rest = Array(text.utf8).filter { $0 != UInt8(ascii: " ") }[...]
    for prefix in ["utc", "gmt"] where rest.starts(with: prefix.utf8) {
      rest = rest.dropFirst(prefix.utf8.count)
      break
    }
    let sign: Int
    switch rest.popFirst() {
    case UInt8(ascii: "+"): sign = 1
    case UInt8(ascii: "-"): sign = -1
    case UInt8(ascii: "z") where rest.isEmpty && text == "z":
      seconds = 0
      return
    default: return nil  // no sign, no offset
    }
    let parts = rest.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(FixedOffset.isDigit) }) else {
      return nil
    }
    let hours: ArraySlice<UInt8>
    let minutes: ArraySlice<UInt8>
    if parts.count == 2 {
      (hours, minutes) = (parts[0], parts[1])
      guard hours.count <= 2, minutes.count == 2 else { return nil }
    } else {
      (hours, minutes) =
        parts[0].count <= 2 ? (parts[0], []) : (parts[0].dropLast(2), parts[0].suffix(2))
      guard hours.count <= 2 else { return nil }
    }
    let total = sign * (FixedOffset.number(hours) * 3600 + FixedOffset.number(minutes) * 60)
    guard FixedOffset.number(minutes) < 60, FixedOffset.range.contains(total) else { return nil }
    seconds = total
  }

  /// `UTC+08:00`; `UTC` where there is no offset.
  var identifier: String {
    guard seconds != 0 else { return "UTC" }
    let minutes = abs(seconds) / 60
    let text = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "UTC\(seconds < 0 ? "-" : "+")\(text.joined(separator: ":"))"
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
