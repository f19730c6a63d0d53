import KindlyConfig
import KindlyCore
import Testing

@Suite("Segments in the configuration") struct SegmentTests {
  /// A folder with these segments, whose only rule has these lines.
  private func folder(_ segments: String, rule: String, watch: String = "customers") throws
    -> ConfigurationFolder
  {
    let lines = rule.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return try ConfigurationFolder([
      "kindly.yaml": Fixture.main + segments + "\n",
      "rules.d/10-test.yaml": "rules:\n  - name: test\n    watch: \(watch)\n\(lines)\n",
    ])
  }

  private static let two =
    "segments: { vip: \"level IN ('VIP','A')\", retail: \"kind = 'retail'\" }"

  @Test("a rule's and a step's are all asked, each once")
  func chosen() throws {
    let configuration = try folder(
      Self.two,
      rule: """
        for: [vip, vip]
        send: email
        steps:
          - { when: insert, template: a }
          - { when: delete, template: b, for: [retail, vip] }
        """, watch: "leases"
    ).load()
    #expect(configuration.segments.map(\.name) == ["vip", "retail"])
    let steps = try #require(configuration.rules.first?.steps)
    #expect(steps.map { $0.segments.map(\.name) } == [["vip"], ["vip", "retail"]])
    #expect(steps[0].segments.map(\.condition) == ["level IN ('VIP','A')"])
    #expect(configuration.segments[1].place.line == 16)
  }

  @Test(
    "problems are told with their place",
    arguments: [
      (
        two, "for: vpi\nwhen: insert", "customers",
        "rules.d/10-test.yaml:4:10: error: expected `for` to name segments of kindly.yaml, got `vpi`; did you mean `vip`?"
      ),
      (
        "", "for: vip\nwhen: insert", "customers",
        "rules.d/10-test.yaml:4:10: error: expected `for` to name segments of kindly.yaml, got `vip`; there are none: write "
          + "`segments: { NAME: \"SQL on the customer\" }` in kindly.yaml"
      ),
      (
        "segments: { vip: \"level = (\" }", "for: vip\nwhen: insert", "customers",
        "kindly.yaml:16:27: error: `vip`: expected every opening bracket to be closed, got one that is not"
      ),
      (
        "segments: { vip: \"old.level = 'A'\" }", "for: vip\nwhen: insert", "customers",
        "kindly.yaml:16:18: error: expected segment `vip` to ask the customer's row as it is now, got `old.level`"
      ),
      (
        "segments: { vip: [a] }", "for: vip\nwhen: insert", "customers",
        "kindly.yaml:16:18: error: expected `vip` to be a text, got a list"
      ),
      (
        two, "for: vip\nwhen: delete", "customers",
        "rules.d/10-test.yaml:2:1: error: expected no `for: vip` with `when: delete` of the customers' own watch customers, "
          + "because the row that it asks is gone; write it as `if:` on the old values, `old.COLUMN`"
      ),
    ])
  func problems(segments: String, lines: String, watch: String, expected: String) throws {
    let problems = try folder(
      segments, rule: lines + "\nsend: email\ntemplate: a", watch: watch
    ).problems()
    #expect(problems == [expected], "\(problems)")
  }

  @Test("a reload tells of an edited segment and of the rules that name it")
  func changes() throws {
    let rule = "for: vip\nwhen: insert\nsend: email\ntemplate: a"
    let old = try folder(Self.two, rule: rule).load()
    let new = try folder(
      "\n" + Self.two.replacing("'A'", with: "'B'").replacing("retail:", with: "shops:"),
      rule: rule
    ).load()
    let change = ConfigurationChange(from: old, to: new)
    #expect(change.changedRules == ["test"])
    let text = change.summary(templateFiles: [])
    for part in ["segment vip changed", "segment shops added", "segment retail removed"] {
      #expect(text.contains(part), "\(text)")
    }
  }
}
