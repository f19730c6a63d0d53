import Foundation
import KindlyCore
import Synchronization

/// How one language writes dates, times and amounts; made once for a language and shared by all threads.
///
/// The formats are Foundation's (CLDR) in the Gregorian calendar. They are values, so no lock is held while formatting.
struct LanguageFormats: Sendable {
  private let date: Date.FormatStyle
  private let time: Date.FormatStyle
  private let dateAndTime: Date.FormatStyle
  private let weekday: Date.FormatStyle
  private let money: Decimal.FormatStyle
  private let language: String

  private static let known = Mutex<[String: LanguageFormats]>([:])
  /// Languages come from customers' rows, so rubbish must not fill the memory; nobody writes in more than these.
  private static let knownLimit = 500

  /// The formats of a BCP 47 tag; those of English where the text is no tag.
  static func of(_ language: String) -> LanguageFormats {
    if let formats = known.withLock({ $0[language] }) { return formats }
    let formats = LanguageFormats(language)
    known.withLock { known in
      if known.count >= knownLimit { known.removeAll() }
      known[language] = formats
    }
    return formats
  }

  private init(_ language: String) {
    let tag = LanguageTag(language)?.text ?? "en"
    // Plain English means the order of days and months that most of the world reads: 10 February 2026.
    let locale = Locale(identifier: tag == "en" ? "en-GB" : tag)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    calendar.locale = locale
    let base = Date.FormatStyle(locale: locale, calendar: calendar, timeZone: .gmt)
    date = base.year().month(.wide).day()
    time = base.hour().minute()
    dateAndTime = base.year().month(.wide).day().hour().minute()
    weekday = base.weekday(.wide)
    money = Decimal.FormatStyle(locale: locale).precision(.fractionLength(2))
      .rounded(rule: .toNearestOrAwayFromZero)
    self.language = tag
  }

  /// A long date: `10 February 2026`, `2026年2月10日`.
  func date(_ wall: WallClock) -> String { date.format(LanguageFormats.gmt(wall)) }

  func time(_ wall: WallClock) -> String { time.format(LanguageFormats.gmt(wall)) }

  func dateAndTime(_ wall: WallClock) -> String { dateAndTime.format(LanguageFormats.gmt(wall)) }

  func weekday(_ wall: WallClock) -> String { weekday.format(LanguageFormats.gmt(wall)) }

  /// An amount with two decimals, grouped as the language does; half a cent is rounded away from zero.
  func money(_ amount: Decimal) -> String { money.format(amount) }

  /// The instant whose clock in Greenwich shows the wall time, so that no zone enters the formatting.
  private static func gmt(_ wall: WallClock) -> Date { Instant(seconds: wall.secondsOnClock).date }
}

/// Reads an amount as the decimal number that the row holds, never through binary fractions.
enum Amount {
  /// Longer texts are no amounts, and `Decimal` keeps 38 digits.
  private static let digitLimit = 36

  /// The amount, or nil where the value is no number.
  static func read(_ value: Value) -> Decimal? {
    switch value {
    case .null, .blob: nil
    case .integer(let number): Decimal(number)
    // The shortest decimal text that means this number is what the database shows: 1200.1, not 1200.0999….
    case .real(let number): number.isFinite ? Decimal(string: "\(number)", locale: posix) : nil
    case .text(let text): read(text)
    }
  }

  /// An optional sign, digits, and decimals after a point; commas between groups of three are allowed.
  private static func read(_ text: String) -> Decimal? {
    var rest = text.drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    let sign = rest.first == "-" ? "-" : ""
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2, let digits = ungrouped(whole) else {
      return nil
    }
    let fraction = parts.count == 2 ? parts[1] : "0"
    guard !fraction.isEmpty, fraction.allSatisfy(\.isASCIIDigit),
      digits.count + fraction.count <= digitLimit
    else { return nil }
    return Decimal(string: "\(sign)\(digits).\(fraction)", locale: posix)
  }

  private static func ungrouped(_ whole: Substring) -> String? {
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.count == 1 || groups[0].count <= 3
    else { return nil }
    return groups.joined()
  }

  private static let posix = Locale(identifier: "en_US_POSIX")
}
