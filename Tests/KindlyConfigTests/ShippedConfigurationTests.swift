import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import Testing

@Suite("The configuration that is shipped")
struct ShippedConfigurationTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/config"

  @Test("loads without a problem or a warning, in rehearsal")
  func loads() throws {
    let configuration = try ConfigurationLoader.load(folder: ShippedConfigurationTests.folder)
    #expect(configuration.warnings == [])
    #expect(configuration.delivery == .rehearsal)
    let sender = configuration.channel(named: "email")?.type.sender
    #expect(sender?.description == "Example <care@example.com>")
    #expect(
      configuration.rules.map(\.name) == [
        "trial", "lease-paid", "lease", "shipped", "dunning", "birthday", "greetings",
        "appointment", "contract",
      ])
  }

  @Test("has an example of rules about Kindly's own ledger that loads without a warning")
  func ownLedger() throws {
    let text = try String(
      contentsOfFile: ShippedConfigurationTests.folder + "/own-ledger.yaml",
      encoding: .utf8)
    let configuration = try ConfigurationFolder(["kindly.yaml": text]).load()
    #expect(configuration.warnings == [])
    #expect(configuration.watches.compactMap(\.ledgerView) == [.tasks, .reminders, .replies])
    #expect(configuration.rules.last?.steps.first?.unless.count == 1)
  }

  @Test("has the mail server that it shows in a remark")
  func remark() throws {
    let text = try String(
      contentsOfFile: ShippedConfigurationTests.folder + "/kindly.yaml", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap {
      line -> String? in
      if line.hasPrefix("  email: {") { return nil }
      guard line.hasPrefix("  # "), let start = text.range(of: "  # email:\n")?.lowerBound,
        line.startIndex >= start, line.hasPrefix("  # email:") || line.hasPrefix("  #   ")
      else { return String(line) }
      return "  " + line.dropFirst(4)
    }
    let folder = try ConfigurationFolder(["kindly.yaml": lines.joined(separator: "\n")])
    try FileManager.default.copyItem(
      atPath: ShippedConfigurationTests.folder + "/calendars", toPath: folder.path + "/calendars")
    #expect(folder.problems() == [])
    let smtp = try #require(try folder.load().channel(named: "email")?.type as? SMTPSettings)
    #expect(smtp.password == .credential("smtp"))
  }

  @Test(
    "has a letter in English and in Chinese for every step, with a subject, and no letter besides")
  func letters() throws {
    let configuration = try ConfigurationLoader.load(folder: ShippedConfigurationTests.folder)
    let templates = ShippedConfigurationTests.folder + "/templates"
    var expected: Set<String> = []
    for use in configuration.templates {
      for ending in [".html", ".zh-Hans.html"] {
        expected.insert(use.template + ending)
        let text = try String(
          contentsOfFile: "\(templates)/\(use.template)\(ending)", encoding: .utf8)
        #expect(text.hasPrefix("---\nsubject: \""), "\(use.template)\(ending)")
        #expect(text.contains("{{> partials/signature}}"), "\(use.template)\(ending)")
      }
    }
    let files = try #require(FileManager.default.enumerator(atPath: templates)).compactMap {
      $0 as? String
    }
    let letters = files.filter {
      $0.hasSuffix(".html") && !$0.hasPrefix("partials/") && !$0.hasPrefix("layout.")
    }
    #expect(Set(letters) == expected)
  }
}
