import KindlyConfig
import KindlyCore
import Testing

@Suite("What is wrong with `on move`")
struct MoveProblemTests {
  /// The lines of the only rule, and what is said about them.
  @Test(
    "is told with its line and column",
    arguments: [
      (
        "when: on a\nsend: email\ntemplate: a\non move: tell",
        "7:14: error: expected `on move` to be nothing or correct, got `tell`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\non move: correct",
        "7:14: error: expected `on move: correct` with `when: on COLUMN` or `when: N UNIT before COLUMN`"
      ),
      (
        "when: 2 days after a\nsend: email\ntemplate: a\non move: correct",
        "got it with `when: 2 days after a`"
      ),
      (
        "when: every month on a\nsend: email\ntemplate: a\non move: correct",
        "got it with `when: every month on a`"
      ),
      (
        "when: every Monday\nsend: email\ntemplate: a\non move: correct",
        "got it with `when: every Monday`"
      ),
      (
        "send: email\ntemplate: a\non move: correct\nsteps:\n  - { when: insert }\n  - { when: 2 days after a, template: b }",
        "6:14: error: expected `on move: correct` with `when: on COLUMN`"
      ),
    ])
  func rules(lines: String, problem: String) throws {
    let problems = try Fixture.folder(rule: lines).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix("rules.d/10-test.yaml:") == true)
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test("is nothing where a rule's corrections fit one of its steps, and concern that one only")
  func fits() throws {
    let configuration = try Fixture.folder(
      rule:
        "send: email\non move: correct\nsteps:\n  - { when: insert, template: a }\n  - { when: on ends_on, template: b }\n  - { when: 2 days before ends_on, template: c, on move: nothing }"
    ).load()
    #expect(configuration.rules.first?.steps.map(\.onMove) == [.nothing, .correct, .nothing])
  }
}
