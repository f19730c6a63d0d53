/// The dated forms of a `when:`.
extension WhenWords {
  /// A dated form, or a change with a delay.
  mutating func dated(_ festivals: Festivals) throws(WhenProblem) -> When {
    let (kind, basis) = try moments(festivals)
    var end = RecurrenceEnd()
    var at: TimeOfDay?
    let isEvery = Schedule(kind, basis).isEvery
    while true {
      if isEvery, end.column == nil, take("until") {
        end.column = try column()
      } else if isEvery, end.times == nil, isNext(["at", "most"]) {
        next += 2
        end.times = try times()
      } else if at == nil, take("at") {
        at = try timeOfDay(mayEnd: isEvery)
      } else {
        break
      }
    }
    let schedule = Schedule(kind, basis, at: at, end: end)
    if case .change(let change) = basis { return .change(change, delay: schedule) }
    return .dated(schedule)
  }

  /// `on DATE`, `N UNIT before|after DATE`, `N UNIT after CHANGE`, `every …`.
  private mutating func moments(
    _ festivals: Festivals
  ) throws(WhenProblem) -> (Schedule.Kind, Schedule.Basis) {
    if take("on") { return (.on, try basis(festivals)) }
    if take("every") { return try recurring() }
    if take("rrule") { return try ruled() }
    let (before, after): (Schedule.Kind, Schedule.Kind)
    if let count = try number(of: ["workday"], ["workdays"], upTo: WhenWords.mostWorkdays) {
      (before, after) = (.workdaysBefore(count), .workdaysAfter(count))
    } else if let count = try number(
      of: ["working", "hour"], ["working", "hours"], upTo: WhenWords.mostWorkingHours)
    {
      (before, after) = (.workingHoursBefore(count), .workingHoursAfter(count))
    } else {
      let period = try period(
        expected:
          "insert, update, delete, on COLUMN, every UNIT after COLUMN, or N UNIT before or after COLUMN",
        units: "\(WhenWords.unitNames), workdays, working hours"
      )
      (before, after) = (.before(period), .after(period))
    }
    if take("before") { return (before, try basis(festivals)) }
    guard take("after") else { throw problem("before or after, and a column") }
    if let change = try change() { return (after, .change(change)) }
    return (after, try basis(festivals))
  }

  /// `09:30`, behind `at`.
  private mutating func timeOfDay(mayEnd: Bool) throws(WhenProblem) -> TimeOfDay {
    guard case .time(let text)? = peek, let time = TimeOfDay(text) else {
      let hint =
        !mayEnd && isNext(["most"])
        ? " (`at most N times` needs an `every` that counts from a column)" : ""
      throw problem("a time of day from 00:00 to 23:59" + hint)
    }
    next += 1
    return time
  }

  /// `3 times`, behind `at most`.
  private mutating func times() throws(WhenProblem) -> Int {
    guard case .number(let digits)? = peek, digits.count <= WhenWords.mostDigits,
      let count = Int(digits), (1...WhenWords.mostTimes).contains(count)
    else { throw problem("a number from 1 to \(WhenWords.mostTimes), and times") }
    next += 1
    guard take("times") || take("time") else { throw problem("times") }
    return count
  }

  /// Nobody means more by a limit.
  private static let mostTimes = 10_000

  /// Whether these names stand here, in any case.
  private func isNext(_ words: [String]) -> Bool {
    guard next + words.count <= tokens.count else { return false }
    return zip(tokens[next...], words).allSatisfy { token, word in
      if case .name(let name) = token.word { name.lowercased() == word } else { false }
    }
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

  /// The number in front of a unit of one or two words, such as `3 workdays`; nil where something else stands here.
  private mutating func number(
    of one: [String], _ many: [String], upTo most: Int
  ) throws(WhenProblem) -> Int? {
    guard case .number(let digits)? = peek else { return nil }
    let start = next
    next += 1
    guard isNext(one) || isNext(many) else {
      next = start
      return nil
    }
    guard digits.count <= WhenWords.mostDigits, let count = Int(digits), (1...most).contains(count)
    else {
      next = start
      throw problem("a number from 1 to \(most) of \(many.joined(separator: " "))")
    }
    next += many.count
    return count
  }

  /// Ten years; days off are not published that far ahead.
  private static let mostWorkdays = 2_600
  /// About a year of work.
  private static let mostWorkingHours = 2_000

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
    if isNumberOfDays {
      let days = try column()
      next += 1
      guard take("after") else { throw problem("after, and a column") }
      return (.everyDays(in: days, count: nil), .column(try column()))
    }
    if let days = try regularDays() { return (.on, .days(.regular(days))) }
    guard let unit = unit() else {
      throw problem(
        "a day such as Monday, a unit (\(WhenWords.unitNames)), a number of them, or COLUMN days")
    }
    if take("after") { return (.every(Period(1, unit)), .column(try column())) }
    guard unit == .year || unit == .month else { throw problem("after, and a column") }
    guard take("on") else { throw problem("after or on, and a column") }
    if unit == .month { return (.everyMonthOn, .column(try column())) }
    // A column may be called lunar, and one that holds lunar dates may be called date.
    guard isFollowedByColumn, take("lunar") else { return (.everyYearOn, .column(try column())) }
    let isLunarDate = isFollowedByColumn && take("date")
    return (isLunarDate ? .everyLunarDate : .everyLunarYearOn, .column(try column()))
  }

  /// Whether a column stands here that tells a number of days: `cycle days`.
  private var isNumberOfDays: Bool {
    guard next + 1 < tokens.count, case .name(let unit) = tokens[next + 1].word,
      ["day", "days"].contains(unit.lowercased())
    else { return false }
    switch tokens[next].word {
    case .name, .quoted: return true
    case .number, .time, .date, .hyphenated, .comma: return false
    }
  }

  private var isFollowedByColumn: Bool {
    guard next + 1 < tokens.count else { return false }
    switch tokens[next + 1].word {
    case .name(let name): return !["at", "until"].contains(name.lowercased())
    case .quoted: return true
    case .number, .time, .date, .hyphenated, .comma: return false
    }
  }
}
