import KindlyCore
import KindlyTestKit
import Testing

@Suite("A festival")
struct FestivalTests {
  @Test(
    "falls on the days that everybody knows",
    arguments: [
      ("Spring Festival", 2026, "2026-02-17"), ("春节", 2025, "2025-01-29"),
      ("lantern", 2026, "2026-03-03"), ("元宵节", 2025, "2025-02-12"),
      ("dragon boat", 2026, "2026-06-19"), ("端午节", 2025, "2025-05-31"),
      ("Qixi", 2026, "2026-08-19"), ("七夕", 2025, "2025-08-29"),
      ("Ghost Festival", 2025, "2025-09-06"), ("中元节", 2026, "2026-08-27"),
      ("mid-autumn", 2025, "2025-10-06"), ("中秋节", 2026, "2026-09-25"),
      ("double ninth", 2025, "2025-10-29"), ("重阳节", 2026, "2026-10-18"),
      ("laba", 2025, "2025-01-07"), ("腊八节", 2026, "2026-01-26"),
      ("little new year", 2026, "2026-02-10"), ("小年", 2025, "2025-01-22"),
      ("Chinese New Year's Eve", 2026, "2026-02-16"), ("除夕", 2025, "2025-01-28"),
      ("除夕", 2024, "2024-02-09"), ("qingming", 2026, "2026-04-05"), ("清明节", 2025, "2025-04-04"),
      ("winter solstice", 2026, "2026-12-22"), ("冬至", 2025, "2025-12-21"),
      ("New Year's Day", 2026, "2026-01-01"), ("元旦", 2027, "2027-01-01"),
      ("Gregorian New Year's Eve", 2026, "2026-12-31"), ("跨年夜", 2025, "2025-12-31"),
      ("Women's Day", 2026, "2026-03-08"), ("妇女节", 2026, "2026-03-08"),
      ("Labour Day", 2026, "2026-05-01"), ("劳动节", 2026, "2026-05-01"),
      ("Children's Day", 2026, "2026-06-01"), ("儿童节", 2026, "2026-06-01"),
      ("Teachers' Day", 2026, "2026-09-10"), ("教师节", 2026, "2026-09-10"),
      ("National Day", 2026, "2026-10-01"), ("国庆节", 2026, "2026-10-01"),
      ("Singles' Day", 2026, "2026-11-11"), ("双十一", 2026, "2026-11-11"),
      ("Christmas", 2026, "2026-12-25"), ("圣诞节", 2026, "2026-12-25"),
      ("Valentine's Day", 2026, "2026-02-14"), ("情人节", 2026, "2026-02-14"),
      ("Mother's Day", 2026, "2026-05-10"), ("母亲节", 2025, "2025-05-11"),
      ("Father's Day", 2026, "2026-06-21"), ("父亲节", 2025, "2025-06-15"),
      ("Thanksgiving", 2026, "2026-11-26"), ("感恩节", 2025, "2025-11-27"),
      ("Black Friday", 2026, "2026-11-27"), ("Black Friday", 2024, "2024-11-29"),
      ("Easter", 2026, "2026-04-05"), ("Good Friday", 2026, "2026-04-03"),
      ("Halloween", 2026, "2026-10-31"),
    ])
  func known(name: String, year: Int, date: String) throws {
    #expect(try Festivals.standard.named(name).day.dates(in: year).map(\.description) == [date])
  }

  @Test("of a solar term or at Easter agrees with libraries of others from 1901 to 2100")
  func agreesWithLibraries() throws {
    let output = try PythonScript.output(of: "festival_oracle.py", reading: [])
    var count = 0
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let numbers = line.split(separator: UInt8(ascii: " ")).map(OracleNumbers.number)
      let year = numbers[0]
      #expect(SolarTerm.qingming.date(in: year) == CivilDate(year: year, month: 4, day: numbers[1]))
      #expect(
        SolarTerm.winterSolstice.date(in: year)
          == CivilDate(year: year, month: 12, day: numbers[2]))
      #expect(
        CivilDate(easterOf: year) == CivilDate(year: year, month: numbers[3], day: numbers[4]))
      count += 1
    }
    #expect(count == 200)
  }

  @Test("of the Chinese calendar is there in every year from 1901 to 2100")
  func everyYear() throws {
    let newYear = try Festivals.standard.named("春节").day
    let eve = try Festivals.standard.named("除夕").day
    let laba = try Festivals.standard.named("腊八节").day
    for year in 1901...2100 {
      let first = try #require(newYear.dates(in: year).first)
      #expect(newYear.dates(in: year).count == 1)
      #expect(eve.dates(in: year) == [first.adding(days: -1)])
    }
    #expect(laba.dates(in: 2022).map(\.description) == ["2022-01-10", "2022-12-30"])
    #expect(laba.dates(in: 2023).isEmpty)
    #expect(try laba.next(onOrAfter: day("2022-12-31"))?.description == "2024-01-18")
    #expect(try newYear.next(onOrAfter: day("2101-01-01")) == nil)
    #expect(try newYear.dates(in: day("2025-01-29")...day("2026-02-17")).count == 2)
  }

  @Test(
    "is found however its name is spelled",
    arguments: [
      ("MID AUTUMN", "Mid-Autumn Festival"), ("midautumn festival", "Mid-Autumn Festival"),
      ("mid–autumn", "Mid-Autumn Festival"), ("Mothers Day", "Mother's Day"),
      ("mother’s day", "Mother's Day"), ("teacher's day", "Teachers' Day"),
      ("TEACHERS’ DAY", "Teachers' Day"), ("labor day", "Labour Day"),
      ("chinese new years eve", "Chinese New Year's Eve"), ("chinese-new-year", "Spring Festival"),
      (" 中秋 节 ", "Mid-Autumn Festival"), ("St. Valentine’s Day", "Valentine's Day"),
      ("五一", "Labour Day"), ("xmas", "Christmas"), ("blackfriday", "Black Friday"),
    ])
  func spelled(text: String, name: String) throws {
    #expect(try Festivals.standard.named(text).name == name)
  }

  @Test(
    "is refused with advice where a name is unknown or means two",
    arguments: [
      (
        "new year's eve",
        "`new year's eve` can mean several festivals; write `Chinese New Year's Eve` or `Gregorian New Year's Eve`"
      ),
      (
        "New Years Eve",
        "`New Years Eve` can mean several festivals; write `Chinese New Year's Eve` or `Gregorian New Year's Eve`"
      ),
      ("新年", "`新年` can mean several festivals; write `春节` or `元旦`"),
      ("mid-autum", "there is no festival `mid-autum`; did you mean `Mid-Autumn Festival`?"),
      ("Cristmas", "there is no festival `Cristmas`; did you mean `Christmas`?"),
      ("端五节", "there is no festival `端五节`; did you mean `端午节`?"),
      (
        "Diwali",
        "there is no festival `Diwali`; define it as a day such as `12-25`, `lunar 05-13` or `second Sunday of May`"
      ),
      (
        "",
        "there is no festival ``; define it as a day such as `12-25`, `lunar 05-13` or `second Sunday of May`"
      ),
    ])
  func refused(text: String, message: String) throws {
    let problem = try #require(throws: FestivalProblem.self) { try Festivals.standard.named(text) }
    #expect(problem.description == message)
  }

  @Test("of a configuration is found, and takes no other's name")
  func configured() throws {
    var festivals = Festivals.standard
    try festivals.add(
      Festival("Guan Yu's Birthday", chinese: "关公诞", on: FestivalDay.parse("lunar 05-13")))
    #expect(
      try festivals.named("guan yus birthday").day.dates(in: 2026).map(\.description)
        == ["2026-06-27"])
    #expect(try festivals.named("关公诞").chinese == "关公诞")
    for name in ["guan-yu's birthday", "xmas", "new year", "- ' -"] {
      #expect(throws: FestivalProblem.self) {
        var other = festivals
        try other.add(Festival(name, on: .fixed(month: 5, day: 13)))
      }
    }
    #expect(festivals.all.count == Festivals.standard.all.count + 1)
  }

  @Test(
    "of a configuration is a fixed day, a day of the Chinese calendar or a weekday of a month",
    arguments: [
      ("12-25", "12-25", "2026-12-25"), ("2-29", "02-29", "2026-02-28"),
      ("lunar 05-13", "lunar 05-13", "2026-06-27"), ("Lunar 五月十三", "lunar 05-13", "2026-06-27"),
      ("second Sunday of May", "second Sunday of May", "2026-05-10"),
      ("LAST fri OF nov", "last Friday of November", "2026-11-27"),
      ("1st Mon of Sep", "first Monday of September", "2026-09-07"),
      ("fifth Sunday of March", "fifth Sunday of March", "2026-03-29"),
    ])
  func days(text: String, canonical: String, date: String) throws {
    let parsed = try FestivalDay.parse(text)
    #expect(parsed.description == canonical)
    #expect(try FestivalDay.parse(canonical) == parsed)
    #expect(parsed.dates(in: 2026).map(\.description) == [date])
  }

  @Test(
    "of a configuration is refused with what was expected",
    arguments: [
      ("", "expected a day such as `12-25`, `lunar 05-13` or `second Sunday of May`, got nothing"),
      ("25-12", "expected a day that the calendar has, month first, got `25-12`"),
      ("02-30", "expected a day that the calendar has, month first, got `02-30`"),
      ("lunar 13-01", "expected a month from 1 to 12 after lunar, got `13-01`"),
      ("sixth Sunday of May", "expected first, second, third, fourth, fifth or last, got `sixth`"),
      ("second Sonntag of May", "expected a weekday such as Sunday, got `Sonntag`"),
      ("second Sunday of Mai", "expected a month such as May, got `Mai`"),
      (
        "2026-05-01",
        "expected a day such as `12-25`, `lunar 05-13` or `second Sunday of May`, got `2026-05-01`"
      ),
    ])
  func refusedDays(text: String, message: String) throws {
    let problem = try #require(throws: FestivalDayProblem.self) { try FestivalDay.parse(text) }
    #expect(problem.description == message)
  }

  @Test("of a weekday that a month does not have every year is not there in the others")
  func fifth() throws {
    let fifth = try FestivalDay.parse("fifth Monday of February")
    #expect(fifth.dates(in: 2026).isEmpty)
    #expect(try fifth.next(onOrAfter: day("2026-01-01"))?.description == "2044-02-29")
    #expect(try fifth.next(onOrAfter: day("9990-01-01")) == nil)
    #expect(CivilDate(easterOf: 1582) == nil)
  }
}
