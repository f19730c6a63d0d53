/// Why a text is not a day of a festival: what was expected and what was found.
package struct FestivalDayProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String

  /// What was expected and what was found.
  package var description: String { "expected \(expected), got \(got)" }
}

extension FestivalDay {
  private static let example =
    "a day such as `12-25`, `lunar 05-13` or `second Sunday of May`"
  private static let ordinals: [(word: String, short: String, nth: Int)] = [
    ("first", "1st", 1), ("second", "2nd", 2), ("third", "3rd", 3), ("fourth", "4th", 4),
    ("fifth", "5th", 5), ("last", "last", -1),
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// Reads `12-25`, `lunar 05-13` (or a Chinese text, `lunar 五月十三`) and `second Sunday of May`.
  package static func parse(_ text: String) throws(FestivalDayProblem) -> FestivalDay {
    let text = text.trimmed
    let words = text.split(whereSeparator: { $0.isWhitespace }).map { String($0) }
    guard let first = words.first else {
      throw FestivalDayProblem(expected: example, got: "nothing")
    }
    if first.lowercased().isExactly("lunar") {
      return try lunar(words.dropFirst().joined(separator: " "))
    }
    if words.count == 1 { return try fixed(text) }
    return try nth(words, of: text)
  }

  private static func lunar(_ text: String) throws(FestivalDayProblem) -> FestivalDay {
    do throws(LunarDayProblem) {
      return .lunar(try LunarDay.parse(text))
    } catch {
      throw FestivalDayProblem(expected: "\(error.expected) after lunar", got: error.got)
    }
  }

  private static func fixed(_ text: String) throws(FestivalDayProblem) -> FestivalDay {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
      parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }), let month = Int(parts[0]),
      let day = Int(parts[1])
    else { throw FestivalDayProblem(expected: example, got: "`\(text)`") }
    // 2000 is a leap year, so it has every day that some year has.
    guard CivilDate(year: 2000, month: month, day: day) != nil else {
      throw FestivalDayProblem(
        expected: "a day that the calendar has, month first", got: "`\(text)`")
    }
    return .fixed(month: month, day: day)
  }

  private static func nth(
    _ words: [String], of text: String
  ) throws(FestivalDayProblem) -> FestivalDay {
    guard words.count == 4, words[2].lowercased().isExactly("of") else {
      throw FestivalDayProblem(expected: example, got: "`\(text)`")
    }
    let ordinal = words[0].lowercased()
    guard
      let nth = ordinals.first(where: { ordinal.isExactly($0.word) || ordinal.isExactly($0.short) })
    else {
      throw FestivalDayProblem(
        expected: "first, second, third, fourth, fifth or last", got: "`\(words[0])`")
    }
    guard let weekday = Weekday(words[1]) else {
      throw FestivalDayProblem(expected: "a weekday such as Sunday", got: "`\(words[1])`")
    }
    let name = words[3].lowercased()
    guard
      let month = months.firstIndex(where: { month in
        name.isExactly(month.lowercased()) || name.isExactly(month.prefix(3).lowercased())
      })
    else { throw FestivalDayProblem(expected: "a month such as May", got: "`\(words[3])`") }
    return .weekday(nth: nth.nth, weekday, month: month + 1)
  }
}

extension FestivalDay: CustomStringConvertible {
  /// The day as configuration writes it where it can: `12-25`, `lunar 05-13`, `second Sunday of May`.
  package var description: String {
    switch self {
    case .fixed(let month, let day): "\(padded(month, to: 2))-\(padded(day, to: 2))"
    case .lunar(let day): "lunar \(day)"
    case .weekday(let nth, let weekday, let month):
      "\(FestivalDay.ordinal(nth)) \(weekday) of \(FestivalDay.months[month - 1])"
    case .solarTerm(.qingming): "the solar term Qingming"
    case .solarTerm(.winterSolstice): "the winter solstice"
    case .easter(let days): FestivalDay.distance(days, from: "Easter Sunday")
    case .after(let other, let days): FestivalDay.distance(days, from: other.description)
    }
  }

  private static func ordinal(_ nth: Int) -> String {
    ordinals.first { $0.nth == nth }?.word ?? "\(-nth)th last"
  }

  private static func distance(_ days: Int, from day: String) -> String {
    days == 0 ? day : "\(counted(abs(days), "day")) \(days > 0 ? "after" : "before") \(day)"
  }
}
