/// The reading of a recurrence rule, part by part.
struct RecurrenceReading {
  private var parts: [RecurrencePart] = []

  mutating func take(_ part: RecurrencePart) throws(RecurrenceProblem) {
    switch part.name {
    case "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY",
      "BYWEEKNO", "BYSETPOS", "WKST", "RSCALE", "SKIP":
      parts.append(part)
    case "BYSECOND", "BYMINUTE", "BYHOUR":
      throw RecurrenceProblem(
        part: part.name, expected: "parts about days",
        got: "a part about times of day, which is not supported by Kindly",
        offset: part.offset)
    default:
      let item = RecurrenceItem(scalars: part.value.scalars)
      throw RecurrenceProblem(
        part: nil,
        expected:
          "FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYSETPOS, WKST, RSCALE or SKIP",
        got: "`\(CalendarFile.shown(part.name))`", offset: min(part.offset, item.offset))
    }
  }

  func rule() throws(RecurrenceProblem) -> RecurrenceRule {
    guard let frequency = part("FREQ") else {
      throw RecurrenceProblem(
        part: "FREQ", expected: "DAILY, WEEKLY, MONTHLY or YEARLY", got: "nothing", offset: 0)
    }
    var rule = RecurrenceRule(try self.frequency(frequency))
    try readScale(into: &rule)
    try readEnd(into: &rule)
    if let part = part("INTERVAL") { rule.interval = try times(part) }
    if let part = part("WKST") {
      guard let day = weekday(part.value) else {
        throw part.problem(
          "one of \(RecurrenceRule.weekdayCodes.joined(separator: ", "))", part.value)
      }
      rule.weekStart = day
    }
    try readLists(into: &rule)
    try check(rule)
    return rule
  }

  private func part(_ name: String) -> RecurrencePart? {
    parts.first { $0.name.isExactly(name) }
  }

  private func frequency(_ part: RecurrencePart) throws(RecurrenceProblem)
    -> RecurrenceRule.Frequency
  {
    let word = part.value.text.uppercased()
    if let frequency = RecurrenceRule.Frequency(rawValue: word) { return frequency }
    let isShort = ["HOURLY", "MINUTELY", "SECONDLY"].containsExactly(word)
    throw RecurrenceProblem(
      part: part.name, expected: "DAILY, WEEKLY, MONTHLY or YEARLY",
      got: part.value.shown + (isShort ? ", which is not supported by Kindly" : ""),
      offset: part.value.offset)
  }

  private func readScale(into rule: inout RecurrenceRule) throws(RecurrenceProblem) {
    if let part = part("RSCALE") {
      guard let scale = RecurrenceRule.Scale(rawValue: part.value.text.uppercased()) else {
        throw part.problem("GREGORIAN or CHINESE", part.value)
      }
      rule.scale = scale
    }
    guard let part = part("SKIP") else { return }
    guard let skip = Skip(rawValue: part.value.text.uppercased()) else {
      throw part.problem("OMIT, BACKWARD or FORWARD", part.value)
    }
    guard self.part("RSCALE") != nil else {
      throw RecurrenceProblem(
        part: part.name, expected: "RSCALE=GREGORIAN or RSCALE=CHINESE with it", got: "none",
        offset: part.offset)
    }
    rule.skip = skip
  }

  private func readEnd(into rule: inout RecurrenceRule) throws(RecurrenceProblem) {
    if let part = part("COUNT") { rule.end = .count(try times(part)) }
    guard let part = part("UNTIL") else { return }
    if self.part("COUNT") != nil {
      throw RecurrenceProblem(
        part: part.name, expected: "either COUNT or UNTIL", got: "both", offset: part.offset)
    }
    guard let date = CivilDate(digits: part.value.text) else {
      throw part.problem("a day without a time, such as 20261231", part.value)
    }
    rule.end = .until(date)
  }

  private func times(_ part: RecurrencePart) throws(RecurrenceProblem) -> Int {
    guard let number = part.value.number, (1...RecurrenceRule.mostTimes).contains(number) else {
      throw part.problem("a number from 1 to \(RecurrenceRule.mostTimes)", part.value)
    }
    return number
  }

  // MARK: Lists

  private func readLists(into rule: inout RecurrenceRule) throws(RecurrenceProblem) {
    let yearLength = rule.scale == .chinese ? LunarYear.longest : 366
    rule.byMonthDay = try numbers("BYMONTHDAY", upTo: rule.scale == .chinese ? 30 : 31)
    rule.byYearDay = try numbers("BYYEARDAY", upTo: yearLength)
    rule.byWeekNumber = try numbers("BYWEEKNO", upTo: 53)
    rule.bySetPosition = try numbers("BYSETPOS", upTo: yearLength)
    if let part = part("BYMONTH") {
      for item in part.value.split(by: ",") {
        let month = try month(item, part, rule.scale)
        if !rule.byMonth.contains(month) { rule.byMonth.append(month) }
      }
    }
    if let part = part("BYDAY") {
      for item in part.value.split(by: ",") {
        let day = try day(item, part)
        if !rule.byDay.contains(day) { rule.byDay.append(day) }
      }
    }
  }

  /// Numbers from 1 to a bound, and their negatives.
  private func numbers(_ name: String, upTo most: Int) throws(RecurrenceProblem) -> [Int] {
    guard let part = part(name) else { return [] }
    var numbers: [Int] = []
    for item in part.value.split(by: ",") {
      guard let number = item.number, (1...most).contains(abs(number)) else {
        throw part.problem("numbers from 1 to \(most) or -\(most) to -1", item)
      }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }

  private func month(
    _ item: RecurrenceItem, _ part: RecurrencePart, _ scale: RecurrenceRule.Scale
  ) throws(RecurrenceProblem) -> RecurrenceRule.Month {
    let isLeap = item.scalars.last == "L" || item.scalars.last == "l"
    let number = RecurrenceItem(scalars: isLeap ? item.scalars.dropLast() : item.scalars).number
    guard let number, (1...12).contains(number) else {
      throw part.problem("months from 1 to 12", item)
    }
    if isLeap, scale != .chinese {
      throw part.problem("months without L, or RSCALE=CHINESE", item)
    }
    return RecurrenceRule.Month(number: number, isLeap: isLeap)
  }

  private func day(
    _ item: RecurrenceItem, _ part: RecurrencePart
  ) throws(RecurrenceProblem) -> RecurrenceRule.Day {
    let expected = "weekdays such as MO, 2TU or -1FR"
    guard let weekday = weekday(RecurrenceItem(scalars: item.scalars.suffix(2))) else {
      throw part.problem(expected, item)
    }
    let number = RecurrenceItem(scalars: item.scalars.dropLast(2))
    if number.scalars.isEmpty { return RecurrenceRule.Day(nth: nil, weekday: weekday) }
    guard let nth = number.number, (1...53).contains(abs(nth)) else {
      throw part.problem(expected, item)
    }
    return RecurrenceRule.Day(nth: nth, weekday: weekday)
  }

  private func weekday(_ item: RecurrenceItem) -> Weekday? {
    let code = item.text.uppercased()
    return RecurrenceRule.weekdayCodes.firstIndex { $0.isExactly(code) }
      .flatMap { Weekday(rawValue: $0 + 1) }
  }

  // MARK: Combinations

  /// What RFC 5545 forbids to combine, each in the words of its section 3.3.10.
  private func check(_ rule: RecurrenceRule) throws(RecurrenceProblem) {
    let frequency = "FREQ=\(rule.frequency.rawValue)"
    if rule.frequency == .weekly { try refuse("BYMONTHDAY", with: frequency) }
    if rule.frequency != .yearly {
      try refuse("BYYEARDAY", with: frequency)
      try refuse("BYWEEKNO", with: frequency)
    }
    if rule.scale == .chinese { try refuse("BYWEEKNO", with: "RSCALE=CHINESE") }
    if rule.byDay.contains(where: { $0.nth != nil }), let part = part("BYDAY") {
      let reason: String? =
        switch rule.frequency {
        case .daily, .weekly: frequency
        case .monthly: nil
        case .yearly: rule.byWeekNumber.isEmpty ? nil : "BYWEEKNO"
        }
      if let reason {
        throw part.problem("weekdays without a number, because of \(reason)", part.value)
      }
    }
    if let part = part("BYSETPOS"),
      !parts.contains(where: { $0.name.hasPrefix("BY") && !$0.name.isExactly("BYSETPOS") })
    {
      throw RecurrenceProblem(
        part: part.name, expected: "another part that begins with BY", got: "none",
        offset: part.offset)
    }
  }

  private func refuse(_ name: String, with other: String) throws(RecurrenceProblem) {
    guard let part = part(name) else { return }
    throw RecurrenceProblem(
      part: name, expected: "no such part with \(other)", got: part.value.shown,
      offset: part.offset)
  }
}
