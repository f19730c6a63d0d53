import ArgumentParser
import KindlyCore

/// A length of time as a person types it: `30s`, `15m`, `2h`, `3d`, `1w`, `2 hours`.
struct Span: ExpressibleByArgument, Hashable {
  let duration: Duration

  /// Ten years: longer is a slip.
  private static let longest = Duration.days(3653)

  init?(argument: String) {
    guard let length = Span.length(argument), length > .zero else { return nil }
    duration = length
  }

  /// The same, which may also be zero.
  static func length(_ argument: String) -> Duration? {
    let digits = argument.prefix(while: \.isASCIIDigit)
    let unit = argument.dropFirst(digits.count).drop(while: \.isWhitespace).lowercased()
    guard digits.count <= 9, let count = Int(digits) else { return nil }
    let length: Duration
    switch unit {
    case "s", "sec", "second", "seconds": length = .seconds(count)
    case "m", "min", "minute", "minutes": length = .minutes(count)
    case "h", "hour", "hours": length = .hours(count)
    case "d", "day", "days": length = .days(count)
    case "w", "week", "weeks": length = .days(7 * count)
    default: return nil  // months and years differ in length
    }
    return length <= longest ? length : nil
  }
}

/// A point in time as a person types it: `2026-02-10`, `2026-02-10 09:30`, `2026-02-10T09:30:00+08:00` as
/// `--json` writes it, `3d`, which is three days ago, or `+2h`, which is
/// in two hours; `+0m` is now.
struct Since: ExpressibleByArgument {
  private enum Form {
    case ago(Duration)
    case ahead(Duration)
    case day(CivilDate)
    case wall(WallClock)
    case exactly(Instant)
  }

  private let form: Form

  init?(argument: String) {
    if argument.utf8.first == UInt8(ascii: "+") {
      guard let length = Span.length(String(argument.dropFirst())) else { return nil }
      form = .ahead(length)
      return
    }
    if let span = Span(argument: argument) {
      form = .ago(span.duration)
      return
    }
    // Losing the cause is right: the argument parser shows the forms that are accepted.
    switch try? Anchor(.text(argument), as: .unknown) {
    case .date(let date) where argument.contains("-"): form = .day(date)
    case .wall(let wall): form = .wall(wall)
    case .instant(let instant): form = .exactly(instant)
    case .date, .day, .lunar, nil: return nil
    }
  }

  /// Whether it was typed with a plus sign, and so means what is still to come.
  var isAhead: Bool {
    switch form {
    case .ahead: true
    case .ago, .day, .wall, .exactly: false
    }
  }

  /// The instant meant, by the clocks of a zone.
  func instant(now: Instant, zone: Zone) -> Instant {
    switch form {
    case .ago(let duration): now - duration
    case .ahead(let duration): now + duration
    case .day(let date): zone.instant(of: WallClock(date: date, secondOfDay: 0))
    case .wall(let wall): zone.instant(of: wall)
    case .exactly(let instant): instant
    }
  }
}

extension CivilDate: ExpressibleByArgument {
  /// A date as `2026-12-05`.
  package init?(argument: String) {
    // Losing the cause is right: the argument parser shows what was typed.
    guard argument.contains("-"), case .date(let date)? = try? Anchor(.text(argument), as: .unknown)
    else { return nil }
    self = date
  }
}

extension TimeOfDay: ExpressibleByArgument {
  /// A time as `10:00`.
  package init?(argument: String) { self.init(argument) }
}
