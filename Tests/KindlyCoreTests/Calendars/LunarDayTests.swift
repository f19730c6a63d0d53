import KindlyCore
import Testing

@Suite("A day of the Chinese calendar that comes every year")
struct LunarDayTests {
  @Test(
    "is read from digits and from Chinese",
    arguments: [
      ("08-15", "08-15"), ("8-15", "08-15"), ("8月15日", "08-15"), ("8月15", "08-15"),
      ("八月十五", "08-15"), ("农历八月十五", "08-15"), ("農曆八月十五", "08-15"), (" 八月 十五 ", "08-15"),
      ("八月15日", "08-15"), ("8月十五日", "08-15"), ("8 月 15 日", "08-15"),
      ("闰六月十五", "06L-15"), ("閏六月十五", "06L-15"), ("闰6月15日", "06L-15"), ("06L-15", "06L-15"),
      ("6l-15", "06L-15"), ("闰06-15", "06L-15"), ("腊月廿三", "12-23"), ("臘月廿三", "12-23"),
      ("腊月二十三", "12-23"), ("十二月廿三", "12-23"), ("正月初一", "01-01"), ("一月初一", "01-01"),
      ("大年初一", "01-01"), ("大年初五", "01-05"), ("冬月初八", "11-08"), ("十一月初八", "11-08"),
      ("十月初十", "10-10"), ("十月十", "10-10"), ("八月三十", "08-30"), ("八月卅", "08-30"),
      ("冬月三十", "11-30"), ("七月二十", "07-20"), ("七月廿", "07-20"), ("七月廿九", "07-29"),
      ("二月二十二", "02-22"), ("闰十一月初一", "11L-01"),
      ("除夕", "除夕"), ("年三十", "除夕"), ("大年三十", "除夕"), ("农历除夕", "除夕"),
    ])
  func read(text: String, canonical: String) throws {
    let lunar = try LunarDay.parse(text)
    #expect(lunar.description == canonical)
    #expect(try LunarDay.parse(lunar.description) == lunar)
    #expect(try LunarDay.parse(lunar.chinese) == lunar)
  }

  @Test(
    "says what was expected, what was found and where",
    arguments: [
      ("", 0, "expected a day of the Chinese calendar such as 08-15, 闰六月十五 or 除夕, got the end"),
      ("冬月", 2, "expected a day after 月, such as 初一, 十五, 廿三 or 15, got the end"),
      (
        "三十", 1, "expected 月 or - after the month, got `十`"
      ),
      ("13-01", 0, "expected a month from 1 to 12, got `13-01`"),
      ("00-01", 0, "expected a month from 1 to 12, got `00-01`"),
      ("8-31", 2, "expected a day from 1 to 30, got `31`"),
      ("8-0", 2, "expected a day from 1 to 30, got `0`"),
      ("8月100日", 2, "expected a day from 1 to 30, got `100日`"),
      ("闰十五", 1 + 1, "expected 月 or - after the month, got `五`"),
      ("闰", 1, "expected a month after 闰, got the end"),
      ("八月十五夜", 4, "expected nothing after the day, got `夜`"),
      ("八月五", 2, "expected a day after 月, such as 初一, 十五, 廿三 or 15, got `五`"),
      (
        "mid-autumn", 0,
        "expected a day of the Chinese calendar such as 08-15, 闰六月十五 or 除夕, got `mid-autumn`"
      ),
      ("8/15", 1, "expected 月 or - after the month, got `/15`"),
      ("8-15\u{301}", 4, "expected nothing after the day, got `\u{301}`"),
      (
        "８月15日", 0, "expected a day of the Chinese calendar such as 08-15, 闰六月十五 or 除夕, got `８月15日`"
      ),
      ("廿三", 0, "expected a day of the Chinese calendar such as 08-15, 闰六月十五 or 除夕, got `廿三`"),
    ])
  func refused(text: String, offset: Int, message: String) throws {
    let problem = try #require(throws: LunarDayProblem.self) { try LunarDay.parse(text) }
    #expect(problem.description == message)
    #expect(problem.offset == offset)
  }

  @Test(
    "falls where the policy puts it",
    arguments: [
      // The twelfth month has 29 days from 2025 to 2029.
      ("12-30", 2025, Skip.backward, "2026-02-16"), ("12-30", 2025, .omit, nil),
      ("12-30", 2025, .forward, "2026-02-17"), ("12-30", 2024 - 1, .omit, "2024-02-09"),
      // A leap month where the year has it, and where it has not.
      ("06L-15", 2025, .backward, "2025-08-08"), ("06L-15", 2026, .backward, "2026-07-28"),
      ("06L-15", 2026, .omit, nil), ("06L-15", 2026, .forward, "2026-08-27"),
      ("06L-30", 2025, .backward, "2025-08-22"), ("06L-30", 2025, .forward, "2025-08-23"),
      ("06-15", 2025, .backward, "2025-07-09"), ("12L-01", 2026, .forward, "2027-02-06"),
      ("12L-30", 2026, .backward, "2027-02-05"),
      ("除夕", 2025, .omit, "2026-02-16"), ("除夕", 2024, .forward, "2025-01-28"),
      ("01-01", 2100, .backward, "2100-02-09"), ("01-01", 2101, .backward, nil),
      ("01-01", 1899, .backward, nil), ("12L-30", 2100, .forward, "2101-02-27"),
    ] as [(String, Int, Skip, String?)])
  func policy(text: String, year: Int, skip: Skip, date: String?) throws {
    #expect(try LunarDay.parse(text).date(inLunarYear: year, skip: skip)?.description == date)
  }

  @Test("of a leap month can be kept in the regular month of every year")
  func custom() throws {
    let birthday = try LunarDay.parse("闰六月十五")
    #expect(
      birthday.date(inLunarYear: 2025, custom: .regularMonth)?.description == "2025-07-09")
    #expect(
      birthday.date(inLunarYear: 2026, skip: .omit, custom: .regularMonth)?.description
        == "2026-07-28")
  }

  @Test("comes back to its own date in its own year, for every day of 1901 to 2100")
  func itself() throws {
    for number in try day("1901-02-19").dayNumber...day("2100-12-31").dayNumber {
      let date = CivilDate(dayNumber: number)
      guard let lunar = LunarDate(date) else { continue }
      for skip in Skip.allCases where number % 3 == skip.hashOrder {
        let back = LunarDay(lunar).date(inLunarYear: lunar.year, skip: skip)
        if back != date { #expect(back == date) }
      }
    }
  }

  @Test("may come twice in a Gregorian year, or not at all")
  func range() throws {
    let laba = try LunarDay.parse("腊月初八")
    let range = try day("2022-01-01")...day("2023-12-31")
    #expect(laba.dates(in: range).map(\.description) == ["2022-01-10", "2022-12-30"])
    #expect(try laba.dates(in: day("2150-01-01")...day("2160-01-01")).isEmpty)
    #expect(try laba.dates(in: day("0001-01-01")...day("9999-12-31")).count == 201)
  }
}

extension Skip {
  fileprivate var hashOrder: Int {
    switch self {
    case .omit: 0
    case .backward: 1
    case .forward: 2
    }
  }
}
