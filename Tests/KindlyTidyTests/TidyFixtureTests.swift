import Testing

/// A rule that cannot fail is worthless: each is shown what it must catch, and what it must let pass.
@Suite("Tidy, proven")
struct TidyFixtureTests {
  struct Fixture: Sendable, CustomTestStringConvertible {
    let rule: String
    let path: String
    let text: String
    /// The lines that the rule complains about.
    let lines: [Int]

    var testDescription: String {
      "\(rule): \(text.prefix(60).split(whereSeparator: \.isNewline).joined(separator: " ⏎ "))"
    }

    init(
      _ rule: String, _ lines: [Int], path: String = "Sources/KindlyCore/A.swift", _ text: String
    ) {
      self.rule = rule
      self.path = path
      self.text = text
      self.lines = lines
    }
  }

  @Test("a rule catches what it is for and nothing else", arguments: Fixture.all)
  func catches(fixture: Fixture) throws {
    let rule = try #require(TidyRule.all.first { $0.testDescription == fixture.rule })
    let file = SourceText(path: fixture.path, fixture.text)
    let prefixes = fixture.lines.map { "\(fixture.path):\($0): " }
    let complaints = rule.complaints(about: file)
    #expect(complaints.count == prefixes.count, "\(complaints)")
    for (complaint, prefix) in zip(complaints, prefixes) {
      #expect(complaint.hasPrefix(prefix) && complaint.count > prefix.count + 10)
    }
  }

  @Test(
    "every rule has a fixture that it catches and one that it lets pass", arguments: TidyRule.all)
  func proven(rule: TidyRule) {
    let fixtures = Fixture.all.filter { $0.rule == rule.testDescription }
    #expect(fixtures.contains { !$0.lines.isEmpty })
    #expect(fixtures.contains { $0.lines.isEmpty })
  }
}
