/// A rule by which a day comes again: the `RRULE` of RFC 5545, section 3.3.10, for days without a time.
///
/// `RSCALE` and `SKIP` of RFC 7529 are understood for the Gregorian and the Chinese calendar.
package struct RecurrenceRule: Hashable, Sendable {
  /// How long a period of the rule is.
  package enum Frequency: String, Hashable, Sendable, CaseIterable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// The calendar whose years, months and days the rule counts.
  package enum Scale: String, Hashable, Sendable, CaseIterable {
    case gregorian = "GREGORIAN"
    case chinese = "CHINESE"
  }

  /// A weekday, or the n-th of its kind in a month or a year, from the end where n is negative.
  package struct Day: Hashable, Sendable {
    package let nth: Int?
    package let weekday: Weekday
  }

  /// A month, 1 to 12, or the leap month after it.
  package struct Month: Hashable, Sendable {
    package let number: Int
    package let isLeap: Bool
  }

  /// When the rule ends.
  package enum End: Hashable, Sendable {
    case never
    /// After so many dates.
    case count(Int)
    /// After this day, which may be one of its dates.
    case until(CivilDate)
  }

  package internal(set) var frequency: Frequency
  /// Every so many periods, 1 or more.
  package internal(set) var interval = 1
  package internal(set) var end = End.never
  package internal(set) var byDay: [Day] = []
  package internal(set) var byMonth: [Month] = []
  /// 1 to 31, or -1 for the last day to -31.
  package internal(set) var byMonthDay: [Int] = []
  package internal(set) var byYearDay: [Int] = []
  package internal(set) var byWeekNumber: [Int] = []
  /// Which dates of a period count, from 1, or from -1 for the last.
  package internal(set) var bySetPosition: [Int] = []
  package internal(set) var weekStart = Weekday.monday
  package internal(set) var scale = Scale.gregorian
  package internal(set) var skip = Skip.omit

  init(_ frequency: Frequency) {
    self.frequency = frequency
  }

  /// The longest text of a rule, in Unicode scalars.
  package static let longestText = 2000
  /// The largest interval and count.
  package static let mostTimes = 10_000
}

extension RecurrenceRule {
  /// Days of the week as RFC 5545 writes them, Monday first.
  static let weekdayCodes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
}

extension RecurrenceRule: CustomStringConvertible {
  /// The rule as RFC 5545 writes it, without what holds anyway.
  package var description: String {
    var parts: [String] = []
    if scale != .gregorian || skip != .omit { parts.append("RSCALE=\(scale.rawValue)") }
    parts.append("FREQ=\(frequency.rawValue)")
    if skip != .omit { parts.append("SKIP=\(skip.rawValue)") }
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    switch end {
    case .never: break
    case .count(let count): parts.append("COUNT=\(count)")
    case .until(let date):
      parts.append(
        "UNTIL=\(padded(date.year, to: 4))\(padded(date.month, to: 2))\(padded(date.day, to: 2))")
    }
    let lists: [(String, [String])] = [
      ("BYMONTH", byMonth.map { "\($0.number)\($0.isLeap ? "L" : "")" }),
      ("BYWEEKNO", byWeekNumber.map(String.init)), ("BYYEARDAY", byYearDay.map(String.init)),
      ("BYMONTHDAY", byMonthDay.map(String.init)),
      ("BYDAY", byDay.map { "\($0.nth.map(String.init) ?? "")\($0.weekday.code)" }),
      ("BYSETPOS", bySetPosition.map(String.init)),
    ]
    for (name, items) in lists where !items.isEmpty {
      parts.append("\(name)=\(items.joined(separator: ","))")
    }
    if weekStart != .monday { parts.append("WKST=\(weekStart.code)") }
    return parts.joined(separator: ";")
  }
}

extension Weekday {
  /// The day as RFC 5545 writes it: `MO`.
  var code: String { RecurrenceRule.weekdayCodes[rawValue - 1] }
}
