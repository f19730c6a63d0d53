import KindlyCore
import Testing

@Suite("The grammar of when")
struct WhenGrammarTests {
  private static func dated(
    _ kind: Schedule.Kind, _ column: String, at: String? = nil, until: String? = nil,
    times: Int? = nil
  ) -> When {
    .dated(
      Schedule(
        kind, column: column, at: at.flatMap { TimeOfDay($0) },
        end: RecurrenceEnd(column: until, times: times)))
  }

  private static func delayed(
    _ kind: Schedule.Kind, _ change: RowChange, at: String? = nil
  ) -> When {
    .change(
      change, delay: Schedule(kind, .change(change), at: at.flatMap { TimeOfDay($0) }))
  }

  private static func days(
    _ kind: Schedule.Kind, _ days: CalendarDays, at: String? = nil
  ) -> When {
    .dated(Schedule(kind, .days(days), at: at.flatMap { TimeOfDay($0) }))
  }

  private static func festival(_ name: String) -> CalendarDays {
    // The standard festivals have the name.
    .festival(Festivals.standard.all.first { $0.name == name || $0.chinese == name }!)
  }

  @Test(
    "reads each form",
    arguments: [
      ("insert", When.insert),
      ("update", .update(of: [])),
      ("update of status", .update(of: ["status"])),
      ("update of a, b,c", .update(of: ["a", "b", "c"])),
      ("update of \"order id\", 状态", .update(of: ["order id", "状态"])),
      ("delete", .delete),
      ("insert or update", .change(.insertOrUpdate(of: []))),
      ("INSERT or update of a, \"at\"", .change(.insertOrUpdate(of: ["a", "at"]))),
      ("3 days after insert", delayed(.after(Period(3, .day)), .insert)),
      (
        "1 day after update of a, b at 9:00",
        delayed(.after(Period(1, .day)), .update(of: ["a", "b"]), at: "09:00")
      ),
      (
        "90 minutes after insert or update of a",
        delayed(.after(Period(90, .minute)), .insertOrUpdate(of: ["a"]))
      ),
      ("2 working hours after delete", delayed(.workingHoursAfter(2), .delete)),
      ("1 workday after update", delayed(.workdaysAfter(1), .update(of: []))),
      ("3 days after \"insert\"", dated(.after(Period(3, .day)), "insert")),
      ("4 working hours before x", dated(.workingHoursBefore(4), "x")),
      ("1 working hour after x at 10:00", dated(.workingHoursAfter(1), "x", at: "10:00")),
      ("every month on x", dated(.everyMonthOn, "x")),
      ("every year on lunar date x", dated(.everyLunarDate, "x")),
      ("every year on lunar date", dated(.everyLunarYearOn, "date")),
      ("every year on lunar until x", dated(.everyYearOn, "lunar", until: "x")),
      ("every cycle days after x", dated(.everyDays(in: "cycle", count: nil), "x")),
      ("every \"at\" days after x", dated(.everyDays(in: "at", count: nil), "x")),
      ("every day days after x", dated(.everyDays(in: "day", count: nil), "x")),
      ("every day after days", dated(.every(Period(1, .day)), "days")),
      (
        "every month after x until ends_on", dated(.every(Period(1, .month)), "x", until: "ends_on")
      ),
      (
        "every 2 weeks after x at 08:00 at most 4 times until y",
        dated(.every(Period(2, .week)), "x", at: "08:00", until: "y", times: 4)
      ),
      ("every year on x at most 1 time", dated(.everyYearOn, "x", times: 1)),
      ("every month on until until until", dated(.everyMonthOn, "until", until: "until")),
      ("on ends_on", dated(.on, "ends_on")),
      ("on ends_on at 09:30", dated(.on, "ends_on", at: "09:30")),
      ("on \"at\" at 9:30", dated(.on, "at", at: "09:30")),
      ("on \"say \"\"hi\"\"\"", dated(.on, "say \"hi\"")),
      ("7 days after trial_started_on", dated(.after(Period(7, .day)), "trial_started_on")),
      ("1 day before x", dated(.before(Period(1, .day)), "x")),
      ("4 days before x at 09:30", dated(.before(Period(4, .day)), "x", at: "09:30")),
      ("90 minutes before starts_at", dated(.before(Period(90, .minute)), "starts_at")),
      ("2 hours after x", dated(.after(Period(2, .hour)), "x")),
      ("3 weeks after x", dated(.after(Period(3, .week)), "x")),
      ("3 months after 到期日", dated(.after(Period(3, .month)), "到期日")),
      ("1 year after x", dated(.after(Period(1, .year)), "x")),
      ("every year after x", dated(.every(Period(1, .year)), "x")),
      ("every 2 weeks after x at 08:00", dated(.every(Period(2, .week)), "x", at: "08:00")),
      ("every month after x", dated(.every(Period(1, .month)), "x")),
      ("every year on birthday", dated(.everyYearOn, "birthday")),
      ("every year on birthday at 08:00", dated(.everyYearOn, "birthday", at: "08:00")),
      ("  Every  YEAR\non birthday ", dated(.everyYearOn, "birthday")),
      ("3 workdays before x", dated(.workdaysBefore(3), "x")),
      ("1 workday after x at 10:00", dated(.workdaysAfter(1), "x", at: "10:00")),
      ("2 days before workdays", dated(.before(Period(2, .day)), "workdays")),
      ("on rrule", dated(.on, "rrule")),
      ("every year on lunar birthday", dated(.everyLunarYearOn, "birthday")),
      ("every year on lunar", dated(.everyYearOn, "lunar")),
      ("every year on lunar at 08:00", dated(.everyYearOn, "lunar", at: "08:00")),
      (
        "on 2026-12-05 at 10:00",
        days(.on, .date(CivilDate(dayNumber: 20_792)), at: "10:00")
      ),
      ("on 12-25", days(.on, .everyYear(month: 12, day: 25))),
      ("3 days before 2-29", days(.before(Period(3, .day)), .everyYear(month: 2, day: 29))),
      ("on festival 中秋节", days(.on, festival("Mid-Autumn Festival"))),
      (
        "2 weeks before festival mid-autumn at 9:00",
        days(.before(Period(2, .week)), festival("Mid-Autumn Festival"), at: "09:00")
      ),
      ("1 day after festival \"Mother's Day\"", days(.after(Period(1, .day)), festival("母亲节"))),
      ("every Monday", days(.on, .regular(.weekdays([.monday])))),
      (
        "every thu, Monday at 8:30",
        days(.on, .regular(.weekdays([.monday, .thursday])), at: "08:30")
      ),
      ("every weekday", days(.on, .regular(.mondayToFriday))),
      ("every day at 10:00", days(.on, .regular(.everyDay), at: "10:00")),
      ("every workday", days(.on, .regular(.workdays))),
      ("every month on day 1", days(.on, .regular(.dayOfMonth(1)))),
      ("every month on last day", days(.on, .regular(.lastDayOfMonth))),
      ("every month on first workday", days(.on, .regular(.firstWorkdayOfMonth))),
      ("every month on LAST workday", days(.on, .regular(.lastWorkdayOfMonth))),
      ("every day after day", dated(.every(Period(1, .day)), "day")),
      ("on festival", dated(.on, "festival")),
      ("on festival at 09:30", dated(.on, "festival", at: "09:30")),
      ("on year", dated(.on, "year")),
      ("7 days after days", dated(.after(Period(7, .day)), "days")),
    ])
  func reads(text: String, when: When) throws {
    #expect(try When.parse(text) == when)
    #expect(try When.parse(when.text) == when, "the canonical spelling reads back")
  }

  @Test(
    "says what was expected, what stood there and where",
    arguments: [
      ("", 0, "expected insert, update, delete, on COLUMN", "got the end"),
      ("inserted", 0, "expected insert", "got `inserted`"),
      ("insert now", 7, "expected nothing after insert", "got `now`"),
      ("delete of x", 7, "expected nothing after delete", "got `of`"),
      ("update status", 7, "expected of and columns", "got `status`"),
      ("update of", 9, "expected a column", "got the end"),
      ("update of a,", 12, "expected a column", "got the end"),
      ("update of a b", 12, "expected a comma", "got `b`"),
      ("update of a, a", 13, "expected each column once", "got `a`"),
      ("on", 2, "expected a column", "got the end"),
      ("on at 09:30", 3, "put the name of a column called at in quotes", "got `at`"),
      ("on x at", 7, "expected a time of day", "got the end"),
      ("on x at 24:00", 8, "expected a time of day from 00:00 to 23:59", "got `24:00`"),
      ("on x at 9", 8, "expected a time of day", "got `9`"),
      ("on x at 09:30 daily", 14, "expected nothing after the time", "got `daily`"),
      ("on x 09:30", 5, "expected at HH:MM, or nothing", "got `09:30`"),
      (
        "7 after x", 2, "expected a unit: minutes, hours, days, weeks, months, years", "got `after`"
      ),
      (
        "7 fortnights after x", 2, "weeks, months, years, workdays, working hours",
        "got `fortnights`"
      ),
      ("7 days x", 7, "expected before or after", "got `x`"),
      ("7 days", 6, "expected before or after", "got the end"),
      ("0 days after x", 0, "expected a number from 1 to 36600 of days", "got `0`"),
      ("99999999999999999999 days after x", 0, "expected a number from 1", "got `9999"),
      ("101 years after x", 0, "expected a number from 1 to 100 of years", "got `101`"),
      ("-7 days after x", 0, "expected a word, a number", "numbers are whole"),
      ("1.5 days after x", 1, "expected a word", "numbers are whole"),
      ("every x", 6, "expected a day such as Monday, a unit", "got `x`"),
      ("every Monday,", 13, "expected a day of the week", "got the end"),
      ("every Monday, month", 14, "expected a day of the week", "got `month`"),
      ("every Monday, Mon", 14, "expected each day once", "got `Mon`"),
      ("every Monday on x", 13, "expected at HH:MM, or nothing", "got `on`"),
      ("every month on day 32", 19, "expected a day from 1 to 31", "got `32`"),
      ("every day at 25:00", 13, "expected a time of day", "got `25:00`"),
      ("every 3 cycle days after x", 8, "expected a unit", "got `cycle`"),
      ("every week on x", 11, "expected after", "got `on`"),
      ("insert or delete", 10, "expected update", "got `delete`"),
      (
        "3 days before insert", 14, "put the name of a column called insert in quotes",
        "got `insert`"
      ),
      ("3 days after insert x", 20, "expected at HH:MM, or nothing", "got `x`"),
      ("3 days after update of a b", 25, "expected a comma and a column", "got `b`"),
      ("3 days after insert until x", 20, "expected at HH:MM, or nothing", "got `until`"),
      ("every day after insert", 16, "put the name of a column called insert", "got `insert`"),
      ("every cycle weeks after x", 6, "or COLUMN days", "got `cycle`"),
      ("every cycle days of x", 17, "expected after, and a column", "got `of`"),
      ("every month after x until", 25, "expected a column", "got the end"),
      ("every month after x at most x times", 28, "expected a number from 1 to 10000", "got `x`"),
      ("every month after x at most 3", 29, "expected times", "got the end"),
      (
        "every month after x until y until z", 28,
        "expected at most N times, at HH:MM, or nothing", "got `until`"
      ),
      ("on x until y", 5, "expected at HH:MM, or nothing", "got `until`"),
      (
        "on x at most 3 times", 8,
        "expected a time of day from 00:00 to 23:59 (`at most N times` needs an `every` that counts from a column)",
        "got `most`"
      ),
      ("every month on day 1 at most 3 times", 24, "(`at most N times` needs", "got `most`"),
      (
        "every day after x at most 3 times at most 2 times", 37,
        "expected a time of day from 00:00 to 23:59, got", "got `most`"
      ),
      ("2001 working hours after x", 0, "from 1 to 2000 of working hours", "got `2001`"),
      ("3 working days before x", 2, "workdays, working hours", "got `working`"),
      ("every 2 years on x", 14, "expected after", "got `on`"),
      ("every year", 10, "expected after or on", "got the end"),
      ("on 2026-02-30", 3, "expected a date such as 2026-12-05, or 12-25", "got `2026-02-30`"),
      ("0 workdays before x", 0, "expected a number from 1 to 2600 of workdays", "got `0`"),
      ("3 workdays on x", 11, "expected before or after", "got `on`"),
      ("every 3 workdays after x", 8, "months, years, got", "got `workdays`"),
      ("rrule FREQ", 6, "expected a recurrence rule in quotes", "got `FREQ`"),
      ("rrule \"FREQ=DAILY\" of x", 19, "expected from, and a column", "got `of`"),
      ("rrule \"FREQ=HOURLY\" from x", 12, "expected", "HOURLY"),
      ("on 13-01", 3, "expected a date such as 2026-12-05, or 12-25", "got `13-01`"),
      ("on 2026-1-2-3", 3, "expected a date such as", "got `2026-1-2-3`"),
      ("on ends-on", 3, "put a name with unusual characters between", "got `ends-on`"),
      ("every year on 12-25", 14, "expected a column", "got `12-25`"),
      (
        "on festival Mid-Autum", 12, "the name of a festival", "did you mean `Mid-Autumn Festival`?"
      ),
      (
        "on festival new year's eve", 20, "expected a word", "characters between \""
      ),
      ("on festival New-Years-Eve", 12, "the name of a festival", "can mean several festivals"),
      ("on festival Easter, Christmas", 18, "the name of a festival", "got `,`"),
      ("on 'x'", 3, "expected a word", "characters between \""),
      ("on \"x", 5, "expected a closing \"", "got the end"),
      ("on \"\"", 3, "expected a name between the quotes", "got none"),
      ("on t.x", 4, "expected a word", "columns have no table in front"),
      ("update of a，b", 11, "expected a word", "write an ASCII comma"),
    ])
  func refuses(text: String, offset: Int, expected: String, got: String) {
    #expect {
      try When.parse(text)
    } throws: { error in
      guard let problem = error as? WhenProblem else { return false }
      #expect(problem.offset == offset)
      #expect(problem.description.contains(expected), "\(problem)")
      #expect(problem.description.contains(got), "\(problem)")
      return true
    }
  }

  @Test(
    "reads as English",
    arguments: [
      ("insert", "when a row is inserted in t"),
      ("update", "when a row is updated in t"),
      ("update of a", "when a is updated in t"),
      ("update of a, b, c", "when a, b or c is updated in t"),
      ("delete", "when a row is deleted in t"),
      ("on x", "on the day of x in t"),
      ("1 days before x at 9:30", "1 day before x in t, at 09:30"),
      ("3 months after \"end date\"", "3 months after \"end date\" in t"),
      ("every 1 years after x", "every year after x in t"),
      ("every 6 month after x", "every 6 months after x in t"),
      ("every year on x", "on the day of x in t and each year on that day"),
      (
        "every year on lunar x",
        "on the day of x in t and each year on that day of the Chinese calendar"
      ),
      ("1 workday before x", "1 workday before x in t"),
      ("insert or update", "when a row is inserted or updated in t"),
      ("insert or update of a, b", "when a row is inserted in t, or a or b is updated"),
      ("3 days after insert", "3 days after a row is inserted in t"),
      ("1 working hour after update of a", "1 working hour after a is updated in t"),
      ("every month on x", "on the day of x in t and each month on that day"),
      ("every x days after y", "every x days after y in t"),
      (
        "every year on lunar date x",
        "each year on the day of x in t, by the Chinese calendar"
      ),
      (
        "every month after x at most 3 times until y at 09:00",
        "every month after x in t until y at most 3 times, at 09:00"
      ),
      ("on 12-25", "on 12-25 of each year, for each row of t"),
      ("every Thursday, Monday", "every Monday and Thursday, for each row of t"),
      ("every workday at 09:30", "every workday, for each row of t, at 09:30"),
      (
        "every month on first workday",
        "on the first workday of each month, for each row of t"
      ),
      (
        "3 days before festival 春节 at 10:00",
        "3 days before Spring Festival, for each row of t, at 10:00"
      ),
    ])
  func sentence(text: String, sentence: String) throws {
    #expect(try When.parse(text).sentence(in: "t") == sentence)
  }

  @Test("reads periods", arguments: [("2 days", Period(2, .day)), ("1 hour", Period(1, .hour))])
  func period(text: String, period: Period) throws {
    #expect(try Period.parse(text) == period)
  }

  @Test(
    "refuses what is no period", arguments: ["", "days", "2", "2 days ago", "two days", "0 days"])
  func noPeriod(text: String) {
    #expect(throws: WhenProblem.self) { try Period.parse(text) }
  }

  @Test("every combination of kind, unit, column and time reads back from its own spelling")
  func roundTrip() throws {
    for unit in Period.Unit.allCases {
      for count in [1, 2, 36] {
        let period = Period(count, unit)
        for kind in [
          Schedule.Kind.on, .before(period), .after(period), .every(period), .everyYearOn,
        ] {
          for column in ["x", "at", "every", "order id", "a\"b", "日期", "1st", "x$y", "Ünï"] {
            for at in [nil, TimeOfDay("00:00"), TimeOfDay("23:59")] {
              let when = When.dated(Schedule(kind, column: column, at: at))
              #expect(try When.parse(when.text) == when)
            }
          }
        }
      }
    }
  }
}
