/// The words of a `when:`, read from left to right.
struct WhenWords {
  enum Word: Hashable {
    case name(String)
    case quoted(String)
    case number(String)
    case time(String)
    /// Digits with hyphens.
    case date(String)
    /// A name with hyphens, which only a festival may have without quotes.
    case hyphenated(String)
    case comma
  }

  struct Token {
    let word: Word
    let text: String
    let offset: Int
  }

  private let tokens: [Token]
  private let length: Int
  var next = 0

  /// Words of the grammar that a column may only have as its name in quotes.
  private static let reserved: Set<String> = ["at", "of", "on", "before", "after", "every"]
  /// More digits than any accepted period has.
  private static let mostDigits = 9

  init(_ text: String) throws(WhenProblem) {
    tokens = try WhenWords.tokens(of: Array(text.unicodeScalars))
    length = text.unicodeScalars.count
  }

  // MARK: Grammar

  /// Takes a comma.
  mutating func takeComma() -> Bool {
    guard peek == .comma else { return false }
    next += 1
    return true
  }

  /// Whether the next word is this keyword, and nothing but a time of day follows.
  func isLast(_ keyword: String) -> Bool {
    guard case .name(let name)? = peek, name.lowercased() == keyword else { return false }
    guard next + 1 < tokens.count else { return true }
    if case .name(let name) = tokens[next + 1].word { return name.lowercased() == "at" }
    return false
  }

  /// Takes the next word if it is this keyword, in any case.
  mutating func take(_ keyword: String) -> Bool {
    guard next < tokens.count, case .name(let name) = tokens[next].word,
      name.lowercased() == keyword
    else { return false }
    next += 1
    return true
  }

  /// `on DATE`, `N UNIT before|after DATE`, `every …`.
  mutating func dated(
    _ festivals: Festivals
  ) throws(WhenProblem) -> (Schedule.Kind, Schedule.Basis) {
    if take("on") { return (.on, try basis(festivals)) }
    if take("every") { return try recurring() }
    if take("rrule") { return try ruled() }
    if let count = try workdays() {
      if take("before") { return (.workdaysBefore(count), try basis(festivals)) }
      if take("after") { return (.workdaysAfter(count), try basis(festivals)) }
      throw problem("before or after, and a column")
    }
    let period = try period(
      expected:
        "insert, update, delete, on COLUMN, every UNIT after COLUMN, or N UNIT before or after COLUMN"
    )
    if take("before") { return (.before(period), try basis(festivals)) }
    if take("after") { return (.after(period), try basis(festivals)) }
    throw problem("before or after, and a column")
  }

  /// A column, `2026-12-05`, `12-25` or `festival NAME`.
  private mutating func basis(_ festivals: Festivals) throws(WhenProblem) -> Schedule.Basis {
    if case .date(let text)? = peek {
      guard let days = CalendarDays(writtenInWhen: text) else {
        throw problem("a date such as 2026-12-05, or 12-25 for every year")
      }
      next += 1
      return .days(days)
    }
    // A column may be called festival.
    if isFestival, take("festival") { return .days(.festival(try festival(festivals))) }
    return .column(try column())
  }

  private var isFestival: Bool {
    guard case .name(let word)? = peek, word.lowercased() == "festival", next + 1 < tokens.count
    else { return false }
    switch tokens[next + 1].word {
    case .name(let name): return name.lowercased() != "at"
    case .quoted, .hyphenated: return true
    case .number, .time, .date, .comma: return false
    }
  }

  /// The words up to `at` or the end, as the name of a festival.
  private mutating func festival(_ festivals: Festivals) throws(WhenProblem) -> Festival {
    let start = next
    var words: [String] = []
    while let word = peek {
      if case .name(let name) = word, name.lowercased() == "at" { break }
      switch word {
      case .name(let name), .quoted(let name), .hyphenated(let name): words.append(name)
      case .number, .time, .date, .comma: throw problem("the name of a festival")
      }
      next += 1
    }
    let name = words.joined(separator: " ")
    do throws(FestivalProblem) {
      return try festivals.named(name)
    } catch {
      throw WhenProblem(
        expected: "the name of a festival", got: "`\(name)`: \(error)",
        offset: tokens[start].offset)
    }
  }

  /// `3 workdays`; nil where something else stands here.
  private mutating func workdays() throws(WhenProblem) -> Int? {
    guard case .number(let digits)? = peek, next + 1 < tokens.count,
      case .name(let unit) = tokens[next + 1].word,
      ["workday", "workdays"].contains(unit.lowercased())
    else { return nil }
    guard digits.count <= WhenWords.mostDigits, let count = Int(digits),
      (1...WhenWords.mostWorkdays).contains(count)
    else { throw problem("a number from 1 to \(WhenWords.mostWorkdays) of workdays") }
    next += 2
    return count
  }

  /// Ten years; days off are not published that far ahead.
  private static let mostWorkdays = 2_600

  /// `"FREQ=…" from COLUMN`, behind `rrule`.
  private mutating func ruled() throws(WhenProblem) -> (Schedule.Kind, Schedule.Basis) {
    guard case .quoted(let text)? = peek else {
      throw problem("a recurrence rule in quotes, such as \"FREQ=MONTHLY;BYDAY=-1FR\"")
    }
    let rule: RecurrenceRule
    do throws(RecurrenceProblem) {
      rule = try RecurrenceRule.parse(text)
    } catch {
      throw WhenProblem(
        expected: error.expected, got: error.got,
        // Behind the opening quote.
        offset: tokens[next].offset + 1 + error.offset)
    }
    next += 1
    guard take("from") else { throw problem("from, and a column") }
    return (.byRule(rule), .column(try column()))
  }

  private mutating func recurring() throws(WhenProblem) -> (Schedule.Kind, Schedule.Basis) {
    if case .number? = peek {
      let period = try period(expected: "a period such as 3 months")
      guard take("after") else { throw problem("after, and a column") }
      return (.every(period), .column(try column()))
    }
    if let days = try regularDays() { return (.on, .days(.regular(days))) }
    guard let unit = unit() else {
      throw problem(
        "a day such as Monday, a unit (\(WhenWords.unitNames)) or a number of them")
    }
    if take("after") { return (.every(Period(1, unit)), .column(try column())) }
    guard unit == .year else { throw problem("after, and a column") }
    guard take("on") else { throw problem("after or on, and a column") }
    // A column may be called lunar.
    let isLunar = isFollowedByColumn && take("lunar")
    return (isLunar ? .everyLunarYearOn : .everyYearOn, .column(try column()))
  }

  private var isFollowedByColumn: Bool {
    guard next + 1 < tokens.count else { return false }
    switch tokens[next + 1].word {
    case .name(let name): return name.lowercased() != "at"
    case .quoted: return true
    case .number, .time, .date, .hyphenated, .comma: return false
    }
  }

  mutating func period(expected: String) throws(WhenProblem) -> Period {
    guard case .number(let digits)? = peek else { throw problem(expected) }
    let start = next
    next += 1
    guard let unit = unit() else { throw problem("a unit: \(WhenWords.unitNames)") }
    guard digits.count <= WhenWords.mostDigits, let count = Int(digits), count >= 1,
      Period(count, unit).roughly <= Period.longest
    else {
      next = start
      throw problem("a number from 1 to \(WhenWords.most(of: unit)) of \(unit.rawValue)s")
    }
    return Period(count, unit)
  }

  mutating func columns() throws(WhenProblem) -> [String] {
    var names = [try column()]
    while takeComma() {
      let name = try column()
      if names.contains(name) {
        next -= 1
        throw problem("each column once")
      }
      names.append(name)
    }
    return names
  }

  mutating func timeOfDay() throws(WhenProblem) -> TimeOfDay? {
    guard take("at") else { return nil }
    guard case .time(let text)? = peek, let time = TimeOfDay(text) else {
      throw problem("a time of day from 00:00 to 23:59")
    }
    next += 1
    return time
  }

  func end(after when: When) throws(WhenProblem) {
    switch when {
    case .insert, .delete: try end(expected: "nothing after \(when.text)")
    case .update(let columns):
      try end(
        expected: columns.isEmpty
          ? "of and columns, or nothing" : "a comma and a column, or nothing")
    case .dated(let schedule):
      try end(expected: schedule.at == nil ? "at HH:MM, or nothing" : "nothing after the time")
    }
  }

  func end(expected: String) throws(WhenProblem) {
    if next < tokens.count { throw problem(expected) }
  }

  // MARK: Words

  /// A column as the grammar spells it: in quotes where it is no plain name.
  static func spelling(_ column: String) -> String {
    let scalars = column.unicodeScalars
    let isPlain =
      scalars.first.map(isNameStart) == true && scalars.allSatisfy(isNamePart)
      && !reserved.contains(column.lowercased())
    return isPlain
      ? column
      : "\"" + column.doubling("\"") + "\""
  }

  /// A festival's name as the grammar spells it: in quotes where it is not made of plain words.
  static func festivalSpelling(_ name: String) -> String {
    let words = name.split(separator: " ", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { word in
      let parts = word.split(separator: "-", omittingEmptySubsequences: false)
      return word.lowercased() != "at"
        && parts.allSatisfy { part in
          let scalars = part.unicodeScalars
          return scalars.first.map(isNameStart) == true && scalars.allSatisfy(isNamePart)
        }
    }
    return isPlain ? name : "\"" + name.doubling("\"") + "\""
  }

  var peek: Word? { next < tokens.count ? tokens[next].word : nil }

  private mutating func unit() -> Period.Unit? {
    guard case .name(let name)? = peek else { return nil }
    let word = name.lowercased()
    guard
      let unit = Period.Unit.allCases.first(where: {
        word == $0.rawValue || word == $0.rawValue + "s"
      })
    else { return nil }
    next += 1
    return unit
  }

  private mutating func column() throws(WhenProblem) -> String {
    let expected = "a column: a name, or a \"quoted name\""
    switch peek {
    case .quoted(let name)?:
      next += 1
      return name
    case .name(let name)?:
      if WhenWords.reserved.contains(name.lowercased()) {
        throw problem(expected + " (put the name of a column called \(name) in quotes)")
      }
      next += 1
      return name
    case .hyphenated?:
      throw problem(expected + " (put a name with unusual characters between \" and \")")
    case .number?, .time?, .date?, .comma?, nil: throw problem(expected)
    }
  }

  func problem(_ expected: String) -> WhenProblem {
    guard next < tokens.count else {
      return WhenProblem(expected: expected, got: "the end", offset: length)
    }
    return WhenProblem(
      expected: expected, got: "`\(tokens[next].text)`", offset: tokens[next].offset)
  }

  private static let unitNames = Period.Unit.allCases.map { $0.rawValue + "s" }.joined(
    separator: ", ")

  private static func most(of unit: Period.Unit) -> Int {
    Int(Period.longest.wholeMilliseconds / Period(1, unit).roughly.wholeMilliseconds)
  }
}
