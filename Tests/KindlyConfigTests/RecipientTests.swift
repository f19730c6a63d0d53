import KindlyConfig
import KindlyCore
import Testing

@Suite("Recipients in the configuration")
struct RecipientTests {
  private static func folder(
    _ people: String, rule: String, owner: String = "  owner: owner_id\n"
  ) throws -> ConfigurationFolder {
    let lines = "watch: customers\ntemplate: a\n" + rule
    return try ConfigurationFolder([
      "kindly.yaml": Fixture.main.replacing(
        "  email: email\n", with: "  email: email\n" + owner) + people + "\n",
      "rules.d/10-test.yaml": "rules:\n  - name: test\n"
        + lines.split(separator: "\n").map { "    \($0)\n" }.joined(),
    ])
  }

  private static let staff = """
    colleagues:
      - { key: anna, name: Anna, email: anna@example.com, lead: carl }
      - { key: carl, name: Carl, email: carl@example.com }
    teams:
      service: { email: service@example.com }
    """

  @Test("are read with leads of whom the rule writes to before")
  func leads() throws {
    let configuration = try Self.folder(
      Self.staff,
      rule: """
        send: email
        steps:
          - { when: insert, name: a, to: customer }
          - { when: insert, name: b, to: [lead, owner] }
          - { when: insert, name: c, to: colleague handled by }
          - { when: insert, name: d, to: lead, send: [email, inbox] }
          - { when: insert, name: e, to: lead }
          - { when: insert, name: f, to: [team service, +49 30 1234567, ops@example.com], send: inbox }
        """
    ).load()
    let steps = configuration.rules[0].steps
    let lead = RecipientRole.lead(of: .colleague(column: "handled by"))
    #expect(
      steps.map { $0.legs.map(\.recipient) } == [
        [.customer], [.lead(of: .owner), .owner], [.colleague(column: "handled by")],
        [lead, lead], [.lead(of: lead)],
        [
          .team("service"), .address(.phone, "+49 30 1234567"),
          .address(.email, "ops@example.com"),
        ],
      ])
    #expect(steps.map { $0.legs.map(\.number) } == [[0], [0, 5], [0], [0, 1], [0], [0, 5, 10]])
  }

  @Test(
    "are refused where nobody can be meant",
    arguments: [
      (staff, "when: insert\nto: boss", "expected `to` to be customer, owner, lead"),
      (staff, "when: insert\nto: team servce", "did you mean `service`?"),
      (staff, "when: insert\nto: [owner, owner]", "expected the members of `to` to be different"),
      (
        staff, "when: insert\nto: ops@example", "expected `to` to be customer, owner, lead"
      ),
      (
        staff, "when: insert\nto: [a@b.de, b@b.de, c@b.de, d@b.de, e@b.de, f@b.de]",
        "expected `to` to have at most 5 members, got 6; write to a team instead"
      ),
      (
        staff, "when: insert\nto: owner\ndone if: status = task.outcome",
        "`done if`: expected `task.created_at`, the only part of a task that a condition can name, got `task.outcome`"
      ),
      (
        staff, "when: insert\nto: owner\ndone if: (a",
        "`done if`: "
      ),
      (
        staff, "when: insert\nto: +491234567890",
        "expected `to: +491234567890` to be an address of the kind email for channel email, got none"
      ),
      (
        staff + "\n  night: { phone: +491234567890 }", "when: insert\nto: team night",
        "expected team night to have `email:` for channel email, got none"
      ),
      (
        "colleagues:\n  - { key: anna, lead: anna, email: a@b.de }", "when: insert\nto: owner",
        "expected colleague anna not to be their own lead, directly or through others"
      ),
      (
        "colleagues:\n  - { key: anna, lead: ana, email: a@b.de }", "when: insert\nto: owner",
        "expected `lead` to be the key of a colleague, got `ana`; did you mean `anna`?"
      ),
      (
        "colleagues:\n  - { key: anna, email: a@b.de }\n  - { key: anna, email: b@b.de }",
        "when: insert\nto: owner", "expected each colleague once, got `anna` again"
      ),
      (
        "colleagues:\n  - { key: anna, email: anna }", "when: insert\nto: owner",
        "expected `email` to be a valid address: the mail address has 0 @ signs"
      ),
      (
        "colleagues:\n  - { key: anna, email: a@b.de, timezone: Europe/Berln }",
        "when: insert\nto: owner",
        "expected `timezone` to be a zone of the system's tzdata, such as Asia/Shanghai, got `Europe/Berln`; did you mean `Europe/Berlin`?"
      ),
      (
        "colleagues:\n  - { key: anna, email: a@b.de, mail: x }", "when: insert\nto: owner",
        "unknown key `mail` in a colleague; did you mean `email`?"
      ),
      (
        "colleagues:\n  - { key: anna, email: a@b.de, sees: A }", "when: insert\nto: owner",
        "expected `sees` only if colleagues are the rows of a watch"
      ),
      (
        "colleagues: { watch: staff, email: e }", "when: insert\nto: owner",
        "expected `watch` to name a watch, got `staff`"
      ),
      (
        "colleagues: { watch: customers, email: email }", "when: insert\nto: lead",
        "expected `colleagues:` to have `lead: COLUMN` (whom each colleague reports to) for `to: lead`, got none"
      ),
      (
        "colleagues: { watch: customers, lead: l }", "when: insert\nto: owner",
        "expected `colleagues:` to have `email: COLUMN` for channel email, got none"
      ),
    ])
  func refused(people: String, rule: String, problem: String) throws {
    let problems = try Self.folder(people, rule: "send: email\n" + rule).problems()
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    #expect(
      problems.allSatisfy { $0.contains(": error: ") && $0.contains(".yaml:") }, "\(problems)")
  }

  @Test("need colleagues where the customers name an owner, and an owner where rules write to one")
  func owners() throws {
    #expect(
      try Self.folder("", rule: "send: email\nwhen: insert").problems().contains {
        $0.contains(
          "expected kindly.yaml to have `colleagues:` (who works here), because `customers:` names an owner"
        )
      })
    let problems = try Self.folder(
      Self.staff, rule: "send: email\nwhen: insert\nto: owner", owner: ""
    ).problems()
    #expect(
      problems.contains {
        $0.contains(
          "expected `customers:` to have `owner: COLUMN` (the colleague who looks after each customer)"
        )
      }, "\(problems)")
  }
}
