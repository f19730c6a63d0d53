import Foundation
import KindlyCore
import Testing

/// A date that the test knows to exist.
func day(_ text: String) throws -> CivilDate {
  let parts = text.split(separator: "-").compactMap { Int($0) }
  return try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
}

@Suite("A civil date")
struct CivilDateTests {
  @Test("agrees with Foundation's calendar on every day from 1795 to 2405")
  func agrees() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let first = try day("1795-01-01").dayNumber
    let last = try day("2405-01-01").dayNumber
    for number in stride(from: first, through: last, by: 1) {
      let date = CivilDate(dayNumber: number)
      #expect(date.dayNumber == number)
      // Foundation is slow: one day in 17 sees every month, month end and weekday over six centuries.
      if number % 17 != 0 { continue }
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday],
        from: Date(timeIntervalSince1970: TimeInterval(number) * 86_400))
      #expect(parts.year == date.year && parts.month == date.month && parts.day == date.day)
      #expect(parts.weekday.map { ($0 + 5) % 7 + 1 } == date.weekday)
    }
  }

  @Test(
    "is refused where the calendar has none such",
    arguments: [
      (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0),
      (2026, 1, 32), (0, 1, 1), (10_000, 1, 1), (-1, 1, 1),
    ])
  func refused(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(
    "knows leap years",
    arguments: [(2000, true), (1900, false), (2024, true), (2026, false), (2100, false)])
  func leap(year: Int, isLeap: Bool) {
    #expect(CivilDate.isLeap(year) == isLeap)
    #expect((CivilDate(year: year, month: 2, day: 29) != nil) == isLeap)
  }

  @Test(
    "moved by months keeps its day, or takes the last one of a shorter month",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"),
      ("2026-01-31", 2, "2026-03-31"),
      ("2026-01-31", 3, "2026-04-30"), ("2026-03-31", -1, "2026-02-28"),
      ("2026-01-15", -1, "2025-12-15"),
      ("2026-01-31", -2, "2025-11-30"), ("2028-02-29", 12, "2029-02-28"),
      ("2028-02-29", 48, "2032-02-29"),
      ("2028-02-29", -12, "2027-02-28"), ("2026-12-31", 1, "2027-01-31"),
      ("2026-12-01", 1, "2027-01-01"),
      ("2026-05-10", 0, "2026-05-10"), ("2026-05-10", 1200, "2126-05-10"),
      ("2026-05-10", -25, "2024-04-10"),
    ])
  func months(from: String, months: Int, to: String) throws {
    #expect(try day(from).adding(months: months) == day(to))
  }

  @Test(
    "moved by days passes months, years and leap days",
    arguments: [
      ("2026-02-28", 1, "2026-03-01"), ("2028-02-28", 1, "2028-02-29"),
      ("2026-12-31", 1, "2027-01-01"),
      ("2026-01-01", -1, "2025-12-31"), ("2026-01-01", 365, "2027-01-01"),
      ("1969-12-31", 1, "1970-01-01"),
    ])
  func days(from: String, days: Int, to: String) throws {
    #expect(try day(from).adding(days: days) == day(to))
  }

  @Test(
    "reads times of day", arguments: [("9:30", 570), ("09:30", 570), ("00:00", 0), ("23:59", 1439)])
  func times(text: String, minutes: Int) {
    #expect(TimeOfDay(text)?.minutes == minutes)
  }

  @Test(
    "refuses what is no time of day",
    arguments: [
      "", "9", "9:3", "24:00", "09:60", "009:30", "9:30:00", "-1:30", "+9:30", "٩:٣٠", " 9:30",
      "9：30", "9:30 ",
    ])
  func noTimes(text: String) {
    #expect(TimeOfDay(text) == nil)
  }

  @Test("is written with leading zeros")
  func written() throws {
    #expect(try day("987-6-5").description == "0987-06-05")
    #expect(TimeOfDay("7:05")?.description == "07:05")
  }
}
