import Testing

@Suite("Tidy")
struct TidyTests {
  @Test("the whole repository keeps the rule", arguments: TidyRule.all)
  func repository(rule: TidyRule) {
    let complaints = Repository.files.flatMap { rule.complaints(about: $0) }
    #expect(complaints.isEmpty, "\n\(complaints.joined(separator: "\n"))")
  }

  @Test("the rules have files to look at")
  func files() {
    let paths = Set(Repository.files.map(\.path))
    #expect(paths.isSuperset(of: ["Package.swift", "Makefile", ".swift-format", "scripts/test"]))
    #expect(paths.contains { $0.hasPrefix("Sources/KindlyCore/") })
    #expect(paths.contains { $0.hasPrefix("Tests/KindlyTidyTests/") })
    #expect(!paths.contains { $0.hasPrefix(".build/") || $0.hasPrefix(".git/") })
  }
}
