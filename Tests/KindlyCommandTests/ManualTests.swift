import Foundation
import Testing

@Suite("The manual pages")
struct ManualTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/man").path

  @Test(
    "explain every option that the verb has, and no other",
    arguments: [["init"], ["source", "inspect"]])
  func options(verb: [String]) async throws {
    let page = try String(
      contentsOfFile: "\(ManualTests.folder)/kindly-\(verb.joined(separator: "-")).1",
      encoding: .utf8
    ).replacing("\\-", with: "-")
    let explained = page.drop { $0 != "\n" }.split(separator: ".SH OPTIONS")[1]
      .prefix(upTo: ".SH EXIT STATUS")
    let help = try await KindlyBinary.run(verb + ["--help"])
    #expect(help.code == 0)
    let known = ManualTests.options(in: help.output.split(separator: "OPTIONS:")[1])
    #expect(ManualTests.options(in: explained) == known.subtracting(["--version", "--help"]))
  }

  private static func options(in text: some StringProtocol) -> Set<String> {
    Set(String(text).matches(of: #/--[a-z][a-z-]*[a-z]/#).map { String($0.0) })
  }
}

extension Substring {
  /// What stands before a text, or all where it is not there.
  fileprivate func prefix(upTo end: String) -> Substring {
    firstRange(of: end).map { self[..<$0.lowerBound] } ?? self
  }
}
