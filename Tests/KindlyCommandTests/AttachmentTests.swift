import Foundation
import KindlyTestKit
import Testing

@Suite("Files that letters attach, from the command line")
struct AttachmentTests {
  private static let row =
    "{ column: name, below: contracts, name: \"Contract {{this.id}}.pdf\", required: no }"

  /// A company whose welcome letter attaches its terms and a file of the row, by mail and into the inbox.
  private func company(attach: String = "[terms.pdf, \(row)]") throws -> Company {
    let company = try Company()
    let folder = company.folder.path + "/contracts"
    try company.configure(
      "folders: { contracts: \(folder) }", behind: "timezone: Asia/Shanghai")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(main + "  inbox: { type: inbox }\n", to: "kindly.yaml")
    try company.write(
      Company.trial.replacing("send: email", with: "send: [email, inbox]"),
      to: "rules.d/10-trial.yaml")
    try company.write(
      "---\nsubject: Welcome\nattach: \(attach)\n---\n<p>Welcome</p>\n",
      to: "templates/welcome.html")
    try company.write("Terms", to: "templates/terms.pdf")
    for name in ["李伟", "Ada", "Bob"] {
      try company.folder.write("Contract of \(name)", to: "contracts/\(name)")
    }
    return company
  }

  @Test("check says what is attached, and names the channel that cannot carry it once")
  func check() async throws {
    let company = try company()
    for arguments in [["check"], ["check", "--offline"]] {
      let checked = try await company.run(arguments)
      #expect(checked.code == 0, "\(checked.errors)")
      #expect(
        checked.output.contains(
          "letter welcome attaches terms.pdf (application/pdf, 1 KB), the file that column name names below folder contracts"
        ), "\(checked.output)")
      let warning =
        "10-trial.yaml:7: warning: rule trial: letter welcome attaches files, which channel inbox cannot carry; messages over it are sent without the files"
      #expect(checked.errors.components(separatedBy: warning).count == 2, "\(checked.errors)")
    }
  }

  @Test("check warns of a channel that customers may prefer and that cannot carry files")
  func preferred() async throws {
    let company = try company()
    try company.replace("  email: email\n", with: "  email: email\n  preferred: lang\n")
    try company.write(
      Company.trial.replacing("send: email", with: "send: preferred else email"),
      to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check", "--offline")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.errors.contains("which channel inbox cannot carry"), "\(checked.errors)")
  }

  @Test("check reports a file that is missing, of the templates folder or of the rows")
  func missing() async throws {
    let company = try company()
    try company.folder.remove("contracts/李伟")
    let one = try await company.run("check")
    #expect(one.code == 0, "\(one.errors)")
    #expect(
      one.errors.contains(
        "warning: the letter of rule trial, step welcome cannot be written for row 1: "),
      "\(one.errors)")
    #expect(one.errors.contains("expected `this.name` to name a file below"), "\(one.errors)")
    try company.folder.remove("contracts")
    let all = try await company.run("check")
    #expect(all.code == 78, "\(all.errors)")
    #expect(
      all.errors.contains("kindly.yaml:2: warning: folder contracts: expected a folder at "),
      "\(all.errors)")
    try company.folder.remove("etc/templates/terms.pdf")
    let fixed = try await company.run("check")
    #expect(fixed.code == 78)
    #expect(
      fixed.errors.contains(
        "templates/welcome.html:3:10: error: no file `terms.pdf` in the templates folder"),
      "\(fixed.errors)")
  }

  @Test("preview lists the files with their types and sizes")
  func preview() async throws {
    let shown = try await company().run("preview", "trial", "2", "--step", "welcome")
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(
      shown.output.contains(
        """
        Attachment: terms.pdf (application/pdf, 1 KB)
        Attachment: Contract 2.pdf (application/octet-stream, 1 KB)
        """), "\(shown.output)")
  }

  @Test("the mail carries the files, and the journal does not name those of a row")
  func mail() async throws {
    let company = try company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.folder.write("Contract of Eve", to: "contracts/Eve")
    try company.insert(4, name: "Eve")
    try company.insert(5, name: "Mallory/../../etc/kindly.yaml")
    try await Eventually.holds("a mail, a reminder that waits for its file, and one that is sent") {
      let reminders = try await company.reminders()
      return company.letters.count == 1
        && reminders.contains { $0.customer == "5" && $0.state == "sent" }
        && reminders.contains { $0.customer == "5" && $0.reason == "template error" }
    }
    let letter = try #require(company.letters.first)
    #expect(letter.contains("Content-Type: multipart/mixed;"))
    #expect(letter.contains(" filename=\"terms.pdf\"\r\n"))
    #expect(letter.contains(" filename=\"Contract 4.pdf\"\r\n"))
    #expect(letter.contains(Data("Contract of Eve".utf8).base64EncodedString()))
    #expect(daemon.log.contains("row 5"), "\(daemon.log)")
    #expect(!daemon.log.contains("Mallory") && !daemon.log.contains("Contract"), "\(daemon.log)")
    // The inbox carries no files, so its message does not wait for one.
    let inbox = try await company.reminders().filter { $0.customer == "5" }.map(\.state)
    #expect(inbox.sorted() == ["sent", "waiting"])
    #expect(await daemon.stop() == 0)
  }
}
