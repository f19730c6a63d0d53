import KindlyConfig
import KindlyCore
import Testing

@Suite("Rules with a digest") struct DigestRuleTests {
  private func steps(_ lines: String, head: String = "") throws -> [Step] {
    let text = (head + lines).split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let folder = try Fixture.folder(
      rules:
        "rules:\n  - name: test\n    watch: visits\n    send: email\n    template: a\n\(text)\n")
    return try #require(try folder.load().rules.first).steps
  }

  @Test("set the digest for all steps; a step can override or disable it")
  func steps() throws {
    let steps = try steps(
      """
      digest: daily at 08:45
      steps:
        - { name: a, when: on starts_on }
        - { name: b, when: 2 days after starts_on, digest: weekly on Monday at 9:00, late: skip after 10 days }
        - { name: c, when: 3 days after starts_on, digest: none }
        - { name: d, when: 1 hours after starts_on, digest: hourly }
      """)
    let morning = try #require(TimeOfDay("08:45"))
    let nine = try #require(TimeOfDay("09:00"))
    #expect(
      steps.map(\.digest) == [.daily(at: morning), .weekly(on: .monday, at: nine), nil, .hourly])
    // A date without a time falls due with the digest; an hourly digest keeps the company's default time.
    #expect(
      steps.map { $0.when.schedule?.timeOfDay(orElse: TimeOfDay("00:00") ?? morning).minutes }
        == [
          morning.minutes, nine.minutes, 0, 0,
        ])
  }

  @Test("keep a time that the rule sets itself")
  func ownTime() throws {
    let step = try #require(try steps("digest: daily at 08:45\nwhen: on starts_on at 07:00").first)
    #expect(step.when.schedule?.at == TimeOfDay("07:00"))
  }

  @Test(
    "may announce dates that are far enough away",
    arguments: [
      "digest: weekly on Monday at 09:00\nwhen: 10 days before starts_on",
      "digest: weekly on Monday at 09:00\nwhen: 6 days before starts_on",
      "digest: weekly on Monday at 09:00\nwhen: 5 workdays before starts_on",
      "digest: daily at 08:45\nwhen: 1 days before starts_on",
      "digest: hourly\nwhen: 2 hours before starts_at",
    ])
  func farAway(lines: String) throws {
    #expect(try steps(lines).count == 1)
  }

  @Test(
    "are refused with their place if they cannot work",
    arguments: [
      (
        "digest: daily\nwhen: on starts_on",
        "expected `digest` to be hourly, `daily at 08:45`, `weekly on Monday at 09:00` or none, got `daily`"
      ),
      (
        "digest: weekly on Monday at 09:00\nwhen: 2 days after starts_on",
        "expected reminders to be useful until the next digest (`digest: weekly on Monday at 09:00`), got a shorter time (3 days after its moment)"
      ),
      (
        "digest: daily at 08:45\nlate: skip after 4 hours\nwhen: 2 days after starts_on",
        "got a shorter time (`late: skip after 4 hours`)"
      ),
      (
        "digest: weekly on Monday at 09:00\nwhen: 2 days before starts_on",
        "got a shorter time (until the date that it announces), so most would be skipped as too late; announce the date earlier, or send the digest more often"
      ),
      (
        "digest: daily at 08:45\nwhen: 2 hours before starts_at",
        "got a shorter time (until the date that it announces)"
      ),
      (
        "digest: daily at 08:45\non move: correct\nwhen: on starts_on",
        "expected `on move: correct` only without `digest:`"
      ),
    ])
  func refused(lines: String, problem: String) throws {
    let text = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let problems = try Fixture.folder(
      rules:
        "rules:\n  - name: test\n    watch: visits\n    send: email\n    template: a\n\(text)\n"
    ).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test("cannot use task channels, and warn about a time inside the quiet hours")
  func channels() throws {
    let rules =
      "rules:\n  - { name: test, watch: visits, when: on starts_on, send: SEND, template: a, digest: daily at 06:00 }\n"
    let main = Fixture.main.replacing(
      "channels:\n",
      with:
        "quiet hours: 21:00-08:30\nteams: { sales: { name: Sales } }\nchannels:\n  calls: { type: task }\n"
    )
    let tasks = try ConfigurationFolder([
      "kindly.yaml": main,
      "rules.d/10-test.yaml": rules.replacing("SEND", with: "calls, to: team sales"),
    ]).problems()
    #expect(
      tasks.count == 1
        && tasks[0].contains("got channel calls, each of whose tasks is about one customer"))
    let warnings = try ConfigurationFolder([
      "kindly.yaml": main, "rules.d/10-test.yaml": rules.replacing("SEND", with: "email"),
    ]).warnings()
    #expect(
      warnings.contains {
        $0.contains("`digest: daily at 06:00` is inside the quiet hours 21:00-08:30")
      },
      "\(warnings)")
  }
}
