import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

@Suite("Files of rows")
struct AttachmentTests {
  private static let letter = """
    ---
    subject: ending
    attach: { column: phone, below: contracts, name: "Contract of {{customer.name}}.pdf" }
    ---
    <p>Hello</p>

    """

  private func company(_ letter: String = letter) async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "folders: { contracts: FOLDER/contracts }"),
      rules: Simple.ending,
      files: ["templates/ending.html": letter, "contracts/li/2.pdf": "Contract of Li"])
    try company.write("UPDATE customers SET ends_on = '2026-03-10', phone = 'li/2.pdf'")
    try company.write("UPDATE customers SET phone = 'wang/secret-name.pdf' WHERE id = 1")
    return company
  }

  @Test("a reminder whose file is missing waits as template error, and goes once the file is there")
  func vanishedFile() async throws {
    let company = try await company()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(
      company.letters.map(\.attachments) == [["Contract of Li.pdf (application/pdf, 1 KB)"]])
    #expect(try await company.states(of: "1") == ["waiting template error"])
    let told = company.daemon.health.rowFaultSentences(now: company.clock.now)
    #expect(told.count == 1)
    #expect(
      told.first?.contains(
        "expected `this.phone` to name a file below \(company.folder.path)/contracts, got no such file"
      ) == true, "\(told)")
    #expect(told.first?.contains("row 1; its reminder waits") == true, "\(told)")
    #expect(told.first?.contains("secret-name") == false)
    try company.folder.write("Contract of Wang", to: "contracts/wang/secret-name.pdf")
    try await company.turn(at: "2026-03-06 09:06")
    #expect(
      company.letters.map(\.attachments).last == ["Contract of Wang.pdf (application/pdf, 1 KB)"])
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(company.daemon.health.rowFaultSentences(now: company.clock.now).isEmpty)
    await company.close()
  }

  @Test("a letter with an unknown folder is not loaded, and what runs goes on")
  func unknownFolder() async throws {
    let company = try await company()
    try company.folder.write(
      Self.letter.replacing("below: contracts", with: "below: contrats"),
      to: "templates/ending.html")
    await #expect(throws: (any Error).self) { try await company.reload(rules: Simple.ending) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 2 ending"])
    await company.close()
  }
}
