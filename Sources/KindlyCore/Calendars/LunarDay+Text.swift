/// Why a text is not a day of the Chinese calendar: what was expected, what was found, and where.
package struct LunarDayProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String
  /// Where in the text, in Unicode scalars counted from zero.
  package let offset: Int

  /// What was expected and what was found.
  package var description: String { "expected \(expected), got \(got)" }
}

extension LunarDay {
  /// Reads `08-15`, `8-15`, `06L-15`, `8月15日`, `八月十五`, `闰六月十五`, `腊月廿三`, `正月初一`, `除夕`.
  ///
  /// Simplified and traditional characters are read, and 农历 in front. White space around a part does not matter.
  package static func parse(_ text: String) throws(LunarDayProblem) -> LunarDay {
    var words = LunarWords(text)
    return try words.lunarDay()
  }

  /// The day as people write it in Chinese: `八月十五`, `闰六月十五`, `腊月廿三`, `除夕`.
  package var chinese: String {
    switch self {
    case .lastOfYear: "除夕"
    case .day(let month, let isLeapMonth, let day):
      "\(isLeapMonth ? "闰" : "")\(LunarWords.monthNames[month - 1])月\(LunarWords.dayNames[day - 1])"
    }
  }
}

/// The parts of a text that names a day of the Chinese calendar, read from left to right by Unicode scalars.
private struct LunarWords {
  private let scalars: [Unicode.Scalar]
  private var next = 0

  static let monthNames = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"]
  static let dayNames = [
    "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十", "十一", "十二", "十三", "十四", "十五",
    "十六", "十七", "十八", "十九", "二十", "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八", "廿九", "三十",
  ]

  /// Names of the last day of the year.
  private static let eves = ["除夕", "大年三十", "年三十", "大年夜"]
  /// Spellings of months, those first that others are the beginning of.
  private static let months =
    [("十一", 11), ("十二", 12), ("一", 1), ("臘", 12)]
    + zip(monthNames, 1...12).map { ($0, $1) }
  /// Spellings of days, those first that others are the beginning of.
  private static let days =
    zip(["一", "二", "三", "四", "五", "六", "七", "八", "九"], 21...29).map { ("二十\($0)", $1) }
    + zip(dayNames, 1...30).map { ($0, $1) } + [("卅", 30), ("廿", 20), ("十", 10)]
  private static let example = "a day of the Chinese calendar such as 08-15, 闰六月十五 or 除夕"

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func lunarDay() throws(LunarDayProblem) -> LunarDay {
    skipSpace()
    if take("农历") || take("農曆") { skipSpace() }
    if LunarWords.eves.contains(where: { take($0) }) {
      try end()
      return .lastOfYear
    }
    if take("大年") {
      let day = try dayOfMonth(after: "大年")
      try end()
      return .day(month: 1, isLeapMonth: false, day: day)
    }
    var isLeap = take("闰") || take("閏")
    skipSpace()
    let month = try month(isLeap: isLeap)
    if !isLeap, take("L") || take("l") { isLeap = true }
    skipSpace()
    let day: Int
    if take("-") {
      skipSpace()
      day = try number(upTo: 30, "a day from 1 to 30")
    } else if take("月") {
      skipSpace()
      day = try dayOfMonth(after: "月")
    } else {
      throw problem("月 or - after the month")
    }
    try end()
    return .day(month: month, isLeapMonth: isLeap, day: day)
  }

  private mutating func month(isLeap: Bool) throws(LunarDayProblem) -> Int {
    let expected = isLeap ? "a month after 闰" : LunarWords.example
    if isDigit { return try number(upTo: 12, "a month from 1 to 12") }
    for (name, month) in LunarWords.months where take(name) { return month }
    throw problem(expected)
  }

  private mutating func dayOfMonth(after word: String) throws(LunarDayProblem) -> Int {
    if isDigit {
      let day = try number(upTo: 30, "a day from 1 to 30")
      skipSpace()
      _ = take("日") || take("号") || take("號")
      return day
    }
    for (name, day) in LunarWords.days where take(name) {
      _ = take("日")
      return day
    }
    throw problem("a day after \(word), such as 初一, 十五, 廿三 or 15")
  }

  // MARK: Scanning

  private var isDigit: Bool { next < scalars.count && ("0"..."9").contains(scalars[next]) }

  private mutating func number(
    upTo most: Int, _ expected: String
  ) throws(LunarDayProblem) -> Int {
    let start = next
    var value = 0
    while isDigit, next - start < 3 {
      value = value * 10 + Int(scalars[next].value - 0x30)
      next += 1
    }
    guard next > start, next - start <= 2, (1...most).contains(value) else {
      next = start
      throw problem(expected)
    }
    return value
  }

  private mutating func take(_ word: String) -> Bool {
    let wanted = word.unicodeScalars
    guard scalars[next...].starts(with: wanted) else { return false }
    next += wanted.count
    return true
  }

  private mutating func skipSpace() {
    while next < scalars.count, scalars[next].isSpace { next += 1 }
  }

  private mutating func end() throws(LunarDayProblem) {
    skipSpace()
    if next < scalars.count { throw problem("nothing after the day") }
  }

  /// More of a text than this is no help in a message.
  private static let mostShown = 20

  private func problem(_ expected: String) -> LunarDayProblem {
    guard next < scalars.count else {
      return LunarDayProblem(expected: expected, got: "the end", offset: next)
    }
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: scalars[next...].prefix(LunarWords.mostShown))
    return LunarDayProblem(expected: expected, got: "`\(String(shown))`", offset: next)
  }
}
