/// Recognises what a value is by its form alone.
enum ValueShape {
  /// One `@` between a local part and a domain with a point in it.
  static func isEmail(_ text: String) -> Bool {
    guard text.utf8.count <= 254 else { return false }  // RFC 5321 4.5.3.1.3
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !text.contains(where: \.isWhitespace) else {
      return false
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1
      && labels.allSatisfy { label in
        !label.isEmpty && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
      }
  }

  /// A text that can only be a phone number: with a plus, in the form of Chinese mobile numbers, or with a leading zero
  /// and separators.
  static func isPhone(_ text: String) -> Bool {
    guard let number = PhoneDigits(text), number.isOfUsualLength else { return false }
    return number.hasPlus || isMobileInChina(number.digits)
      || number.hasSeparators && number.digits.hasPrefix("0")
  }

  /// A text of as many digits as a phone number has (E.164: at most 15).
  static func mayBePhone(_ text: String) -> Bool { PhoneDigits(text)?.isOfUsualLength == true }

  /// Eleven digits that begin with 13 to 19.
  static func isMobileInChina(_ digits: String) -> Bool {
    let digits = Array(digits.utf8)
    return digits.count == 11 && digits.allSatisfy(isDigit) && digits[0] == UInt8(ascii: "1")
      && digits[1] >= UInt8(ascii: "3")
  }

  /// A tag such as `en`, `zh-Hans` or `de_AT`; the first part is one of the languages that are written most.
  static func isLanguage(_ text: String) -> Bool {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
    guard let first = parts.first, languages.contains(String(first)), parts.count <= 3 else {
      return false
    }
    return parts.dropFirst().allSatisfy { part in
      (2...4).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
  }

  private static let languages: Set<String> = [
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro",
    "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "ur", "vi", "yue", "zh",
  ]

  /// `Asia/Shanghai`, `China Standard Time` or `UTC+8`; a bare `UTC` or `Singapore` could be anything.
  static func isZone(_ text: String) -> Bool {
    let folded = text.lowercased().utf8
    let isTelling =
      folded.contains(UInt8(ascii: "/")) || folded.suffix(5).elementsEqual(" time".utf8)
      || folded.starts(with: "utc+".utf8) || folded.starts(with: "utc-".utf8)
      || folded.starts(with: "gmt+".utf8) || folded.starts(with: "gmt-".utf8)
    return isTelling && Zone.reading(text) != nil
  }

  /// A date such as `2026-02-10`, `28.12.2026` or `2026年12月28日`, even if the calendar has no such day.
  static func isWrittenDate(_ text: String) -> Bool {
    guard let lengths = lengthsOfDate(text) else { return false }
    return isShort(lengths[1])
      && (lengths[0] == 4 && isShort(lengths[2]) || lengths[2] == 4 && isShort(lengths[0]))
  }

  /// Whether a text may be a date with a year of two digits, such as `28.12.26` or `26-12-28`; the column's name
  /// decides.
  static func mayBeShortYear(_ text: String) -> Bool {
    guard let lengths = lengthsOfDate(text) else { return false }
    return lengths.allSatisfy(isShort) && (lengths[0] == 2 || lengths[2] == 2)
  }

  private static func isShort(_ length: Int) -> Bool { length == 1 || length == 2 }

  /// How many digits the three numbers of a written date have; nil for any other text.
  private static func lengthsOfDate(_ text: String) -> [Int]? {
    let date = text.utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "T") }
    let plain = String(decoding: date, as: UTF8.self)
      .replacing("年", with: "-").replacing("月", with: "-").replacing("日", with: "")
    let parts = plain.utf8.split(omittingEmptySubsequences: false) { byte in
      "-/.".utf8.contains(byte)
    }
    guard parts.count == 3, parts.allSatisfy({ $0.allSatisfy(isDigit) }) else { return nil }
    return parts.map(\.count)
  }

  /// A compact date or Unix time that would be a date of our days.
  static func isNumericDate(_ value: Value) -> Bool {
    guard let number = Int64(value.text) else { return false }
    return DateKind.Number.allCases.contains { $0.isPlausible(number) }
  }

  fileprivate static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// The digits of what may be a telephone number, without the signs that people put between them.
private struct PhoneDigits {
  let digits: String
  let hasPlus: Bool
  let hasSeparators: Bool

  /// Nil where anything else stands in the text.
  init?(_ text: String) {
    let body = text.hasPrefix("+") ? text.dropFirst() : text[...]
    let kept = body.filter { !" -./()".contains($0) }
    guard !kept.isEmpty, kept.utf8.allSatisfy(ValueShape.isDigit) else { return nil }
    digits = kept
    hasPlus = body.count < text.count
    hasSeparators = kept.count < body.count
  }

  /// Seven digits are a number without its area.
  var isOfUsualLength: Bool { (7...15).contains(digits.count) }
}
