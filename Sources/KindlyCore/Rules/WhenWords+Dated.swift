/// The dated forms of a `when:`.
extension WhenWords {
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
}
