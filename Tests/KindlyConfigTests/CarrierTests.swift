import KindlyConfig
import KindlyCore
import Testing

@Suite("A channel that carries tasks") struct CarrierTests {
  private static let main = Fixture.main.replacing(
    "channels:\n",
    with: """
      teams:
        sales: { name: Sales, email: sales@example.com }
      channels:
        calls: { type: task, via: VIA }
        visits: { type: task }

      """)

  private func folder(via: String, rule: String) throws -> ConfigurationFolder {
    let lines = rule.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return try ConfigurationFolder([
      "kindly.yaml": Self.main.replacing("VIA", with: via),
      "rules.d/10-test.yaml":
        "rules:\n  - name: test\n    watch: customers\n    when: insert\n    template: a\n\(lines)\n",
    ])
  }

  @Test("adds a leg for each recipient after the configured legs")
  func legs() throws {
    let configuration = try folder(
      via: "email", rule: "send: [calls, visits, email]\nto: [team sales, boss@example.com]"
    ).load()
    let legs = try #require(configuration.rules.first?.steps.first).legs
    #expect(
      legs.map { "\($0.number) \($0.recipient.text) \($0.route)\($0.isCarrier ? " carried" : "")" }
        == [
          "0 team sales calls", "1 team sales visits", "2 team sales email",
          "5 boss@example.com calls", "6 boss@example.com visits", "7 boss@example.com email",
          "50 team sales email carried", "55 boss@example.com email carried",
        ])
    #expect(FollowUp.words(ofLeg: 55) == "card of leg 1 for recipient 2")
    #expect(FollowUp.words(ofLeg: 50) == "card of leg 1")
  }

  @Test("goes to the same lead as the task")
  func leads() throws {
    let main = Self.main.replacing("VIA", with: "email").replacing(
      "teams:\n",
      with:
        "colleagues:\n  - { key: anna, name: Anna, email: a@example.com, lead: carl }\n  - { key: carl, name: Carl, email: c@example.com }\nteams:\n"
    ).replacing("  email: email\n", with: "  email: email\n  owner: owner_id\n")
    let configuration = try ConfigurationFolder([
      "kindly.yaml": main,
      "rules.d/10-test.yaml": """
      rules:
        - name: test
          watch: customers
          template: a
          send: calls
          steps:
            - { name: a, when: insert, to: owner }
            - { name: b, when: insert, to: lead }
      """,
    ]).load()
    let steps = try #require(configuration.rules.first).steps
    #expect(steps[1].legs.map(\.recipient) == [.lead(of: .owner), .lead(of: .owner)])
  }

  @Test(
    "must be another channel that is configured",
    arguments: [
      (
        "emial",
        "kindly.yaml:16:1: error: expected `via` of channel calls to name a channel, got `emial`; did you mean `email`?"
      ),
      (
        "visits",
        "kindly.yaml:16:1: error: expected `via` of channel calls to name a channel that is not of type task, because it carries "
          + "tasks to people who do not look at their tasks; got `visits`"
      ),
      (
        "calls",
        "kindly.yaml:16:1: error: expected `via` of channel calls to name a channel that is not of type task, because it carries "
          + "tasks to people who do not look at their tasks; got `calls`"
      ),
    ])
  func problems(via: String, problem: String) throws {
    let problems = try folder(via: via, rule: "send: calls\nto: team sales").problems()
    #expect(problems == [problem], "\(problems)")
  }

  @Test("stands alone in a route", arguments: ["email else calls", "[inbox, calls else email]"])
  func routes(send: String) throws {
    let problems = try folder(via: "email", rule: "send: \(send)\nto: team sales").problems()
    #expect(
      problems.count == 1
        && problems[0].hasPrefix(
          "rules.d/10-test.yaml:2:1: error: expected channel calls to stand alone in a member of `send`, because its `via: email` "
            + "always sends a message; got `"),
      "\(problems)")
  }

  @Test("needs an address of each recipient")
  func addresses() throws {
    let main = Self.main.replacing("VIA", with: "email").replacing(
      ", email: sales@example.com", with: "")
    let problems = try ConfigurationFolder([
      "kindly.yaml": main,
      "rules.d/10-test.yaml":
        "rules:\n  - { name: test, watch: customers, when: insert, template: a, send: calls, to: team sales }\n",
    ]).problems()
    #expect(
      problems.count == 1
        && problems[0].hasSuffix(
          "error: expected team sales to have `email:` for channel email, got none"),
      "\(problems)")
  }
}
