import KindlyCore

/// The value of a `Retry-After` header (RFC 9110, 10.2.3).
package enum RetryAfter {
  /// A longer wait is a mistake of the other side; it may say so again.
  package static let longest = Duration.hours(6)

  /// A wait that the other side asks for, within bounds.
  package static func wait(seconds: Int) -> Duration {
    .seconds(min(max(seconds, 0), Int(longest.components.seconds)))
  }

  /// How long to wait from `now` on; nil where the text is neither a number of seconds nor a date.
  static func wait(_ text: String, now: Instant) -> Duration? {
    let text = text.trimmed
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Int(text).map(wait) ?? longest
    }
    // A number with a sign or a fraction is no date; libcurl would read parts of it.
    guard text.utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return nil }
    guard let end = HeaderDate.instant(text) else { return nil }
    return min(max(end - now, .zero), longest)
  }
}
