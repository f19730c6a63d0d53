extension CalendarFile {
  /// Reads the all-day events of an iCalendar file, RFC 5545, as days off.
  ///
  /// An event is a make-up workday if it has `X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY`, or if its summary says so: 上班, 补班,
  /// 调班, （班） or "workday". Where some event has that property, those without it are mere observances, as in Apple's own
  /// calendars, and count for nothing. The file is about the years in which its events begin; an event that begins in
  /// December may belong to the next year's holidays, so it makes no year known.
  package static func iCalendar(_ bytes: [UInt8]) throws(CalendarFileProblems) -> CalendarFile {
    let text = try checked(bytes)
    let unfolded = ICalendarLines(text)
    var reading = ICalendarReading(text, problems: unfolded.problems)
    for line in unfolded.lines { reading.take(line) }
    return try reading.file()
  }
}

/// The reading of one file, line by line.
private struct ICalendarReading {
  private struct Event {
    var begin: ICalendarLine
    var lines: [ICalendarLine] = []
  }

  private struct Read {
    var days: [CalendarFile.Day]
    var isMarked: Bool
  }

  private let text: ArraySlice<UInt8>
  private var problems: [CalendarFileProblem]
  private var places: TextPlaces
  /// The components that are open, outermost first.
  private var open: [String] = []
  private var event: Event?
  private var events: [Read] = []
  private var count = 0
  private var hasCalendar = false

  /// Longer than any holiday; a typing slip in a year must not close a company for a century.
  private static let longestEvent = 366
  /// What only recurring events have.
  private static let recurrences = ["RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"]
  private static let workdayWords = [
    "上班", "补班", "補班", "调班", "調班", "（班）", "(班)", "workday", "working day",
  ]
  private static let special = "X-APPLE-SPECIAL-DAY"

  init(_ text: ArraySlice<UInt8>, problems: [CalendarFileProblem]) {
    self.text = text
    self.problems = problems
    places = TextPlaces(text)
  }

  mutating func take(_ line: ICalendarLine) {
    let component = line.value.trimmed.uppercased()
    switch line.name {
    case "BEGIN":
      if open.isEmpty {
        guard component.isExactly("VCALENDAR") else {
          return report(
            "BEGIN:VCALENDAR", "`\(CalendarFile.shown(line.value))`", at: line.valueStart)
        }
        hasCalendar = true
      }
      open.append(component)
      if open.count == 2, component.isExactly("VEVENT") { event = Event(begin: line) }
    case "END":
      guard let last = open.last, last.isExactly(component) else {
        let expected = open.last.map { "END:\($0)" } ?? "BEGIN:VCALENDAR"
        return report(expected, "`END:\(CalendarFile.shown(line.value))`", at: line.start)
      }
      open.removeLast()
      if open.count == 1, let ended = event {
        read(ended)
        event = nil
      }
    default:
      if open.isEmpty {
        return report("BEGIN:VCALENDAR", "`\(CalendarFile.shown(line.name))`", at: line.start)
      }
      if open.count == 2 { event?.lines.append(line) }
    }
  }

  mutating func file() throws(CalendarFileProblems) -> CalendarFile {
    if problems.isEmpty {
      if let last = open.last {
        report("END:\(last)", "the end of the file", at: text.endIndex)
      } else if !hasCalendar {
        report("BEGIN:VCALENDAR", "an empty file", at: text.startIndex)
      }
    }
    guard problems.isEmpty else { throw CalendarFileProblems(problems) }
    let hasMarks = events.contains(where: \.isMarked)
    let counting = events.filter { $0.isMarked || !hasMarks }
    let years = counting.compactMap(\.days.first?.date).filter { $0.month < 12 }.map(\.year)
    return CalendarFile(years: Set(years), days: counting.flatMap(\.days))
  }

  // MARK: Events

  private mutating func read(_ event: Event) {
    let line = { (name: String) in event.lines.first { $0.name.isExactly(name) } }
    if let status = line("STATUS"), status.value.trimmed.uppercased().isExactly("CANCELLED") {
      return
    }
    if let recurring = event.lines.first(where: {
      ICalendarReading.recurrences.containsExactly($0.name)
    }) {
      return report(
        "an event for each day off",
        "\(recurring.name), which Kindly does not support in a calendar of workdays",
        at: recurring.start)
    }
    guard let start = line("DTSTART") else {
      return report("DTSTART;VALUE=DATE in the event", "none", at: event.begin.start)
    }
    guard let first = date(start) else { return }
    guard let count = length(line("DTEND"), line("DURATION"), from: first) else { return }
    self.count += count
    guard self.count <= CalendarFile.mostDays else {
      return report("at most \(CalendarFile.mostDays) days", "more", at: start.valueStart)
    }
    let name = line("SUMMARY").map { $0.text.trimmed } ?? ""
    let mark = line(ICalendarReading.special)?.value.trimmed.uppercased()
    let isWork = mark.map { $0.isExactly("ALTERNATE-WORKDAY") } ?? saysWorkday(name)
    let days = (0..<count).map { offset in
      CalendarFile.Day(
        date: first.adding(days: offset), name: CalendarFile.shortened(name), isOff: !isWork,
        line: event.begin.number)
    }
    events.append(Read(days: days, isMarked: mark != nil))
  }

  private func saysWorkday(_ name: String) -> Bool {
    let name = name.lowercased()
    return ICalendarReading.workdayWords.contains { name.contains($0) }
  }

  /// How many days the event takes; nil where a problem has been reported.
  private mutating func length(
    _ end: ICalendarLine?, _ duration: ICalendarLine?, from first: CivilDate
  ) -> Int? {
    let length: Int
    let line: ICalendarLine
    if let end {
      guard let after = date(end) else { return nil }
      // The end is exclusive. Some programs write the day itself for an event of one day.
      length = max(after.dayNumber - first.dayNumber, after == first ? 1 : 0)
      line = end
    } else if let duration {
      length = ICalendarReading.days(duration.value) ?? 0
      line = duration
    } else {
      return 1
    }
    guard (1...ICalendarReading.longestEvent).contains(length) else {
      report(
        "an end 1 to \(ICalendarReading.longestEvent) days after \(first)",
        "`\(CalendarFile.shown(line.value))`", at: line.valueStart)
      return nil
    }
    return length
  }

  /// The days of `P3D` or `P1W`; nil for any other duration.
  private static func days(_ text: String) -> Int? {
    let text = text.trimmed.uppercased()
    guard text.hasPrefix("P"), let unit = text.last,
      let count = Int(digits: text.utf8.dropFirst().dropLast())
    else { return nil }
    return unit == "D" ? count : unit == "W" ? 7 * count : nil
  }

  private mutating func date(_ line: ICalendarLine) -> CivilDate? {
    if let date = CivilDate(digits: line.value.trimmed) { return date }
    report(
      "a day without a time, \(line.name);VALUE=DATE:20260101",
      "`\(CalendarFile.shown(line.value))`", at: line.valueStart)
    return nil
  }

  private mutating func report(_ expected: String, _ got: String, at offset: Int) {
    guard problems.count < CalendarFile.mostProblems else { return }
    let place = places.place(of: offset)
    problems.append(CalendarFileProblem(expected: expected, got: got, at: place))
  }
}

extension CalendarFile {
  /// A name that is no longer than names may be.
  fileprivate static func shortened(_ name: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: name.unicodeScalars.prefix(longestName))
    return String(view)
  }
}
