import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@Suite("A calendar of workdays")
struct WorkCalendarTests {
  private static let china = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "config/calendars/china")

  /// China's days off, as they are shipped.
  static func shipped() throws -> WorkCalendar {
    var calendar = WorkCalendar()
    for year in 2004...2026 {
      let bytes = try Data(contentsOf: china.appending(path: "\(year).json"))
      let file = try CalendarFile.holidayJSON(Array(bytes))
      #expect(file.years == [year])
      #expect(calendar.add(file, named: "\(year).json").isEmpty)
    }
    return calendar
  }

  @Test("of China agrees with chinesecalendar on every day from 2004 to 2026")
  func agreesWithLibrary() throws {
    let calendar = try Self.shipped()
    let output = try PythonScript.output(of: "workday_oracle.py", reading: [])
    var count = 0
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let numbers = line.split(separator: UInt8(ascii: " ")).map(OracleNumbers.number)
      let date = CivilDate(dayNumber: numbers[0])
      let isWorkday = calendar.isWorkday(date)
      if isWorkday != (numbers[1] == 1) { #expect(isWorkday == (numbers[1] == 1), "\(date)") }
      count += 1
    }
    #expect(count == 8401)
  }

  @Test("knows for which years it has data, and the names of days off")
  func standing() throws {
    let calendar = try Self.shipped()
    #expect(calendar.hasData(for: 2026))
    #expect(!calendar.hasData(for: 2027))
    #expect(!calendar.hasData(for: 2003))
    #expect(try calendar.standing(of: day("2026-02-17")) == .dayOff("春节"))
    #expect(try calendar.standing(of: day("2026-02-14")) == .makeUpWorkday("春节"))
    #expect(try calendar.standing(of: day("2026-03-07")) == .weekend)
    #expect(try calendar.standing(of: day("2026-03-09")) == .workday)
    #expect(try calendar.nameOfDayOff(day("2026-10-01")) == "国庆节")
    #expect(try calendar.nameOfDayOff(day("2026-03-07")) == nil)
    #expect(try calendar.nameOfDayOff(day("2026-02-14")) == nil)
  }

  @Test(
    "counts workdays forwards and backwards over holidays and make-up workdays",
    arguments: [
      // 2026-02-14 and 02-28 are Saturdays on which people work; 02-15 to 02-23 are off.
      ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 2, "2026-02-24"),
      ("2026-02-17", 1, "2026-02-24"), ("2026-02-17", -1, "2026-02-14"),
      ("2026-02-17", 0, "2026-02-17"), ("2026-02-24", -1, "2026-02-14"),
      ("2026-02-24", -2, "2026-02-13"), ("2026-02-27", 1, "2026-02-28"),
      ("2026-02-28", 1, "2026-03-02"), ("2026-03-06", 1, "2026-03-09"),
      ("2026-12-31", 1, "2027-01-01"),
    ])
  func adding(from: String, workdays: Int, to: String) throws {
    let calendar = try Self.shipped()
    #expect(try calendar.adding(workdays: workdays, to: day(from)) == day(to))
  }

  @Test("counts as many workdays as lie between, for every day of 2026")
  func definition() throws {
    let calendar = try Self.shipped()
    for start in try day("2026-01-01").dayNumber...day("2026-12-31").dayNumber {
      for workdays in [1, 5, 30, -1, -7] {
        let date = CivilDate(dayNumber: start)
        let end = try #require(calendar.adding(workdays: workdays, to: date)).dayNumber
        // The found day counts; the day itself does not.
        let passed = workdays > 0 ? start + 1...end : end...start - 1
        let count = passed.count { calendar.isWorkday(CivilDate(dayNumber: $0)) }
        if count != workdays.magnitude || !calendar.isWorkday(CivilDate(dayNumber: end)) {
          Issue.record("\(workdays) workdays from \(date) led to \(CivilDate(dayNumber: end))")
        }
      }
    }
  }

  @Test("finds the workday on, after or before a day")
  func nearest() throws {
    let calendar = try Self.shipped()
    #expect(try calendar.nextWorkday(onOrAfter: day("2026-02-15"))?.description == "2026-02-24")
    #expect(try calendar.nextWorkday(onOrAfter: day("2026-02-14"))?.description == "2026-02-14")
    #expect(
      try calendar.previousWorkday(onOrBefore: day("2026-02-23"))?.description == "2026-02-14")
    #expect(
      try calendar.previousWorkday(onOrBefore: day("2026-02-24"))?.description == "2026-02-24")
  }

  @Test("finds nothing where nobody ever works")
  func idle() throws {
    let idle = WorkCalendar(weekend: Set(Weekday.allCases))
    #expect(try idle.nextWorkday(onOrAfter: day("2026-01-01")) == nil)
    #expect(try idle.adding(workdays: 1, to: day("2026-01-01")) == nil)
    #expect(try WorkCalendar().adding(workdays: 10_001, to: day("2026-01-01")) == nil)
    #expect(
      try WorkCalendar().nextWorkday(onOrAfter: day("9999-12-31"))?.description == "9999-12-31")
    #expect(try WorkCalendar().adding(workdays: 1, to: day("9999-12-31")) == nil)
  }

  @Test("may have another weekend")
  func weekend() throws {
    let calendar = WorkCalendar(weekend: [.friday])
    #expect(try !calendar.isWorkday(day("2026-03-06")))
    #expect(try calendar.isWorkday(day("2026-03-07")))
    #expect(try calendar.isWorkday(day("2026-03-08")))
  }

  @Test("takes the later of two files that contradict each other, and says so")
  func contradiction() throws {
    var calendar = WorkCalendar()
    let off = CalendarFile.Day(date: try day("2026-05-04"), name: "劳动节", isOff: true, line: 3)
    let work = CalendarFile.Day(date: try day("2026-05-04"), name: "公司", isOff: false, line: 7)
    #expect(calendar.add(CalendarFile(years: [2026], days: [off]), named: "2026.json").isEmpty)
    let findings = calendar.add(CalendarFile(years: [], days: [work]), named: "company.ics")
    #expect(
      findings.map(\.description) == [
        "2026-05-04 is a day off in 2026.json, line 3, but a workday in company.ics, line 7; it counts as a workday, because the later entry takes precedence"
      ])
    #expect(calendar.isWorkday(work.date))
    // The same again contradicts nothing.
    #expect(calendar.add(CalendarFile(years: [], days: [work]), named: "company.ics").isEmpty)
  }
}
