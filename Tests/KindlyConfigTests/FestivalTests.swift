import KindlyChannels
import KindlyConfig
import KindlyCore
import Testing

@Suite("Festivals of a configuration")
struct FestivalTests {
  private static func rule(_ when: String) -> String {
    "rules:\n  - { name: a, watch: customers, when: \"\(when)\", send: inbox, template: a }\n"
  }

  private static let main = """
    sources: { crm: { url: "sqlite:///crm.db" } }
    watches: { customers: { source: crm, table: customers, key: id } }
    customers: { watch: customers }
    channels: { inbox: { type: inbox } }

    """

  private func folder(_ festivals: String, when: String) throws -> ConfigurationFolder {
    try ConfigurationFolder(["kindly.yaml": Self.main + festivals + "\n" + Self.rule(when)])
  }

  @Test("are named by rules like those that everybody knows")
  func named() throws {
    let configuration = try folder(
      "festivals: { Founders Day: 05-13, 厂庆: lunar 05-13 }", when: "2 days before festival 厂庆"
    ).load()
    let schedule = try #require(configuration.rules.first?.steps.first?.when.schedule)
    #expect(schedule.text == "2 days before festival 厂庆")
  }

  @Test(
    "are refused with their place",
    arguments: [
      ("festivals: [a]", "expected `festivals` to be a map of names to days"),
      ("festivals: { A: [1] }", "5:17: error: expected a day such as 12-25"),
      ("festivals: { A: 13-01 }", "5:17: error: expected"),
      ("festivals: { 春节: 01-01 }", "already means Spring Festival"),
    ])
  func refused(_ festivals: String, _ expected: String) throws {
    let problems = try folder(festivals, when: "insert").problems()
    #expect(problems.contains { $0.contains(expected) }, "\(problems)")
  }
}
