import Foundation
import KindlyCore
import Synchronization

/// How one language writes dates, times and amounts; made once for a language and shared by all threads.
///
/// The formats are Foundation's (CLDR) in the Gregorian calendar. They are values, so no lock is held while
/// formatting.
struct LanguageFormats: Sendable {
  private let date: Date.FormatStyle
  private let time: Date.FormatStyle
  private let dateAndTime: Date.FormatStyle
  private let weekday: Date.FormatStyle
  private let money: Decimal.FormatStyle
  private let language: String

  private static let known = Mutex<[String: LanguageFormats]>([:])
  /// Languages come from customers' rows, so invalid ones must not fill the memory; nobody writes in more than these.
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
    let tag = LanguageTag(language)?.text ?? TemplateLibrary.fallback
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

/// Whether this build can write dates and amounts in other languages at all.
///
/// A statically linked one lacks the data of ICU if the linker dropped it, and would then write every
/// language like English.
package enum TemplateSelfCheck {
  /// What is wrong, or nil; meant to run when the daemon starts and against the released binary.
  package static func run() -> String? {
    let day = WallClock(date: CivilDate(dayNumber: 20_494), secondOfDay: 34_200)
    let chinese = LanguageFormats.of("zh-Hans")
    let german = LanguageFormats.of("de")
    let written = [chinese.date(day), chinese.weekday(day), german.date(day), german.money(1234.5)]
    let expected = ["2026年2月10日", "星期二", "10. Februar 2026", "1.234,50"]
    guard written != expected else { return nil }
    return "this build cannot write dates and amounts in other languages: expected "
      + "\(expected.joined(separator: ", ")), got \(written.joined(separator: ", "))"
  }
}
