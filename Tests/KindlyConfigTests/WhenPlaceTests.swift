import KindlyConfig
import KindlyCore
import Testing

@Suite("Mistakes in when and in what it counts by")
struct WhenPlaceTests {
  /// The problems of a rule whose `when` begins in column 11 of line 10.
  private func problems(_ when: String, zone: String = "UTC") throws -> [String] {
    try ConfigurationFolder([
      "kindly.yaml": """
      timezone: \(zone)
      sources: { crm: { url: "sqlite:///crm.db" } }
      watches: { customers: { source: crm, table: customers, key: id, changes: snapshot } }
      channels: { inbox: { type: inbox } }
      rules:
        - name: a
          watch: customers
          send: inbox
          template: a
          when: \(when)
      """
    ]).problems()
  }

  @Test(
    "are told with file, line, column and what was expected",
    arguments: [
      ("7 fortnights after x", "10:13: error: `when`: expected a unit: minutes, hours, days"),
      ("on festival Mid-Autum", "10:23: error: `when`: expected the name of a festival"),
      (
        "every x months after y",
        "10:17: error: `when`: expected a day such as Monday, a unit (minutes"
      ),
      ("every month after x until", "10:36: error: `when`: expected a column"),
      (
        "every month on x at most 0 times",
        "10:36: error: `when`: expected a number from 1 to 10000"
      ),
      ("3 days before insert", "10:25: error: `when`: expected a column"),
      ("insert or delete", "10:21: error: `when`: expected update"),
      (
        "9999 working hours after x",
        "10:11: error: `when`: expected a number from 1 to 2000 of working hours"
      ),
      ("rrule \"FREQ=SOMETIMES\" from x", "10:23: error: `when`: expected"),
      ("rrule \"FREQ=MONTHLY;BYDAY=XX\" from x", "10:37: error: `when`: expected"),
      ("{ rrule: \"FREQ=DAILY;EVERY=2\", from: x }", "10:32: error: `rrule`: expected"),
    ])
  func when(_ text: String, _ expected: String) throws {
    let problems = try problems(text)
    #expect(problems.contains { $0.hasPrefix("kindly.yaml:" + expected) }, "\(problems)")
  }

  @Test("are told of a zone that the system does not have")
  func zone() throws {
    #expect(
      try problems("insert", zone: "Asia/Beijing").contains {
        $0.hasPrefix(
          "kindly.yaml:1:11: error: expected `timezone` to be a zone of the system's tzdata")
      })
  }

  @Test("are told of a condition about old where a change may be an insert")
  func old() throws {
    let problems = try problems("insert or update\n    if: old.x = 1")
    #expect(
      problems.contains { $0.contains("expected `old.x` only where a row is updated or deleted") },
      "\(problems)")
  }
}
