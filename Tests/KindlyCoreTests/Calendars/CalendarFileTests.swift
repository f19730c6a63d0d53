import KindlyCore
import Testing

@Suite("A file of workdays")
struct CalendarFileTests {
  private func json(_ text: String) throws -> CalendarFile {
    try CalendarFile.holidayJSON(Array(text.utf8))
  }

  private func calendar(_ text: String) throws -> CalendarFile {
    try CalendarFile.iCalendar(Array(text.utf8))
  }

  /// The listed days as `2026-01-01 off 元旦`.
  private func days(_ file: CalendarFile) -> [String] {
    file.days.map { "\($0.date) \($0.isOff ? "off" : "work") \($0.name)" }
  }

  @Test("in JSON lists days off and make-up workdays, the December before included")
  func readJSON() throws {
    let file = try json(
      """
      \u{FEFF}{"$schema": "x", "year": 2026, "papers": ["p"], "days": [
        {"name": "\\u5143\\u65e6 \\ud83c\\udf89", "date": "2025-12-31", "isOffDay": true, "more": null},\r
        {"isOffDay": false, "date": "2026-01-04", "name": "元旦"}
      ]}
      """)
    #expect(file.years == [2026])
    #expect(days(file) == ["2025-12-31 off 元旦 🎉", "2026-01-04 work 元旦"])
    #expect(file.days.map(\.line) == [2, 3])
  }

  @Test(
    "in JSON is refused with every place and what was expected there",
    arguments: [
      ("", "line 1, column 1: expected a value, got the end"),
      ("{\"year\": 2026,\n \"days\": [}", "line 2, column 11: expected a value, got `}`"),
      ("{\"year\": 2026", "line 1, column 14: expected a comma or }, got the end"),
      (
        "{\"year\": 2026, \"days\": []} x",
        "line 1, column 28: expected nothing after the value, got `x`"
      ),
      ("{year: 2026}", "line 1, column 2: expected a name in double quotes, got `year: 2026}`"),
      ("[1, 2,\n 3", "line 2, column 3: expected a comma or ], got the end"),
      ("[]", "line 1, column 1: expected an object with \"year\" and \"days\", got an array"),
      (
        "{\"year\": 2026}",
        "line 1, column 1: expected an object with \"year\" and \"days\", got none with \"days\""
      ),
      (
        "{\"year\": \"2026\", \"days\": []}",
        "line 1, column 10: expected a year such as 2026, got \"2026\""
      ),
      (
        "{\"year\": 20260, \"days\": []}",
        "line 1, column 10: expected a year such as 2026, got 20260"
      ),
      (
        "{\"year\": 2026, \"days\": {}}",
        "line 1, column 24: expected an array of days, got an object"
      ),
      (
        "{\"year\": 2026, \"days\": [\n{\"name\": \"元旦\", \"date\": \"2026-02-30\", \"isOffDay\": true},\n{\"name\": \"元旦\", \"date\": \"2062-01-01\", \"isOffDay\": true},\n{\"name\": \"元旦\", \"date\": \"2026-01-01\", \"isOffDay\": 1},\n{\"name\": 5, \"date\": \"2026-01-01\", \"isOffDay\": true}, {\"date\": \"2026-01-01\", \"isOffDay\": true}]}",
        """
        line 2, column 24: expected a date such as "2026-01-01", got "2026-02-30"
        line 3, column 24: expected a date in 2026, or in the month before or after that year, got "2062-01-01"
        line 4, column 50: expected true or false, got 1
        line 5, column 10: expected a name of at most 200 characters, got 5
        line 5, column 54: expected a day such as {"name": "元旦", "date": "2026-01-01", "isOffDay": true}, got none with "name"
        """
      ),
      (
        "{\"a\": \"b\n\"}",
        "line 1, column 9: expected a closing \" on the same line, got the end of the line"
      ),
      (
        "{\"a\": \"\\ud83c\"}",
        "line 1, column 14: expected a second half of a surrogate pair, got `\"}`"
      ),
      (
        "{\"a\": \"\\x\"}",
        "line 1, column 9: expected an escape such as \\n or \\u4E2D, got `x\"}`"
      ),
      ("{\"a\": 1-2}", "line 1, column 7: expected a number, got `1-2}`"),
    ])
  func refusedJSON(text: String, message: String) throws {
    let problems = try #require(throws: CalendarFileProblems.self) { try json(text) }
    #expect(problems.description == message)
  }

  @Test("in JSON is refused where it is too deep, too large or no UTF-8")
  func bounds() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      try #require(throws: CalendarFileProblems.self) { try json(deep) }.description.hasPrefix(
        "line 1, column 33: expected at most 32 levels"))
    let large = [UInt8](repeating: 0x20, count: CalendarFile.mostBytes + 1)
    let message = "expected at most 4194304 bytes, got 4194305"
    let inJSON = #expect(throws: CalendarFileProblems.self) { try CalendarFile.holidayJSON(large) }
    #expect(inJSON?.description == message)
    let inCalendar = #expect(throws: CalendarFileProblems.self) {
      try CalendarFile.iCalendar(large)
    }
    #expect(inCalendar?.description == message)
    let bytes = Array("{\"a\": \"".utf8) + [0xFF] + Array("\"}".utf8)
    #expect(
      try #require(throws: CalendarFileProblems.self) { try CalendarFile.holidayJSON(bytes) }
        .description.hasPrefix("line 1, column 9: expected text in UTF-8 before here"))
    let many = (0..<25).map { _ in "{}" }.joined(separator: ",")
    let problems = try #require(throws: CalendarFileProblems.self) {
      try json("{\"year\": 2026, \"days\": [\(many)]}")
    }
    #expect(problems.problems.count == CalendarFile.mostProblems)
  }

  @Test("in JSON on one line is read in one pass, however many days it has")
  func oneLine() throws {
    let day = "{\"name\":\"元旦\",\"date\":\"2026-01-01\",\"isOffDay\":true}"
    let many = Array(repeating: day, count: CalendarFile.mostDays).joined(separator: ",")
    #expect(try json("{\"year\":2026,\"days\":[\(many)]}").days.count == CalendarFile.mostDays)
    let problems = try #require(throws: CalendarFileProblems.self) {
      try json("{\"year\":2026,\"days\":[\(many),\(day)]}")
    }
    #expect(problems.description == "line 1, column 21: expected at most 10000 days, got 10001")
  }

  private static let holidays = """
    BEGIN:VCALENDAR
    VERSION:2.0
    BEGIN:VTIMEZONE
    TZID:Asia/Shanghai
    BEGIN:STANDARD
    DTSTART:19700101T000000
    END:STANDARD
    END:VTIMEZONE
    BEGIN:VEVENT
    SUMMARY:上班(补春节假期)
    DTSTART;VALUE=DATE:20250126
    DTEND;VALUE=DATE:20250127
    END:VEVENT
    BEGIN:VEVENT
    SUMMARY;LANGUAGE="zh:CN":春节\\, 假
     期
    DTSTART;VALUE=DATE:20250128
    DTEND;VALUE=DATE:20250131
    BEGIN:VALARM
    TRIGGER:-PT15M
    DTSTART:nonsense
    END:VALARM
    END:VEVENT
    BEGIN:VEVENT
    SUMMARY:Cancelled
    STATUS:CANCELLED
    DTSTART;VALUE=DATE:20250301
    END:VEVENT
    BEGIN:VEVENT
    DTSTART:20251231
    DURATION:P2D
    END:VEVENT
    END:VCALENDAR

    """

  @Test("in iCalendar lists all-day events, with either end of line, folded anywhere")
  func readCalendar() throws {
    let expected = [
      "2025-01-26 work 上班(补春节假期)", "2025-01-28 off 春节, 假期", "2025-01-29 off 春节, 假期",
      "2025-01-30 off 春节, 假期", "2025-12-31 off ", "2026-01-01 off ",
    ]
    let text = Self.holidays
    #expect(days(try calendar(text)) == expected)
    #expect(days(try calendar("\u{FEFF}" + text.replacing("\n", with: "\r\n"))) == expected)
    #expect(try calendar(text).days.first?.line == 9)
    #expect(try calendar(text).years == [2025])
    // RFC 5545 folds after any byte, even within a character.
    var folded: [UInt8] = []
    for byte in text.utf8 {
      folded.append(byte)
      if byte >= 0x80 { folded += Array("\r\n\t".utf8) }
    }
    #expect(days(try CalendarFile.iCalendar(folded)) == expected)
  }

  @Test("in iCalendar whose events have Apple's marks counts those events only")
  func marks() throws {
    let file = try calendar(
      """
      BEGIN:VCALENDAR
      BEGIN:VEVENT
      SUMMARY:国庆节（休）
      DTSTART;VALUE=DATE:20261001
      DTEND;VALUE=DATE:20261002
      X-APPLE-SPECIAL-DAY:WORK-HOLIDAY
      END:VEVENT
      BEGIN:VEVENT
      SUMMARY:国庆节
      DTSTART;VALUE=DATE:20261010
      DTEND;VALUE=DATE:20261010
      X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY
      END:VEVENT
      BEGIN:VEVENT
      SUMMARY:平安夜
      DTSTART;VALUE=DATE:20261224
      END:VEVENT
      END:VCALENDAR
      """)
    #expect(days(file) == ["2026-10-01 off 国庆节（休）", "2026-10-10 work 国庆节"])
    #expect(file.years == [2026])
  }

  @Test(
    "in iCalendar with an event that begins in December makes neither year known by it",
    arguments: [("", []), ("20261001", [2026]), ("20270301", [2027])] as [(String, Set<Int>)])
  func december(_ other: String, _ years: Set<Int>) throws {
    let event =
      other.isEmpty ? "" : "BEGIN:VEVENT\nDTSTART;VALUE=DATE:\(other)\nEND:VEVENT\n"
    let file = try calendar(
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270104\nEND:VEVENT\n\(event)END:VCALENDAR\n"
    )
    #expect(file.years == years)
    #expect(file.days.count == (other.isEmpty ? 4 : 5))
  }

  private static func event(_ lines: String) -> String {
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\n\(lines)\nEND:VEVENT\nEND:VCALENDAR\n"
  }

  @Test(
    "in iCalendar is refused with the line, the column and what was expected there",
    arguments: [
      ("", "line 1, column 1: expected BEGIN:VCALENDAR, got an empty file"),
      (
        "hello",
        "line 1, column 1: expected a line such as DTSTART;VALUE=DATE:20260101, got `hello`"
      ),
      (
        "{\"year\": 2026}",
        "line 1, column 1: expected a line such as DTSTART;VALUE=DATE:20260101, got `{\"year\": 2026}`"
      ),
      (
        "BEGIN:VCARD\nEND:VCARD",
        "line 1, column 7: expected BEGIN:VCALENDAR, got `VCARD`\nline 2, column 1: expected BEGIN:VCALENDAR, got `END:VCARD`"
      ),
      (
        "BEGIN:VCALENDAR\n",
        "line 2, column 1: expected END:VCALENDAR, got the end of the file"
      ),
      (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n",
        "line 3, column 1: expected END:VEVENT, got `END:VCALENDAR`"
      ),
      (
        event("SUMMARY:x"),
        "line 2, column 1: expected DTSTART;VALUE=DATE in the event, got none"
      ),
      (
        event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY"),
        "line 4, column 1: expected an event for each day off, got RRULE, which Kindly does not support in a calendar of workdays"
      ),
      (
        event("DTSTART;TZID=Asia/Shanghai:20260101T090000"),
        "line 3, column 28: expected a day without a time, DTSTART;VALUE=DATE:20260101, got `20260101T090000`"
      ),
      (
        event("DTSTART;TZID=Asia/Shanghai\r\n :20260101T\r\n 090000"),
        "line 4, column 3: expected a day without a time, DTSTART;VALUE=DATE:20260101, got `20260101T090000`"
      ),
      (
        event("DTSTART;X-NAME=元旦:\n 20260101T\n\t090000"),
        "line 4, column 2: expected a day without a time, DTSTART;VALUE=DATE:20260101, got `20260101T090000`"
      ),
      (
        event("SUMMARY:\n 元\n 旦\nDTSTART;X-NAME=元旦:never"),
        "line 6, column 19: expected a day without a time, DTSTART;VALUE=DATE:20260101, got `never`"
      ),
      (
        event("DTSTART;VALUE=DATE:20260230"),
        "line 3, column 20: expected a day without a time, DTSTART;VALUE=DATE:20260101, got `20260230`"
      ),
      (
        event("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20251231"),
        "line 4, column 18: expected an end 1 to 366 days after 2026-01-01, got `20251231`"
      ),
      (
        event("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20360101"),
        "line 4, column 18: expected an end 1 to 366 days after 2026-01-01, got `20360101`"
      ),
      (
        event("DTSTART;VALUE=DATE:20260101\nDURATION:PT8H"),
        "line 4, column 10: expected an end 1 to 366 days after 2026-01-01, got `PT8H`"
      ),
    ])
  func refusedCalendar(text: String, message: String) throws {
    let problems = try #require(throws: CalendarFileProblems.self) { try calendar(text) }
    #expect(problems.description == message)
  }

  @Test("in iCalendar is refused where a line is no UTF-8 or the days are too many")
  func calendarBounds() throws {
    let bytes =
      Array("BEGIN:VCALENDAR\nSUMMARY:".utf8) + [0xC3, 0x0A] + Array("END:VCALENDAR".utf8)
    #expect(
      try #require(throws: CalendarFileProblems.self) { try CalendarFile.iCalendar(bytes) }
        .description == "line 2, column 1: expected text in UTF-8, got other bytes")
    let events = (1...28).map { year in
      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:\(2000 + year)0101\nDTEND;VALUE=DATE:\(2001 + year)0101\nEND:VEVENT\n"
    }
    let many = "BEGIN:VCALENDAR\n\(events.joined())END:VCALENDAR\n"
    let problems = try #require(throws: CalendarFileProblems.self) { try calendar(many) }
    #expect(problems.description == "line 111, column 20: expected at most 10000 days, got more")
  }
}
