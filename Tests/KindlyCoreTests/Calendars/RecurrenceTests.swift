import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@Suite("A recurrence rule")
struct RecurrenceTests {
  /// Compares the rules that the script prints for a kind with ours; how many there were.
  private func compare(_ kind: String) throws -> Int {
    let output = try PythonScript.output(of: "recurrence_oracle.py", reading: Array(kind.utf8))
    var count = 0
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      let text = String(decoding: fields[0], as: UTF8.self)
      let numbers = fields[1...3].map(OracleNumbers.number)
      let expected = fields[4].split(separator: UInt8(ascii: " ")).map(OracleNumbers.number)
      let rule = try RecurrenceRule.parse(text)
      let start = CivilDate(dayNumber: numbers[0])
      let range = CivilDate(dayNumber: numbers[1])...CivilDate(dayNumber: numbers[2])
      let dates = rule.dates(from: start, in: range)
      if dates.map(\.dayNumber) != expected {
        let wanted = expected.map { CivilDate(dayNumber: $0) }
        #expect(dates == wanted, "\(text) from \(start) in \(range)")
      }
      let first = rule.firstDate(from: start, in: range)
      if first != dates.first { #expect(first == dates.first, "\(text)") }
      // The canonical text says the same.
      let again = try RecurrenceRule.parse(rule.description)
      if again != rule { #expect(again == rule, "\(text)") }
      count += 1
    }
    return count
  }

  @Test("has the dates of RFC 5545's examples by python-dateutil")
  func examples() throws {
    #expect(try compare("examples") == 37)
  }

  @Test("has the dates that python-dateutil finds, for 10,000 rules made up from a seed")
  func madeUp() throws {
    #expect(try compare("random") == 10_000)
  }

  @Test("of the Chinese calendar has the dates that a look at every day finds")
  func chinese() throws {
    #expect(try compare("chinese") == 300)
  }

  private func dates(_ text: String, from start: String, count: Int) throws -> [String] {
    let rule = try RecurrenceRule.parse(text)
    let start = try day(start)
    let all = rule.dates(from: start, in: start...(start.adding(months: 12 * 60)))
    return all.prefix(count).map(\.description)
  }

  @Test(
    "has the dates that RFC 7529 and RFC 5545 print",
    arguments: [
      // RFC 7529, section 4.3 and the introduction.
      (
        "RSCALE=CHINESE;FREQ=YEARLY", "2013-02-10",
        "2013-02-10 2014-01-31 2015-02-19 2016-02-08"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD", "2014-01-31",
        "2014-01-31 2014-03-01 2014-03-31 2014-05-01"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", "2014-01-31",
        "2014-01-31 2014-02-28 2014-03-31 2014-04-30"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;COUNT=4", "2014-01-31",
        "2014-01-31 2014-03-31 2014-05-31 2014-07-31"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=4", "2012-02-29",
        "2012-02-29 2013-03-01 2014-03-01 2015-03-01"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;COUNT=4", "2012-02-29",
        "2012-02-29 2013-02-28 2014-02-28 2015-02-28"
      ),
      ("FREQ=YEARLY", "2012-02-29", "2012-02-29 2016-02-29 2020-02-29 2024-02-29"),
      // A skipped day that is a date already is one date.
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=28,30,31", "2023-02-01",
        "2023-02-28 2023-03-28 2023-03-30 2023-03-31"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,31", "2023-04-02",
        "2023-05-01 2023-05-31 2023-06-01 2023-07-01"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31", "2023-04-02",
        "2023-05-01 2023-05-31 2023-07-01 2023-08-01"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366", "2023-01-01",
        "2024-01-01 2024-12-31 2026-01-01 2027-01-01"
      ),
      (
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYYEARDAY=366", "2023-01-01",
        "2023-12-31 2024-12-31 2025-12-31 2026-12-31"
      ),
      // A birthday in the leap sixth month of 2025, which comes again in 2036 as the leap month of that year.
      (
        "RSCALE=CHINESE;FREQ=YEARLY;SKIP=BACKWARD", "2025-08-08",
        "2025-08-08 2026-07-28 2027-07-18 2028-08-05"
      ),
      (
        "RSCALE=CHINESE;FREQ=YEARLY;SKIP=FORWARD", "2025-08-08",
        "2025-08-08 2026-08-27 2027-08-16 2028-09-03"
      ),
      ("RSCALE=CHINESE;FREQ=YEARLY", "2025-08-08", "2025-08-08 2036-08-06"),
      (
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=15", "2025-01-01", "2025-08-08 2036-08-06"
      ),
      // New Year's Eve is the last day of the year.
      (
        "RSCALE=CHINESE;FREQ=YEARLY;BYYEARDAY=-1", "2024-01-01",
        "2024-02-09 2025-01-28 2026-02-16 2027-02-05"
      ),
      (
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", "2024-01-01", "2024-02-09 2030-02-02"
      ),
      (
        "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=15", "2025-06-30",
        "2025-07-09 2025-08-08 2025-09-06 2025-10-06"
      ),
      (
        "RSCALE=CHINESE;FREQ=MONTHLY;INTERVAL=12", "2025-01-29",
        "2025-01-29 2026-01-19 2027-01-08 2027-12-28"
      ),
      (
        "RSCALE=CHINESE;FREQ=WEEKLY;BYMONTH=1;BYDAY=SU", "2026-01-01",
        "2026-02-22 2026-03-01 2026-03-08 2026-03-15"
      ),
      // Week 20 without a weekday is the first day's weekday.
      ("FREQ=YEARLY;BYWEEKNO=20", "1997-05-12", "1997-05-12 1998-05-11 1999-05-17 2000-05-15"),
      // Days with and without a number are one list.
      ("FREQ=MONTHLY;BYDAY=1MO,SU", "2026-03-01", "2026-03-01 2026-03-02 2026-03-08 2026-03-15"),
      (
        "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15",
        "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"
      ),
    ])
  func printed(text: String, start: String, expected: String) throws {
    let wanted = expected.split(separator: " ").map(String.init)
    #expect(try dates(text, from: start, count: wanted.count) == wanted)
  }

  @Test("has no dates where none can be, after bounded work")
  func none() throws {
    let start = try day("2026-01-01")
    let ever = try day("0001-01-01")...day("9999-12-31")
    for text in [
      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
      "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
      "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12L",
    ] {
      #expect(try RecurrenceRule.parse(text).dates(from: start, in: ever).isEmpty, "\(text)")
    }
    let yearly = try RecurrenceRule.parse("RSCALE=CHINESE;FREQ=YEARLY")
    #expect(try yearly.dates(from: day("1850-01-01"), in: ever).isEmpty)
    #expect(try yearly.dates(from: day("2026-02-17"), in: ever).last?.description == "2100-02-09")
    #expect(
      try yearly.dates(from: day("2026-02-17"), in: day("2000-01-01")...day("2026-02-16")).isEmpty)
    let last = try RecurrenceRule.parse("FREQ=WEEKLY;WKST=SU").dates(
      from: day("0001-01-01"), in: ever)
    #expect(last.count == RecurrenceRule.mostPeriods)
  }

  @Test("finds far dates without passing over all before them")
  func far() throws {
    let range = try day("9998-01-01")...day("9999-12-31")
    for (text, first) in [
      ("FREQ=DAILY;INTERVAL=3", "9998-01-01"),
      ("FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=-1", "9998-06-30"),
      ("FREQ=YEARLY;INTERVAL=4;BYMONTH=12;BYMONTHDAY=31", "9998-12-31"),
    ] {
      let rule = try RecurrenceRule.parse(text)
      let start = try day("2026-01-01")
      let found = try #require(rule.firstDate(from: start, in: range), "\(text)")
      #expect(found.description == first, "\(text)")
    }
  }

  @Test(
    "is refused with the part, what was expected, what was found and where",
    arguments: [
      ("", 0, "expected a part such as FREQ=YEARLY, got nothing"),
      ("INTERVAL=2", 0, "FREQ: expected DAILY, WEEKLY, MONTHLY or YEARLY, got nothing"),
      ("FREQ=YEARLY;", 12, "expected a part such as FREQ=YEARLY, got nothing"),
      ("FREQ=FORTNIGHTLY", 5, "FREQ: expected DAILY, WEEKLY, MONTHLY or YEARLY, got `FORTNIGHTLY`"),
      (
        "FREQ=HOURLY", 5,
        "FREQ: expected DAILY, WEEKLY, MONTHLY or YEARLY, got `HOURLY`, which is not supported by Kindly"
      ),
      (
        "FREQ=DAILY;BYHOUR=9", 11,
        "BYHOUR: expected parts about days, got a part about times of day, which is not supported by Kindly"
      ),
      (
        "FREQ=DAILY;BYDAYS=MO", 11,
        "expected FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYSETPOS, WKST, RSCALE or SKIP, got `BYDAYS`"
      ),
      ("FREQ=DAILY;FREQ=WEEKLY", 11, "FREQ: expected each part once, got another"),
      ("FREQ=DAILY;INTERVAL=0", 20, "INTERVAL: expected a number from 1 to 10000, got `0`"),
      ("FREQ=DAILY;COUNT=", 17, "COUNT: expected a number from 1 to 10000, got nothing"),
      ("FREQ=DAILY;COUNT=3;UNTIL=20260101", 19, "UNTIL: expected either COUNT or UNTIL, got both"),
      (
        "FREQ=DAILY;UNTIL=19971224T000000Z", 17,
        "UNTIL: expected a day without a time, such as 20261231, got `19971224T000000Z`"
      ),
      (
        "FREQ=DAILY;UNTIL=20260230", 17,
        "UNTIL: expected a day without a time, such as 20261231, got `20260230`"
      ),
      ("FREQ=WEEKLY;BYDAY=MO,XX", 21, "BYDAY: expected weekdays such as MO, 2TU or -1FR, got `XX`"),
      (
        "FREQ=WEEKLY;BYDAY=MO,", 21, "BYDAY: expected weekdays such as MO, 2TU or -1FR, got nothing"
      ),
      ("FREQ=MONTHLY;BYDAY=0MO", 19, "BYDAY: expected weekdays such as MO, 2TU or -1FR, got `0MO`"),
      (
        "FREQ=WEEKLY;BYDAY=2MO", 18,
        "BYDAY: expected weekdays without a number, because of FREQ=WEEKLY, got `2MO`"
      ),
      (
        "FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO", 29,
        "BYDAY: expected weekdays without a number, because of BYWEEKNO, got `2MO`"
      ),
      (
        "FREQ=MONTHLY;BYMONTHDAY=32", 24,
        "BYMONTHDAY: expected numbers from 1 to 31 or -31 to -1, got `32`"
      ),
      (
        "FREQ=WEEKLY;BYMONTHDAY=1", 12,
        "BYMONTHDAY: expected no such part with FREQ=WEEKLY, got `1`"
      ),
      (
        "FREQ=MONTHLY;BYYEARDAY=1", 13,
        "BYYEARDAY: expected no such part with FREQ=MONTHLY, got `1`"
      ),
      ("FREQ=DAILY;BYWEEKNO=1", 11, "BYWEEKNO: expected no such part with FREQ=DAILY, got `1`"),
      (
        "RSCALE=CHINESE;FREQ=YEARLY;BYWEEKNO=1", 27,
        "BYWEEKNO: expected no such part with RSCALE=CHINESE, got `1`"
      ),
      ("FREQ=YEARLY;BYMONTH=13", 20, "BYMONTH: expected months from 1 to 12, got `13`"),
      (
        "FREQ=YEARLY;BYMONTH=5L", 20,
        "BYMONTH: expected months without L, or RSCALE=CHINESE, got `5L`"
      ),
      ("RSCALE=HEBREW;FREQ=YEARLY", 7, "RSCALE: expected GREGORIAN or CHINESE, got `HEBREW`"),
      (
        "FREQ=YEARLY;SKIP=FORWARD", 12,
        "SKIP: expected RSCALE=GREGORIAN or RSCALE=CHINESE with it, got none"
      ),
      (
        "RSCALE=CHINESE;FREQ=YEARLY;SKIP=YES", 32,
        "SKIP: expected OMIT, BACKWARD or FORWARD, got `YES`"
      ),
      (
        "FREQ=DAILY;BYSETPOS=1", 11, "BYSETPOS: expected another part that begins with BY, got none"
      ),
      ("FREQ=DAILY;WKST=XX", 16, "WKST: expected one of MO, TU, WE, TH, FR, SA, SU, got `XX`"),
      ("FREQ=DAILY;INTERVAL=٣", 20, "INTERVAL: expected a number from 1 to 10000, got `٣`"),
      ("RRULE:FREQ=DAILY;INTERVAL=0", 26, "INTERVAL: expected a number from 1 to 10000, got `0`"),
    ])
  func refused(text: String, offset: Int, message: String) throws {
    let problem = try #require(throws: RecurrenceProblem.self) { try RecurrenceRule.parse(text) }
    #expect(problem.description == message)
    #expect(problem.offset == offset)
  }

  @Test(
    "is read in any case and order, and written in one",
    arguments: [
      ("rrule:interval=2;freq=weekly;byday=tu,mo,tu", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO"),
      ("RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=WEEKLY"),
      (" freq=monthly;byday=mo,+2tu \n", "FREQ=MONTHLY;BYDAY=MO,2TU"),
      ("SKIP=omit;RSCALE=GREGORIAN;FREQ=YEARLY", "FREQ=YEARLY"),
      ("FREQ=YEARLY;SKIP=FORWARD;RSCALE=GREGORIAN", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD"),
      ("FREQ=YEARLY;RSCALE=chinese;BYMONTH=5l,5", "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5L,5"),
      ("FREQ=DAILY;UNTIL=00010101", "FREQ=DAILY;UNTIL=00010101"),
    ])
  func read(text: String, canonical: String) throws {
    #expect(try RecurrenceRule.parse(text).description == canonical)
  }
}
