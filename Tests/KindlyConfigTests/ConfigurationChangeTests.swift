import KindlyConfig
import Testing

@Suite("A change of the configuration")
struct ConfigurationChangeTests {
  private static func rules(_ names: String..., step: String = "when: insert, template: a")
    -> String
  {
    "rules:\n"
      + names.map { "  - { name: \($0), watch: customers, send: email, \(step) }\n" }.joined()
  }

  private func change(_ old: String, _ new: String, main: String = Fixture.main) throws
    -> ConfigurationChange
  {
    let folder = try Fixture.folder(rules: old)
    let before = try folder.load()
    try folder.write("rules.d/10-test.yaml", new)
    try folder.write("kindly.yaml", main)
    return ConfigurationChange(from: before, to: try folder.load())
  }

  @Test("that changes nothing says so, also where lines moved")
  func nothing() throws {
    let rules = ConfigurationChangeTests.rules("a", "b")
    let change = try change(rules, "# a remark\n\n" + rules, main: "# moved\n" + Fixture.main)
    #expect(change.summary(templateFiles: []) == "nothing changed")
    #expect(change.droppedFraction == 0)
  }

  @Test("names the rules that were added, removed and changed")
  func rules() throws {
    let old = ConfigurationChangeTests.rules("a", "b", "c", "d")
    let new =
      ConfigurationChangeTests.rules("a", "e")
      + "  - { name: d, watch: customers, send: inbox, when: insert, template: a }\n"
    let change = try change(old, new)
    #expect(
      change.summary(templateFiles: [])
        == "1 rule added (e), 2 rules removed (b, c), 1 rule changed (d)")
    #expect(change.droppedFraction == 0.5)
  }

  @Test("knows a renamed rule")
  func renamed() throws {
    let change = try change(
      ConfigurationChangeTests.rules("a"),
      "rules:\n  - { name: b, was: a, watch: customers, send: email, when: insert, template: a }\n")
    #expect(change.removedRules.isEmpty)
    #expect(change.summary(templateFiles: []) == "1 rule changed (b)")
  }

  @Test("names settings, and few rules of many")
  func settings() throws {
    let main = Fixture.main.replacing(
      "timezone: Asia/Shanghai",
      with:
        "timezone: UTC\nlanguage: de\ndelivery: live\nquiet hours: 21:00-08:00\nfolders: { a: /srv/a }"
    )
    .replacing(
      "inbox: { type: inbox }",
      with: "inbox: { type: inbox, rate: 1/s }\n  sms: { type: exec, command: /x }")
    let change = try change(
      "", ConfigurationChangeTests.rules("a", "b", "c", "d", "e", "f", "g"), main: main)
    #expect(
      change.summary(templateFiles: ["ending.html", "shared/layout.html"])
        == "7 rules added (a, b, c, d, e and 2 more), delivery rehearsal → live, timezone Asia/Shanghai → UTC, language none → de, "
        + "quiet hours none → 21:00-08:00, source crm changed, channel inbox changed, channel sms added, folder a added, "
        + "2 template files changed (ending.html, shared/layout.html)"
    )
  }

  @Test("advises `was:` where a step was exchanged, and is content with it")
  func steps() throws {
    func rule(_ step: String) -> String {
      "rules:\n  - name: a\n    watch: customers\n    send: email\n    steps:\n      - { when: insert, \(step) }\n"
    }
    let advice = try change(rule("template: a"), rule("template: b")).advice
    #expect(advice.count == 1)
    #expect(advice.first?.contains("write `was: a` in it") == true)
    #expect(try change(rule("template: a"), rule("template: b, was: a")).advice == [])
    #expect(try change(rule("template: a"), rule("template: b, name: a")).advice == [])
  }
}
