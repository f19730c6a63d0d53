import KindlyConfig
import KindlyCore
import Testing

@Suite("Calendars of a configuration")
struct CalendarTests {
  private static func main(_ keys: String, _ rule: String) -> String {
    """
    sources: { crm: { url: "sqlite:///crm.db" } }
    watches: { customers: { source: crm, table: customers, key: id } }
    customers: { watch: customers }
    channels: { inbox: { type: inbox } }
    \(keys)
    rules:
      - { name: a, watch: customers, when: 1 workday before x, send: inbox, template: a\(rule) }
    """
  }

  private static let day =
    "{\"year\": 2026, \"days\": [{\"name\": \"D\", \"date\": \"2026-03-03\", \"isOffDay\": true}]}"
  private static let event = """
    BEGIN:VCALENDAR\r
    VERSION:2.0\r
    BEGIN:VEVENT\r
    DTSTART;VALUE=DATE:20260304\r
    DTEND;VALUE=DATE:20260305\r
    SUMMARY:Closed\r
    END:VEVENT\r
    END:VCALENDAR\r

    """

  private func folder(
    _ keys: String, rule: String = "", files: [String: String] = [:]
  ) throws -> ConfigurationFolder {
    try ConfigurationFolder(
      ["kindly.yaml": Self.main(keys, rule)].merging(files) { first, _ in first })
  }

  private func schedule(_ configuration: Configuration) throws -> Schedule {
    try #require(configuration.rules.first?.steps.first?.when.schedule)
  }

  @Test("are all files of a name, chosen for the company or for a rule")
  func chosen() throws {
    let files = [
      "calendars/shop/2026.json": Self.day, "calendars/shop/own.ics": Self.event,
      "calendars/office.json": Self.day,
    ]
    let company = try schedule(try folder("calendar: shop", files: files).load())
    #expect(company.workdays.name == "shop")
    let days = [2, 3, 4, 5].compactMap { CivilDate(year: 2026, month: 3, day: $0) }
    #expect(days.map(company.workdays.calendar.isWorkday) == [true, false, false, true])
    let own = try schedule(
      try folder("calendar: shop", rule: ", calendar: office, off days: later", files: files).load()
    )
    #expect(own.workdays.name == "office" && own.offDays == .later)
    #expect(days.map(own.workdays.calendar.isWorkday) == [true, false, true, true])
    #expect(try schedule(try folder("").load()).workdays == .weekends)
  }

  @Test("belong to what is loaded, so that a reload notices a change")
  func archived() throws {
    let before = try folder("calendar: a", files: ["calendars/a.json": Self.day]).load()
    let after = try folder(
      "calendar: a", files: ["calendars/a.json": Self.day.replacing("03-03", with: "03-05")]
    ).load()
    #expect(before.hash != after.hash)
  }

  @Test(
    "are refused with file, line and column",
    arguments: [
      ("calendar: chna", "", "did you mean `china`?"),
      ("", ", calendar: moon", "expected `calendar` to name a calendar of the folder calendars/"),
      ("", ", off days: never", "expected `off days` to be keep, earlier, later, got `never`"),
    ])
  func refused(_ keys: String, _ rule: String, _ expected: String) throws {
    let problems = try folder(keys, rule: rule, files: ["calendars/china.json": Self.day])
      .problems()
    #expect(problems.count == 1 && problems[0].contains(expected), "\(problems)")
  }

  @Test(
    "with errors keep the configuration from being loaded",
    arguments: [
      ("a.json", "{\n  \"year\": 2026,\n  \"days\": [}", "calendars/a.json:3:"),
      ("a.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY\r\n", "calendars/a.ics:"),
    ])
  func broken(_ name: String, _ text: String, _ expected: String) throws {
    let problems = try folder("", files: ["calendars/\(name)": text]).problems()
    #expect(problems.contains { $0.hasPrefix(expected) && $0.contains("expected") }, "\(problems)")
  }
}
