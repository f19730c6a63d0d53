import Foundation
import KindlyTestKit
import Testing

@Suite("The inbox of colleagues") struct ColleagueInboxTests {
  /// The company of `ColleagueCommandTests`: in two branches, owners get an entry about each of their customers.
  private func company() async throws -> Company {
    let company = try await ColleagueCommandTests().company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN branch TEXT;
      ALTER TABLE staff ADD COLUMN branch TEXT;
      UPDATE staff SET branch = 'A', lead_id = NULL WHERE id = 'anna';
      UPDATE staff SET branch = 'B', lead_id = 'carl' WHERE id = 'bob';
      UPDATE customers SET branch = 'A', owner_id = 'anna' WHERE id IN (1, 2);
      UPDATE customers SET branch = 'B' WHERE id = 3;
      """)
    try company.replace("lead: lead_id }", with: "lead: lead_id, sees: branch }")
    try company.replace("channels:\n", with: "channels:\n  inbox: { type: inbox }\n")
    try company.write(
      """
      rules:
        - { name: note, watch: customers, if: id <= 3, when: update of status, to: owner, send: email else inbox, template: ending,
            class: service }
        - { name: all, watch: customers, if: id <= 3, when: update of status, send: inbox, template: welcome, class: service }
      """, to: "rules.d/10-trial.yaml")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.database.run("UPDATE customers SET status = 'called' WHERE id IN (1, 3)")
    try await Eventually.holds("the entries") {
      try await self.entries(company).count == 3 && company.letters.count == 1
    }
    #expect(await daemon.stop() == 0)
    return company
  }

  private struct Entry: Decodable {
    let id: Int
    let customer: String
    let recipient: String?
    let rule: String
    let read: String?

    var words: String { "\(rule) \(customer) \(recipient ?? "everybody")" }
  }

  private func entries(_ company: Company, _ arguments: String...) async throws -> [Entry] {
    try await company.run(["inbox", "list", "--json"] + arguments).json(as: [Entry].self)
  }

  @Test("receives reminders for a colleague without another address")
  func routes() async throws {
    let company = try await company()
    // Anna has mail; Bob has none.
    #expect(
      Set(try await entries(company).map(\.words)) == [
        "note 3 bob", "all 1 everybody", "all 3 everybody",
      ])
  }

  @Test("shows and marks only entries for the colleague and about their branch, in every verb")
  func branches() async throws {
    let company = try await company()
    let all = try await entries(company)
    #expect(try await entries(company, "--as", "anna").map(\.words) == ["all 1 everybody"])
    #expect(
      Set(try await entries(company, "--as", "bob", "--unread").map(\.words))
        == ["note 3 bob", "all 3 everybody"])
    // Carl sees all branches, but no entries for Bob.
    #expect(
      Set(try await entries(company, "--as", "carl").map(\.words)) == [
        "all 1 everybody", "all 3 everybody",
      ])
    let listed = try await company.run("inbox", "--as", "bob")
    #expect(listed.output.hasSuffix("\n\n2 unread\n"), "\(listed.output)")
    #expect(!listed.output.contains("李伟"))
    // For her, entries about another branch do not exist.
    for entry in all where entry.customer == "3" {
      for arguments in [["\(entry.id)"], ["\(entry.id)", "\(all[0].id)"]] {
        let read = try await company.run(["inbox", "read"] + arguments + ["--as", "anna"])
        #expect(read.code != 0 && read.output.isEmpty, "\(read)")
        #expect(read.errors.contains("there is no inbox entry"), "\(read.errors)")
        #expect(
          read.errors.contains("\(entry.id)") && !read.errors.contains("Bob"), "\(read.errors)")
      }
    }
    #expect(
      try await company.run("inbox", "read", "--all", "--as", "anna").output == "1 marked read\n")
    #expect(try await entries(company, "--as", "anna", "--unread").isEmpty)
    #expect(try await company.run("inbox", "--as", "anna").output.hasSuffix("\n\n0 unread\n"))
    #expect(try await entries(company, "--unread").allSatisfy { $0.customer == "3" })
    #expect(try await entries(company, "--unread").count == 2)
    let note = try #require(all.first { $0.recipient == "bob" })
    let read = try await company.run("inbox", "read", "\(note.id)", "--as", "bob")
    #expect(read.output.contains("customer 3 · for bob · rule note\n"), "\(read)")
    #expect(try await entries(company, "--unread").map(\.words) == ["all 3 everybody"])
  }

  @Test(
    "refuses invalid arguments",
    arguments: [
      (["inbox", "read"], "expected the ids of entries, or --all; got none"),
      (["inbox", "read", "1", "--all"], "expected ids or --all, got both"),
      (["inbox", "--as", "nobody"], "there is no colleague nobody"),
      (["inbox", "read", "--all", "--as", "nobody"], "there is no colleague nobody"),
    ])
  func refusals(arguments: [String], text: String) async throws {
    let company = try await ColleagueCommandTests().company()
    try company.replace("channels:\n", with: "channels:\n  inbox: { type: inbox }\n")
    let daemon = try await RunningDaemon.start(company)
    #expect(await daemon.stop() == 0)
    let result = try await company.run(arguments)
    #expect(result.code != 0 && result.errors.contains(text), "\(result.errors)")
  }
}
