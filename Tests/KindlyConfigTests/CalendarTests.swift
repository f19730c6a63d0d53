import KindlyConfig
import KindlyCore
import Testing

@Suite("Calendars of a configuration")
struct CalendarTests {
  private static func main(
    _ keys: String, _ rule: String, when: String = "1 workday before x"
  ) -> String {
    """
    sources: { crm: { url: "sqlite:///crm.db" } }
    watches: { customers: { source: crm, table: customers, key: id } }
    customers: { watch: customers }
    channels: { inbox: { type: inbox } }
    \(keys)
    rules:
      - { name: a, watch: customers, when: \(when), send: inbox, template: a\(rule) }
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
    _ keys: String, rule: String = "", when: String = "1 workday before x",
    files: [String: String] = [:]
  ) throws -> ConfigurationFolder {
    try ConfigurationFolder(
      ["kindly.yaml": Self.main(keys, rule, when: when)].merging(files) { first, _ in first })
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
    #expect(company.policy.workdays.name == "shop")
    let days = [2, 3, 4, 5].compactMap { CivilDate(year: 2026, month: 3, day: $0) }
    #expect(days.map(company.policy.workdays.calendar.isWorkday) == [true, false, false, true])
    let own = try schedule(
      try folder("calendar: shop", rule: ", calendar: office, off days: later", files: files).load()
    )
    #expect(own.policy.workdays.name == "office" && own.policy.offDays == .later)
    #expect(days.map(own.policy.workdays.calendar.isWorkday) == [true, false, true, true])
    #expect(try schedule(try folder("").load()).policy.workdays == .weekends)
  }

  @Test(
    "may be chosen by customers, unless a rule names one, and need a calendar that they can name")
  func ofCustomers() throws {
    let files = ["calendars/shop.json": Self.day, "calendars/office.ics": Self.event]
    func configured(_ rule: String, _ files: [String: String]) throws -> ConfigurationFolder {
      let main = Self.main("calendar: shop", rule)
        .replacing("{ watch: customers }", with: "{ watch: customers, calendar: cal }")
      return try ConfigurationFolder(["kindly.yaml": main].merging(files) { first, _ in first })
    }
    let configuration = try configured("", files).load()
    #expect(configuration.customers?.calendar == "cal")
    let policy = try schedule(configuration).policy
    #expect(policy.workdays.name == "shop")
    #expect(policy.customerCalendars.all.map(\.name) == ["office", "shop"])
    #expect(policy.customerCalendars == configuration.rules.first?.steps.first?.customerCalendars)
    let own = try configured(", calendar: office", files).load()
    #expect(try schedule(own).policy.customerCalendars.isEmpty)
    #expect(
      try schedule(try folder("calendar: shop", files: files).load()).policy.customerCalendars
        .isEmpty)
    let main = Self.main("", "").replacing(
      "{ watch: customers }", with: "{ watch: customers, calendar: cal }")
    let problems = try ConfigurationFolder(["kindly.yaml": main]).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(
      problems[0].contains(
        "kindly.yaml:3:42: error: expected a calendar in the folder calendars/ that customers can name, got none"
      ), "\(problems)")
  }

  @Test("may be chosen by colleagues, even if customers choose none")
  func ofColleagues() throws {
    let keys =
      "calendar: shop\ncolleagues: { watch: customers, name: name, email: email, calendar: cal }"
    let files = ["calendars/shop.json": Self.day, "calendars/office.ics": Self.event]
    let configuration = try folder(keys, files: files).load()
    #expect(configuration.customers?.calendar == nil)
    #expect(
      try schedule(configuration).policy.customerCalendars.all.map(\.name) == ["office", "shop"])
  }

  @Test("have office hours and a choice about missing dates, of the company or of a rule")
  func policy() throws {
    let hours = "office hours: Mon-Fri 09:00-17:00"
    let when = "4 working hours before x"
    let company = try schedule(try folder("timezone: Asia/Shanghai\n\(hours)", when: when).load())
    #expect(company.policy.officeHours?.hours.text == "Mon-Fri 09:00-17:00")
    #expect(company.policy.officeHours?.zone == Zone.named("Asia/Shanghai"))
    #expect(company.policy.missingDates == .backward)
    let own = try schedule(
      try folder(hours, rule: ", missing dates: skip, office hours: Sat 10:00-12:00", when: when)
        .load())
    #expect(own.policy.officeHours?.hours.text == "Sat 10:00-12:00")
    #expect(own.policy.missingDates == .omit)
  }

  @Test(
    "are needed by rules about working hours, and refused with file, line and column",
    arguments: [
      (
        "", "",
        "kindly.yaml:7:40: error: expected `office hours` in kindly.yaml, the rule or the step"
      ),
      (
        "office hours: Mon 9-17", "",
        "kindly.yaml:5:19: error: `office hours`: expected a time of day"
      ),
      ("", ", office hours: Mon 09:00-08:00", "expected a time later than 09:00"),
      (
        "office hours: Mon 09:00-17:00", ", missing dates: never",
        "to be earlier, later or skip, got `never`"
      ),
    ])
  func refusedHours(_ keys: String, _ rule: String, _ expected: String) throws {
    let problems = try folder(keys, rule: rule, when: "4 working hours before x").problems()
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
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
      ("a.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY\r\n", "calendars/a.ics:4:1: "),
      (
        "a.ics", event.replacing("DATE:20260305", with: "DATE:2026\r\n -03-05"),
        "calendars/a.ics:5:18: "
      ),
      (
        "a.ics", event.replacing("DATE:20260305", with: "DATE\r\n :2026-03-05"),
        "calendars/a.ics:6:3: "
      ),
    ])
  func broken(_ name: String, _ text: String, _ expected: String) throws {
    let problems = try folder("", files: ["calendars/\(name)": text]).problems()
    #expect(problems.contains { $0.hasPrefix(expected) && $0.contains("expected") }, "\(problems)")
  }
}
