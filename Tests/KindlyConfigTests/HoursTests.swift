import Foundation
import KindlyConfig
import KindlyCore
import Testing

/// `quiet hours:` and `send hours:` in files.
@Suite("Hours in the configuration")
struct HoursTests {
  private func folder(_ rule: String, _ more: String = "") throws -> ConfigurationFolder {
    let folder = try Fixture.folder(rule: rule + "\ntemplate: a")
    try folder.write("kindly.yaml", Fixture.main + more)
    return folder
  }

  @Test("are set for everybody, a channel, a rule and a step, as text or list")
  func levels() throws {
    let folder = try folder(
      """
      when: insert
      send: email
      send hours: [weekdays 09:00-18:00, Saturday 10:00-14:00]
      quiet hours: none
      steps:
        - { name: one }
        - { name: two, when: on ends_on, quiet hours: 22:00-07:00, send hours: none }
      """, "send hours: workdays 08:00-20:00\nquiet hours: [21:00-24:00, 00:00-08:30]\n")
    try folder.write(
      "kindly.yaml",
      try String(contentsOfFile: folder.path + "/kindly.yaml", encoding: .utf8).replacing(
        "inbox: { type: inbox }",
        with: "inbox: { type: inbox, send hours: Monday-Friday 07:00-19:00 }"))
    #expect(folder.problems() == [])
    let configuration = try folder.load()
    #expect(configuration.hours.send?.description == "workdays 08:00-20:00")
    #expect(configuration.hours.quiet?.description == "21:00-24:00, 00:00-08:30")
    let inbox = try #require(configuration.channel(named: "inbox"))
    #expect(inbox.sendHours?.description == "weekdays 07:00-19:00")
    #expect(configuration.hours(of: inbox).quiet == configuration.hours.quiet)
    let steps = try #require(configuration.rules.first).steps
    #expect(steps[0].sendHours?.description == "weekdays 09:00-18:00, Saturday 10:00-14:00")
    #expect(steps[0].quietHours == .off)
    #expect(steps[1].sendHours == .off)
    #expect(steps[1].quietHours?.description == "22:00-07:00")
  }

  @Test(
    "that cannot be read, or that leave no minute, are errors at their place",
    arguments: [
      (
        "send hours: working days", "",
        "7:17: error: expected `send hours` to be `yes`, `none` or hours such as weekdays 09:00-18:00, got `working days`"
      ),
      (
        "send hours: weekdays 09:00-9:00", "",
        "7:32: error: `send hours`: expected an end other than the start"
      ),
      (
        "send hours: [weekdays 09:00-12:00, 13:30-18:00]", "",
        "expected each window of `send hours` to name its days, as `weekdays 09:00-12:00` does, got `13:30-18:00`; write `daily 13:30-18:00`"
      ),
      ("send hours: []", "", "expected `send hours` to have at least one member"),
      (
        "send hours: 22:00-06:00", "quiet hours: 21:00-08:30\n",
        "rules.d/10-test.yaml:7:17: error: expected the hours of rule test over channel email to leave some time for sending, got none: "
          + "the send hours 22:00-06:00 and the quiet hours 21:00-08:30 leave no minute of the week"
      ),
      (
        "quiet hours: 00:00-24:00", "send hours: weekdays 09:00-18:00\n",
        "rules.d/10-test.yaml:7:18: error: expected the hours of rule test"
      ),
      (
        "", "send hours: 22:00-06:00\nquiet hours: 21:00-08:30\n",
        "kindly.yaml:16:13: error: expected the hours"
      ),
    ])
  func errors(_ rule: String, _ more: String, _ problem: String) throws {
    let problems = try folder("when: insert\nclass: care\nsend: email\n\(rule)", more).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test("that leave few hours a week are warned of, once")
  func few() throws {
    let more = "quiet hours: 21:00-08:30\nsend hours: weekdays 08:00-10:00\n"
    let warnings = try folder("when: insert\nsend: [email, inbox]", more).warnings()
      .filter { $0.contains("a week") }
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.hasSuffix(
        "warning: rule test: only 7 h 30 min a week are left for sending over channel email, "
          + "by the send hours weekdays 08:00-10:00 and the quiet hours 21:00-08:30") == true,
      "\(warnings)")
    let enough = "quiet hours: 21:00-08:30\nsend hours: weekdays 08:00-18:00\n"
    #expect(try folder("when: insert\nsend: email", enough).warnings().isEmpty)
    // Service mail leaves at any hour, so the company's hours say nothing about it.
    #expect(try folder("when: insert\nsend: email\nclass: service", more).warnings().isEmpty)
  }

  @Test("that close a rule's own time of day on every day are warned of")
  func closedTime() throws {
    let more = "send hours: weekdays 09:00-18:00\n"
    let early = try folder("when: on ends_on at 07:00\nsend: email", more).warnings()
    #expect(
      early.first?.contains(
        "`at 07:00` is outside the send hours weekdays 09:00-18:00 of channel email, so its letters wait until 09:00"
      ) == true,
      "\(early)")
    #expect(try folder("when: on ends_on at 10:00\nsend: email", more).warnings().isEmpty)
    let late = try folder("when: insert\nsend: email", "default time: 19:00\n" + more).warnings()
    #expect(
      late.first?.contains("`default time` 19:00 is outside the send hours") == true, "\(late)")
  }
}
