/// Which days people work: a week with a weekend, and the days off and make-up workdays that files list.
package struct WorkCalendar: Hashable, Sendable {
  /// Why a day is a workday, or why it is not.
  package enum Standing: Hashable, Sendable {
    case workday
    /// A day of a weekend on which people work, to make up for a day off.
    case makeUpWorkday(String)
    case weekend
    /// A day off, by its name.
    case dayOff(String)
  }

  private struct Entry: Hashable, Sendable {
    let name: String
    let isOff: Bool
    let file: String
    let line: Int
  }

  private let weekend: Set<Weekday>
  /// By day number.
  private var entries: [Int: Entry] = [:]
  private var years: Set<Int> = []

  /// So many days off in a row mean that there is no workday to be found.
  package static let longestTimeOff = 366
  /// The most workdays that are counted at once: some forty years.
  package static let mostWorkdays = 10_000

  package init(weekend: Set<Weekday> = .weekend) {
    self.weekend = weekend
  }

  /// Takes the days of a file; where files contradict each other the later one holds, and is reported.
  package mutating func add(_ file: CalendarFile, named name: String) -> [WorkCalendarFinding] {
    var findings: [WorkCalendarFinding] = []
    years.formUnion(file.years)
    for day in file.days {
      let number = day.date.dayNumber
      if let earlier = entries[number], earlier.isOff != day.isOff {
        findings.append(
          WorkCalendarFinding(
            date: day.date, isOff: day.isOff, file: name, line: day.line,
            earlierFile: earlier.file, earlierLine: earlier.line))
      }
      entries[number] = Entry(name: day.name, isOff: day.isOff, file: name, line: day.line)
    }
    return findings
  }

  /// Whether some file lists the days off of a year; if none does, weekends alone count.
  package func hasData(for year: Int) -> Bool { years.contains(year) }

  /// Whether a day of the week belongs to the weekend.
  package func isWeekend(_ weekday: Weekday) -> Bool { weekend.contains(weekday) }

  /// What a day is, and why.
  package func standing(of date: CivilDate) -> Standing {
    let isWeekend = weekend.contains(date.dayOfWeek)
    guard let entry = entries[date.dayNumber] else { return isWeekend ? .weekend : .workday }
    if entry.isOff { return .dayOff(entry.name) }
    return isWeekend ? .makeUpWorkday(entry.name) : .workday
  }

  /// Whether people work on a day.
  package func isWorkday(_ date: CivilDate) -> Bool {
    // Asked for every day that is counted, so it makes no `Standing`, which carries a name.
    if !entries.isEmpty, let entry = entries[date.dayNumber] { return !entry.isOff }
    return !weekend.contains(date.dayOfWeek)
  }

  /// The name of a day off; nil for a workday and for a plain weekend.
  package func nameOfDayOff(_ date: CivilDate) -> String? {
    if case .dayOff(let name) = standing(of: date) { name } else { nil }
  }

  /// The n-th workday after a day, or before it where n is negative; 0 is the day itself.
  ///
  /// The day may be a day off. Nil where no such workday is found within the bounds.
  package func adding(workdays: Int, to date: CivilDate) -> CivilDate? {
    guard workdays.magnitude <= WorkCalendar.mostWorkdays else { return nil }
    let step = workdays < 0 ? -1 : 1
    var found = date
    for _ in 0..<workdays.magnitude {
      guard let next = workday(from: found.adding(days: step), step: step) else { return nil }
      found = next
    }
    return found
  }

  /// The day itself if it is a workday, else the first workday after it.
  package func nextWorkday(onOrAfter date: CivilDate) -> CivilDate? { workday(from: date, step: 1) }

  /// The day itself if it is a workday, else the last workday before it.
  package func previousWorkday(onOrBefore date: CivilDate) -> CivilDate? {
    workday(from: date, step: -1)
  }

  private func workday(from date: CivilDate, step: Int) -> CivilDate? {
    var date = date
    for _ in 0...WorkCalendar.longestTimeOff {
      guard (1...9999).contains(date.year) else { return nil }
      if isWorkday(date) { return date }
      date = date.adding(days: step)
    }
    return nil
  }
}

/// Two files, or two lines of one, that contradict each other about a day.
package struct WorkCalendarFinding: Hashable, Sendable, CustomStringConvertible {
  package let date: CivilDate
  /// Whether it is a day off now, by the later file.
  package let isOff: Bool
  package let file: String
  package let line: Int
  package let earlierFile: String
  package let earlierLine: Int

  /// What contradicts what, and what holds.
  package var description: String {
    let (now, before) = isOff ? ("a day off", "a workday") : ("a workday", "a day off")
    return
      "\(date) is \(before) in \(earlierFile), line \(earlierLine), but \(now) in \(file), line \(line); it counts as \(now), because the later entry takes precedence"
  }
}
