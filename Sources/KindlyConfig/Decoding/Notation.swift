package import KindlyCore

/// The small notations of the configuration that are not YAML's: durations, windows, routes, names.
package enum Notation {
  /// `yes` or `no`.
  package static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "true": true
    case "no", "false": false
    default: nil
    }
  }

  /// `500ms`, `5s`, `2m` or `2min`, `1h`, `1d`; a blank before the unit is allowed.
  static func duration(_ text: String) -> Duration? {
    let digits = text.prefix(while: \.isASCIIDigit)
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard !digits.isEmpty, digits.count <= 9, let count = Int(digits) else { return nil }
    switch unit {
    case "ms": return .milliseconds(count)
    case "s", "second", "seconds": return .seconds(count)
    case "m", "min", "minute", "minutes": return .minutes(count)
    case "h", "hour", "hours": return .hours(count)
    case "d", "day", "days": return .days(count)
    default: return nil
    }
  }

  /// A duration within bounds.
  package static func duration(_ text: String, in range: ClosedRange<Duration>) -> Duration? {
    duration(text).flatMap { range.contains($0) ? $0 : nil }
  }

  /// A path that means the same wherever kindly is started.
  package static func absolutePath(_ text: String) -> String? {
    text.utf8.first == UInt8(ascii: "/") && !text.utf8.contains(0) ? text : nil
  }

  /// What an address kind may be, for errors.
  package static let addressKindWords =
    "email, phone, key, or the word of another address in `customers:`"

  /// The kind of address with this word; nil where it cannot be a key of `customers:`, or is one that means something
  /// else.
  package static func addressKind(_ word: String) -> AddressKind? {
    if let kind = [AddressKind.email, .phone, .key].first(where: { $0.word.isExactly(word) }) {
      return kind
    }
    let isFree = AddressKind.isWord(word) && !PeopleDecoder.otherKeys.containsExactly(word)
    return isFree ? AddressKind(word) : nil
  }

  /// `wechat else sms else email`, `inbox else after 24 hours unread sms`; nil where it is no such chain.
  static func route(_ text: String) -> Route? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    var channels: [String] = []
    var unread: [Int: Period] = [:]
    for (index, link) in words.split(separator: "else", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard let channel = link.last, isName(channel) else { return nil }
      channels.append(channel)
      if link.count == 1 { continue }
      guard index > 0, let period = unreadPeriod(link.dropLast()) else { return nil }
      unread[index] = period
    }
    return Route(channels, unread: unread)
  }

  /// `after 24 hours unread`.
  private static func unreadPeriod(_ words: ArraySlice<String>) -> Period? {
    guard words.count == 4, words.first == "after", words.last == "unread" else { return nil }
    // Losing the reason is right: the caller says what a route looks like.
    return try? Period.parse(words.dropFirst().dropLast().joined(separator: " "))
  }

  /// Whether a text can name a source, watch, channel, rule or step: it will be typed in a shell.
  static func isName(_ text: String) -> Bool {
    guard (1...longestName).contains(text.count), let first = text.first,
      first.isLetter || first.isNumber
    else { return false }
    return text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
  }

  /// Whether a text can be a name that people read: it may have spaces between its words.
  static func isTitle(_ text: String) -> Bool {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return text.count <= longestName && words.allSatisfy { isName(String($0)) }
  }

  static let titleRule =
    "words of letters, digits, `-`, `_` and `.`, at most \(longestName) characters, each beginning with a letter or digit"

  static let nameRule =
    "letters, digits, `-`, `_` and `.`, at most \(longestName), beginning with a letter or digit"

  /// Fits a column of every table that `kindly` prints.
  private static let longestName = 64
}
