import KindlyConfig
import Testing

/// What is said about hours at which quiet hours hold what they ask for.
@Suite("Hours inside quiet hours")
struct QuietTimesTests {
  @Test(
    "are warned of where a rule's hour is inside those that hold it",
    arguments: [
      (
        "when: 1 day before ends_on at 07:00\nsend: email",
        "wait until 08:30, and those that expire"
      ),
      (
        "when: on ends_on at 22:00\nsend: email\nlate: skip after 2 hours",
        "its letters are never sent"
      ),
      ("when: on ends_on at 07:00\nsend: [inbox, email]\nclass: marketing", "channel inbox"),
      (
        "when: on ends_on at 07:00\nsend: email\nclass: service\nquiet hours: yes",
        "inside the quiet hours 21:00-08:30 of channel email, so its letters wait until 08:30"
      ),
      (
        "when: on ends_on at 12:30\nsend: [email, inbox]\nquiet hours: 12:00-13:00",
        "`at 12:30` is inside the rule's own quiet hours 12:00-13:00, so its letters wait until 13:00"
      ),
      (
        "when: on ends_on at 07:00\nsend: email",
        "or `quiet hours: none` in the rule to send it at 07:00 anyway"
      ),
      ("when: on ends_on at 08:30\nsend: email", nil),
      ("when: on ends_on at 20:59\nsend: email", nil),
      ("when: on ends_on\nsend: email", nil),
      ("when: on ends_on at 07:00\nsend: email\nclass: service", nil),
      ("when: on ends_on at 07:00\nsend: email\nquiet hours: none", nil),
    ] as [(String, String?)])
  func hoursInQuietHours(rule: String, warning: String?) throws {
    let folder = try Fixture.folder(rule: rule + "\ntemplate: a")
    try folder.write("kindly.yaml", Fixture.main + "quiet hours: 21:00-08:30\n")
    let warnings = try folder.warnings().filter { $0.contains("quiet hours") }
    #expect(warnings.count == (warning == nil ? 0 : 1), "\(warnings)")
    if let warning {
      #expect(warnings.first?.contains(warning) == true, "\(warnings)")
      #expect(warnings.first?.hasPrefix("rules.d/10-test.yaml:") == true)
    }
  }

  @Test("are warned of where the default time is inside them")
  func defaultTimeInQuietHours() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": "default time: 07:00\nquiet hours: 21:00-08:30\n"
    ])
    let warnings = try folder.warnings()
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("kindly.yaml:1:") == true)
  }
}
