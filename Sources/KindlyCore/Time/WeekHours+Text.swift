extension WeekHours {
  /// Reads the windows of one text: `21:00-08:30`, `weekdays 09:00-12:00, 13:30-18:00`, `Saturday 10:00-14:00`.
  ///
  /// Days come first: `weekdays`, `weekends`, `workdays`, `daily`, a weekday, a range of weekdays, or several with commas
  /// between. Without any, windows are on every day. Hyphens, dashes and `to` are the same.
  package static func windows(in text: String) throws(HoursProblem) -> [Window] {
    var scanner = HoursScanner(text)
    return try scanner.windows()
  }

  /// Reads hours that are written as one text.
  package static func parse(_ text: String) throws(HoursProblem) -> WeekHours {
    guard let hours = WeekHours(try windows(in: text)) else {
      throw HoursProblem(expected: "hours such as 09:00-18:00", got: "none", offset: 0)
    }
    return hours
  }
}

extension WeekHours: CustomStringConvertible {
  /// The hours as configuration writes them: `weekdays 09:00-18:00, Saturday 10:00-14:00`.
  package var description: String { windows.map(\.description).joined(separator: ", ") }
}

extension WeekHours.Window: CustomStringConvertible {
  /// The window as `weekdays 09:00-18:00`.
  package var description: String {
    let end = TimeOfDay.text(ofMinute: to > 1440 ? to - 1440 : to)
    return "\(days.words.map { "\($0) " } ?? "")\(TimeOfDay.text(ofMinute: from))-\(end)"
  }
}

extension WeekHours.Days {
  /// The days as configuration writes them; nil for every day.
  fileprivate var words: String? {
    switch self {
    case .every: nil
    case .workdays: "workdays"
    case .named(Set.mondayToFriday): "weekdays"
    case .named(Set.weekend): "weekends"
    case .named(let days):
      days.sorted().reduce(into: [ClosedRange<Weekday>]()) { runs, day in
        if let last = runs.last, last.upperBound.rawValue == day.rawValue - 1 {
          runs[runs.count - 1] = last.lowerBound...day
        } else {
          runs.append(day...day)
        }
      }
      .map {
        $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
      }
      .joined(separator: ", ")
    }
  }
}

extension HoursScanner {
  fileprivate mutating func windows() throws(HoursProblem) -> [WeekHours.Window] {
    skipSpace()
    let days = isAtTime ? .every : try namedDays()
    var windows: [WeekHours.Window] = []
    repeat {
      skipSpace()
      let start = next
      let from = try time()
      guard takeDash() || takeTo() else { throw problem("- and the time at which they end") }
      skipSpace()
      let end = next
      let to = try time()
      guard let window = WeekHours.Window(days, from: from, to: to) else {
        next = from == 1440 ? start : end
        throw problem(
          from == 1440
            ? "a time of day before 24:00"
            : "an end other than the start, or 00:00-24:00 for the whole day")
      }
      windows.append(window)
    } while take(",")
    skipSpace()
    guard next == scalars.count else { throw problem("a comma or nothing") }
    return windows
  }

  private var isAtTime: Bool {
    guard next < scalars.count else { return true }
    return ("0"..."9").contains(scalars[next])
  }

  private mutating func namedDays() throws(HoursProblem) -> WeekHours.Days {
    let start = next
    switch word().lowercased() {
    case "daily": return .every
    case "workdays": return .workdays
    case "weekdays": return .named(Set.mondayToFriday)
    case "weekends": return .named(Set.weekend)
    default:
      next = start
      do throws(HoursProblem) {
        return .named(Set(try days()))
      } catch {
        throw HoursProblem(
          expected: "a time such as 09:00, or days such as weekdays, workdays or Saturday",
          got: error.got, offset: error.offset)
      }
    }
  }

  private mutating func takeTo() -> Bool {
    skipSpace()
    let start = next
    if word().isExactly("to") { return true }
    next = start
    return false
  }
}
