/// A day of the week.
package enum Weekday: Int, Hashable, Comparable, Sendable, CaseIterable, CustomStringConvertible {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday

  /// The day's English name with a capital: `Monday`.
  package var description: String {
    switch self {
    case .monday: "Monday"
    case .tuesday: "Tuesday"
    case .wednesday: "Wednesday"
    case .thursday: "Thursday"
    case .friday: "Friday"
    case .saturday: "Saturday"
    case .sunday: "Sunday"
    }
  }

  /// The first three letters of the name: `Mon`.
  package var abbreviation: String { String(description.prefix(3)) }

  /// A day from its English name or the first three letters of it, in any case; nil for anything else.
  package init?(_ text: String) {
    let word = text.lowercased()
    let named = Weekday.allCases.first { day in
      word == day.description.lowercased() || word == day.abbreviation.lowercased()
    }
    guard let named else { return nil }
    self = named
  }

  package static func < (left: Weekday, right: Weekday) -> Bool { left.rawValue < right.rawValue }
}

extension Set<Weekday> {
  package static let mondayToFriday: Set<Weekday> = [
    .monday, .tuesday, .wednesday, .thursday, .friday,
  ]
  package static let weekend: Set<Weekday> = [.saturday, .sunday]
}

extension CivilDate {
  /// The day of the week.
  package var dayOfWeek: Weekday {
    // `weekday` is 1 for Monday to 7 for Sunday, as the raw values are.
    Weekday(rawValue: weekday) ?? .monday
  }

  /// The date of the n-th such weekday of a month, counted from its end where n is negative; nil where it has none.
  package init?(nth: Int, _ weekday: Weekday, ofMonth month: Int, year: Int) {
    guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
    let length = CivilDate.length(ofMonth: month, year: year)
    let offset = (weekday.rawValue - first.weekday + 7) % 7
    let count = (length - offset + 6) / 7
    let index = nth > 0 ? nth - 1 : count + nth
    guard nth != 0, (0..<count).contains(index) else { return nil }
    self.init(year: year, month: month, day: 1 + offset + 7 * index)
  }
}
