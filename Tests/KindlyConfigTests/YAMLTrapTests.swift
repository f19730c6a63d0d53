import KindlyConfig
import KindlyCore
import Testing

@Suite("Where YAML trips over SQL")
struct YAMLTrapTests {
  @Test(
    "the error says how to write it",
    arguments: [
      (
        "if: 'trial' = status",
        "begins with `'` is not plain text in YAML; write it as a block:\n    if: |\n      'trial' = status"
      ),
      ("if: \"status\" = 'trial'", "write it as a block:\n    if: |\n      \"status\" = 'trial'"),
      ("if: `status` = 1", "begins with ``` is not plain text"),
      ("if: %x = 1", "begins with `%`"),
      (
        "if: note = 'a: b'",
        "`: ` ends a key in YAML; write it as a block:\n    if: |\n      note = 'a: b'"
      ),
      (
        "if: note = 'no #1'",
        "` #` begins a comment in YAML; write it as a block:\n    if: |\n      note = 'no #1'"
      ),
      ("if： status = 1", "`：` is full-width, YAML wants the ASCII `:`"),
      ("if: *x = 1", "begins with `*`"),
      ("\tif: a = 1", "indent with spaces"),
    ])
  func block(line: String, advice: String) throws {
    let problems = try Fixture.folder(rule: "when: insert\nsend: email\ntemplate: a\n\(line)")
      .problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(advice) == true, "\(problems)")
    #expect(
      problems.first?.hasPrefix("rules.d/10-test.yaml:7:") == true
        || problems.first?.hasPrefix("rules.d/10-test.yaml:8:") == true)
  }

  @Test(
    "the error says that commas end a value in a one-line map",
    arguments: [
      "- { when: insert, template: a, if: status IN (1, 2) }",
      "- { when: insert, template: a, if: status IN ('a', 'b') }",
      "- { when: insert, template: a, if: coalesce(a, b) = 1 }",
    ])
  func commas(step: String) throws {
    let problems = try Fixture.folder(rule: "send: email\nsteps:\n  \(step)").problems()
    #expect(!problems.isEmpty)
    #expect(
      problems.contains { $0.contains("one-line map") && $0.contains("write it as a block") },
      "\(problems)")
  }

  @Test("full-width signs inside SQL are told with their place")
  func fullWidth() throws {
    let problems = try Fixture.folder(
      rule: "when: insert\nsend: email\ntemplate: a\nif: status ＝ 'x'"
    ).problems()
    #expect(problems.count == 1)
    #expect(
      problems.first?.contains(":7:16: error: `if`: expected `=`, got the full-width `＝`") == true,
      "\(problems)")
  }

  @Test("a block keeps SQL as it is")
  func kept() throws {
    let folder = try Fixture.folder(
      rule:
        "when: insert\nsend: email\ntemplate: a\nif: |\n  'a: b' = note -- no #1\n  AND x IN (1, 2)"
    )
    #expect(folder.problems() == [])
    #expect(
      try folder.load().rules[0].steps[0].conditions == [
        "'a: b' = note -- no #1\nAND x IN (1, 2)\n"
      ])
  }

  @Test("aliases that would unfold without end are refused, not followed")
  func bomb() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...20 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let problems = try ConfigurationFolder(["kindly.yaml": text]).problems()
    #expect(problems.contains { $0.contains("got an anchor (`&`) or an alias (`*`)") })
  }

  @Test("nesting without end is refused", arguments: ["[", "{a: ", "- "])
  func nesting(opening: String) throws {
    let text = "rules: " + (opening == "- " ? "\n" : "") + String(repeating: opening, count: 5000)
    #expect(try !ConfigurationFolder(["kindly.yaml": text]).problems().isEmpty)
    let short = "rules: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    let problems = try ConfigurationFolder(["kindly.yaml": short]).problems()
    #expect(problems.contains { $0.contains("expected at most 16 levels of nesting") })
  }

  @Test(
    "values keep the text that was written",
    arguments: ["0138001", "NO", "22:00", "1e3", "0x1F", "null", "~", "2026-02-10", "1_000", "yes"])
  func text(value: String) throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main.replacing("name: name", with: "name: \(value)")
    ])
    #expect(try folder.load().customers?.name == value)
  }
}
