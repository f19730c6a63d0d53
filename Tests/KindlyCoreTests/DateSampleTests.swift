import KindlyCore
import Testing

@Suite("The kind of a date column")
struct DateSampleTests {
  private func kind(_ values: [Value], zone: String = "Europe/Berlin") throws -> DateKind {
    var sample = DateSample(zone: try #require(Zone.named(zone)))
    for value in values { sample.take(value) }
    return sample.kind
  }

  private func numbers(_ values: [Int64]) -> [Value] { values.map(Value.integer) }
  private func texts(_ values: [String]) -> [Value] { values.map(Value.text) }

  @Test(
    "is found from numbers that are nearly all of one notation",
    arguments: [
      ([19_850_312, 19_900_101, 20_010_930], DateKind.Number.compact),
      ([19_850_312, 19_900_101, 20_010_930, 99_999_999], .compact),
      ([19_850_312, 19_000_101, 19_000_101, 99_991_231], .compact),
      ([1_770_687_000, 1_804_636_800, -100_000_000], .seconds),
      ([1_770_687_000_000, 1_804_636_800_000], .milliseconds),
    ] as [([Int64], DateKind.Number)])
  func notation(values: [Int64], number: DateKind.Number) throws {
    #expect(try kind(numbers(values)).number == number)
    #expect(try kind(texts(values.filter { $0 > 0 }.map(String.init))).number == number)
  }

  @Test(
    "stays open where numbers are no dates, or of two notations",
    arguments: [
      [19_850_532, 31_121_985, 850_503, 99_999_999], [42, 17, 3],
      [1_770_687_000, 1_770_687_000_000], [1_770_687_000, 31_121_985, 19_850_532],
    ] as [[Int64]])
  func undecidedNumbers(values: [Int64]) throws {
    #expect(try kind(numbers(values)).number == nil)
  }

  @Test(
    "is found from the dates that can be read in one order alone",
    arguments: [
      (["28.12.2026"], DateKind.Order.dayFirst), (["03.04.2026"], .dayFirst),
      (["28/12/2026", "03/04/2026"], .dayFirst), (["12/28/2026", "03/04/2026"], .monthFirst),
      (["12-28-2026 09:30", "0000-00-00", "soon"], .monthFirst),
    ])
  func order(values: [String], order: DateKind.Order) throws {
    #expect(try kind(texts(values)).order == order)
  }

  @Test(
    "stays open where nothing tells the order, or both are there",
    arguments: [["03/04/2026", "05-06-2026"], ["12/28/2026", "28/12/2026"], ["2026-12-28"]])
  func undecidedOrder(values: [String]) throws {
    #expect(try kind(texts(values)).order == nil)
  }

  @Test("takes midnights for days where nearly all times are midnights")
  func midnights() throws {
    let berlin = try #require(Zone.named("Europe/Berlin"))
    let midnight = "2027-03-10 00:00:00"
    #expect(try kind(texts([midnight])).days == .midnights(berlin))
    #expect(try kind(texts([midnight, "2027-03-10 10:00"])).days == DateKind.Days.none)
    let many = Array(repeating: midnight, count: 19)
    #expect(try kind(texts(many + ["2027-03-10 10:00"])).days == .midnights(berlin))
    #expect(try kind(texts(["2027-03-10T00:00:00Z"])).days == .midnights(.utc))
    #expect(try kind(texts(["2027-03-09T23:00:00Z"])).days == .midnights(berlin))
    #expect(try kind(numbers([1_804_636_800])).days == .midnights(.utc))
    #expect(try kind(texts(["2027-03-10T01:30:00Z"])).days == DateKind.Days.none)
  }

  @Test("is what the configuration states, over what was found")
  func statements() throws {
    let found = DateKind(number: .seconds, order: .dayFirst, days: .midnights(.utc))
    func stated(_ forms: DateForm...) -> DateKind { found.stating(forms, sourceZone: .utc) }
    #expect(stated() == found)
    #expect(stated(.date) == DateKind(number: .seconds, order: .dayFirst, days: .all(.utc)))
    #expect(stated(.time).days == DateKind.Days.none)
    #expect(stated(.compact) == DateKind(number: .compact, days: .midnights(.utc)))
    #expect(stated(.monthFirst) == DateKind(order: .monthFirst, days: .midnights(.utc)))
    #expect(stated(.yearFirst) == DateKind(days: .midnights(.utc)))
    #expect(stated(.dayFirst, .date) == DateKind(order: .dayFirst, days: .all(.utc)))
  }

  @Test("counts birthdays that too many rows share, on one date or one day of the year")
  func heaps() {
    var census = AnchorCensus()
    for number in 0..<300 {
      let date = CivilDate(dayNumber: 3000 + number * 11)
      census.take(.text("\(date)"), as: .unknown)
    }
    #expect(census.birthdayHeaps.isEmpty)
    census.take(.text("1985-05-05"), as: .unknown, count: 40)
    for year in 1950..<1980 { census.take(.text("\(year)-01-01"), as: .unknown) }
    #expect(census.birthdayHeaps.map(\.date) == ["1985-05-05", "01-01 of several years"])
    #expect(census.birthdayHeaps.first?.rows == 40)
    census.take(.text("1900-01-01"), as: .unknown, count: 50)
    #expect(census.unusable == [.placeholder: 50, .epoch: 1])
  }
}
