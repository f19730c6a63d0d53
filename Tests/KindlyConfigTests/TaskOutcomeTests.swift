import KindlyConfig
import KindlyCore
import Testing

@Suite("Outcomes of tasks in the configuration") struct TaskOutcomeTests {
  private func folder(_ outcomes: String) throws -> ConfigurationFolder {
    try ConfigurationFolder(["kindly.yaml": Fixture.main + outcomes + "\n"])
  }

  @Test(
    "may have kinds, and have defaults",
    arguments: [
      ("", TaskOutcome.standard),
      ("task outcomes: [sold, again]", [TaskOutcome("sold"), TaskOutcome("again")]),
      (
        "task outcomes:\n  - not reached\n  - complaint: [delivery, too dear]",
        [TaskOutcome("not reached"), TaskOutcome("complaint", kinds: ["delivery", "too dear"])]
      ),
    ])
  func outcomes(text: String, outcomes: [TaskOutcome]) throws {
    #expect(try folder(text).load().taskOutcomes == outcomes)
  }

  @Test(
    "problems are reported with their place",
    arguments: [
      (
        "task outcomes: sold",
        "16:16: error: expected `task outcomes` to be a list such as `[reached, complaint: [delivery, price]]`, got `sold`"
      ),
      (
        "task outcomes: [a, b, a]",
        "16:23: error: expected the members of `task outcomes` to be different, got `a` twice"
      ),
      (
        "task outcomes: [a: b]",
        "16:20: error: expected the kinds of `a` to be a list such as `[delivery, price]`, got `b`"
      ),
      ("task outcomes: [[a]]", "16:17: error: expected `task outcomes` to be a text, got a list"),
      ("task outcomes: [a: [[b]]]", "16:21: error: expected `a` to be a text, got a list"),
    ])
  func problems(text: String, problem: String) throws {
    #expect(try folder(text).problems() == ["kindly.yaml:" + problem])
  }
}
