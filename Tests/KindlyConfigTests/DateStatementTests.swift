import KindlyConfig
import KindlyCore
import Testing

@Suite("Statements about dates")
struct DateStatementTests {
  private func folder(_ dates: String) throws -> ConfigurationFolder {
    try ConfigurationFolder([
      "kindly.yaml": Fixture.main.replacing(
        "key: id, customer: customer_id }",
        with: "key: id, customer: customer_id, dates: \(dates) }")
    ])
  }

  @Test("hold for every column or for single ones, in any case")
  func columns() throws {
    let common = try folder("dmy").load().watch(named: "visits")?.dates
    #expect(common?.forms(of: "visit") == [.dayFirst])
    let dates = try folder("{ born: YYYYMMDD, Visit: [MDY, time], created: unix  seconds }")
      .load().watch(named: "visits")?.dates
    #expect(dates?.forms(of: "born") == [.compact])
    #expect(dates?.forms(of: "VISIT") == [.monthFirst, .time])
    #expect(dates?.forms(of: "created") == [.seconds])
    #expect(dates?.forms(of: "other") == [])
    let short = try folder("{ born: [DMY, years 1930-2029] }").load().watch(named: "visits")?.dates
    #expect(short?.forms(of: "born") == [.dayFirst, .years(from: 1930)])
  }

  @Test(
    "are refused where they are none, or contradict each other",
    arguments: [
      ("DYM", "expected `dates` to be `date`, `time`, `DMY`"),
      ("[DMY, MDY]", "expected `dates` to say once how dates are written"),
      ("{ x: [date, time] }", "expected `dates: x` to say once how dates are written"),
      ("years 1930-2029", "expected `dates` to have `DMY`, `MDY` or `YMD` beside `years`"),
      ("{ x: [unix seconds, years 1930-2029] }", "expected `dates: x` to have `DMY`"),
      ("[DMY, years 1930-2030]", "a hundred years such as `years 1930-2029`"),
      ("[DMY, years 1930-2029, years 1940-2039]", "expected `dates` to say once"),
      ("{ x: soon }", "expected `dates: x` to be `date`"),
    ])
  func refused(dates: String, expected: String) throws {
    let problems = try folder(dates).problems()
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
  }
}
