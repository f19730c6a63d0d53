import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@Suite("A date of the Chinese calendar")
struct LunarDateTests {
  @Test("agrees with two libraries of others on every day from 1921 to 2056")
  func agreesWithLibraries() throws {
    let output = try PythonScript.output(of: "lunar_oracle.py", reading: [])
    var count = 0
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let numbers = line.split(separator: UInt8(ascii: " ")).map(OracleNumbers.number)
      let lunar = try #require(LunarDate(CivilDate(dayNumber: numbers[0])))
      let ours = [lunar.year, lunar.month, lunar.isLeapMonth ? 1 : 0, lunar.day]
      // `#expect` is slow; it is called for the days that differ.
      if Array(numbers[1...4]) != ours { #expect(Array(numbers[1...4]) == ours, "\(lunar.civil)") }
      if numbers.count > 5, Array(numbers[5...8]) != ours {
        #expect(Array(numbers[5...8]) == ours, "\(lunar.civil)")
      }
      if lunar.civil.dayNumber != numbers[0] { #expect(lunar.civil.dayNumber == numbers[0]) }
      count += 1
    }
    #expect(count == 49_674)
  }

  /// Before China adopted the time of 120° east in 1929, ICU places three new moons on the next day.
  private static let otherMonths = ["1914-11-17", "1916-02-03", "1920-11-10"]

  @Test("agrees with Foundation's calendar on every day from 1901 to 2100 but three months")
  func agreesWithFoundation() throws {
    var calendar = Calendar(identifier: .chinese)
    calendar.timeZone = .gmt
    let others = try Self.otherMonths.map { text in
      let first = try day(text).dayNumber
      return first..<first + 30
    }
    var before = 0
    var different = 0
    for number in try day("1901-01-01").dayNumber...day("2100-12-31").dayNumber {
      let parts = calendar.dateComponents(
        [.era, .year, .month, .day, .isLeapMonth],
        from: Date(timeIntervalSince1970: TimeInterval(number) * 86_400))
      let lunar = try #require(LunarDate(CivilDate(dayNumber: number)))
      // Foundation counts day 0 where it means the last day of the month before.
      let dayOfMonth = try parts.day == 0 ? before + 1 : #require(parts.day)
      before = dayOfMonth
      let isSame =
        parts.day == 0
        ? lunar.day == dayOfMonth
        : lunar.day == dayOfMonth && lunar.month == parts.month
          && lunar.isLeapMonth == parts.isLeapMonth
          && (parts.era ?? 0) * 60 + (parts.year ?? 0) - 2697 == lunar.year
      if isSame { continue }
      different += 1
      let isKnown = others.contains { $0.contains(number) }
      if !isKnown { #expect(isKnown, "\(lunar.civil)") }
    }
    #expect(different == 90)
  }

  @Test(
    "is known on days that everybody knows",
    arguments: [
      ("2025-01-29", "2025-01-01"), ("2026-02-17", "2026-01-01"), ("2025-10-06", "2025-08-15"),
      ("2025-07-25", "2025-06L-01"), ("2025-08-22", "2025-06L-29"), ("2033-12-22", "2033-11L-01"),
      ("2023-03-22", "2023-02L-01"), ("1900-01-31", "1900-01-01"), ("1901-01-01", "1900-11-11"),
      ("2101-01-28", "2100-12-29"), ("2057-09-28", "2057-08-30"), ("2097-08-07", "2097-06-30"),
    ])
  func known(civil: String, lunar: String) throws {
    let date = try day(civil)
    #expect(LunarDate(date)?.description == lunar)
    #expect(LunarDate(date)?.civil == date)
  }

  @Test("is refused outside the years that are known")
  func outside() throws {
    #expect(LunarDate.dates.lowerBound.description == "1900-01-31")
    #expect(LunarDate.dates.upperBound.description == "2101-01-28")
    #expect(try LunarDate(day("1900-01-30")) == nil)
    #expect(try LunarDate(day("2101-01-29")) == nil)
    #expect(try LunarDate(day("0001-01-01")) == nil)
    #expect(try LunarDate(day("9999-12-31")) == nil)
    let error = try #require(throws: OutsideLunarYears.self) {
      try LunarDate.of(day("2150-03-01"))
    }
    #expect(
      error.description
        == "2150-03-01 has no date of the Chinese calendar here; Kindly knows that calendar from 1900-01-31 to 2101-01-28"
    )
  }

  @Test(
    "is refused where its year has no such day",
    arguments: [
      (2025, 12, false, 30), (2026, 6, true, 1), (2025, 7, true, 1), (2025, 13, false, 1),
      (2025, 0, false, 1), (2025, 1, false, 0), (2025, 1, false, 31), (1899, 1, false, 1),
      (2101, 1, false, 1), (2025, 6, true, 30),
    ])
  func refused(year: Int, month: Int, isLeap: Bool, day: Int) {
    #expect(LunarDate(year: year, month: month, isLeapMonth: isLeap, day: day) == nil)
  }

  @Test("is ordered as its days are")
  func ordered() throws {
    var last: LunarDate?
    for number in try day("2023-01-01").dayNumber...day("2026-12-31").dayNumber {
      let lunar = try #require(LunarDate(CivilDate(dayNumber: number)))
      if let last { #expect(last < lunar) }
      last = lunar
    }
  }
}
