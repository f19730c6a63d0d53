import Foundation
import Glibc
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyTemplates

@Suite("Files that letters attach")
struct AttachmentTests {
  /// A templates folder and a folder of contracts, both on the disk.
  private struct Desk {
    let folder: TemporaryFolder
    var templates: String { folder.path + "/templates" }
    var contracts: String { folder.path + "/contracts" }

    init(attach: String) throws {
      folder = try TemporaryFolder("att")
      try write(attach: attach)
      try folder.write("Terms", to: "templates/terms.pdf")
      try folder.write("Contract 17", to: "contracts/2026/17.pdf")
    }

    func write(attach: String) throws {
      try folder.write(
        "---\nsubject: Hi\nattach: \(attach)\n---\n<p>Hi</p>\n", to: "templates/letter.html")
    }

    func letters() throws -> TemplateLibrary {
      try TemplateLibrary(
        folder: templates, folders: [AttachmentFolder(name: "contracts", path: contracts)])
    }

    func findings() -> [String] {
      do {
        _ = try letters()
        return []
      } catch let problems as TemplateProblems {
        return problems.findings.map { $0.description.replacing(templates + "/", with: "") }
      } catch {
        return ["\(error)"]
      }
    }

    func attachments(_ scope: TemplateScope = .reader()) throws -> [AttachedFile] {
      try letters().render("letter", scope: scope).attachments
    }

    /// What is said where the letter cannot be written.
    func problem(_ value: Value) throws -> String {
      do {
        _ = try attachments(.reader(this: ["contract_file": value]))
        return ""
      } catch let problem as TemplateProblem {
        return problem.description.replacing(folder.path + "/", with: "")
      }
    }
  }

  private static let column = "{ column: contract_file, below: contracts }"

  @Test("a file of the templates folder travels with the letter")
  func fixedFile() throws {
    let desk = try Desk(attach: "terms.pdf")
    let terms = AttachedFile(
      name: "terms.pdf", mediaType: "application/pdf", bytes: Array("Terms".utf8))
    #expect(try desk.attachments() == [terms])
    #expect(try desk.letters().attachments(of: "letter") == ["terms.pdf (application/pdf, 1 KB)"])
    #expect(try desk.letters().readsFiles("letter") == false)
    try desk.write(attach: "[terms.pdf, { file: terms.pdf, name: \"AGB {{customer.name}}.pdf\" }]")
    #expect(try desk.attachments().map(\.name) == ["terms.pdf", "AGB 王芳.pdf"])
  }

  @Test("a column names a file below a configured folder")
  func columnFile() throws {
    let desk = try Desk(attach: Self.column)
    let row: RowValues = ["contract_file": .text("2026/17.pdf  "), "number": .integer(17)]
    #expect(try desk.letters().readsFiles("letter"))
    #expect(try desk.attachments(.reader(this: row)).map(\.name) == ["17.pdf"])
    #expect(try desk.attachments(.reader(this: row))[0].bytes == Array("Contract 17".utf8))
    try desk.write(
      attach:
        "{ column: contract_file, below: contracts, name: \"Contract {{this.number}}.pdf\" }")
    #expect(try desk.attachments(.reader(this: row)).map(\.name) == ["Contract 17.pdf"])
  }

  @Test(
    "a row that names no file waits, unless the letter may go without",
    arguments: [Value.null, .text(""), .text("  ")])
  func emptyColumn(_ value: Value) throws {
    let desk = try Desk(attach: Self.column)
    #expect(
      try desk.problem(value)
        == "templates/letter.html:3:9: expected `this.contract_file` to name a file to attach, got nothing; correct the row, or write `required: no` if the letter may go without"
    )
    try desk.write(attach: "{ column: contract_file, below: contracts, required: no }")
    let letters = try desk.letters()
    let scope = TemplateScope.reader(this: ["contract_file": value])
    let rendering = try letters.rendering("letter", scope: scope)
    #expect(rendering.message.attachments.isEmpty)
    #expect(rendering.nulls.isEmpty)
  }

  @Test(
    "a path that could lead out of the folder is refused",
    arguments: [
      "/etc/passwd", "../templates/terms.pdf", "2026/../../templates/terms.pdf", "..", ".",
      "./2026/17.pdf", "2026//17.pdf", "2026/17.pdf/", "2026/17.pdf\u{0}.txt", "2026/..",
    ])
  func traversal(_ path: String) throws {
    let problem = try Desk(attach: Self.column).problem(.text(path))
    #expect(
      problem.hasSuffix(
        "to name a file below contracts, got a path that is absolute, or has an empty part, `.` or `..`; correct the row or the file"
      ), "\(problem)")
  }

  @Test("no link is followed, whether of a file or a folder, out of the folder or within it")
  func links() throws {
    let desk = try Desk(attach: "[{ column: contract_file, below: contracts }, terms.pdf]")
    let links = [
      ("out.pdf", "/etc/passwd"), ("in.pdf", "2026/17.pdf"), ("folder", "/etc"), ("same", "2026"),
      ("broken.pdf", "nowhere"),
    ]
    for (name, target) in links { #expect(symlink(target, "\(desk.contracts)/\(name)") == 0) }
    for path in ["out.pdf", "in.pdf", "folder/passwd", "same/17.pdf", "broken.pdf"] {
      let problem = try desk.problem(.text(path))
      #expect(problem.contains("got a symbolic link, which is not followed"), "\(path): \(problem)")
    }
    #expect(symlink("/etc/passwd", "\(desk.templates)/passwd.txt") == 0)
    try desk.write(attach: "passwd.txt")
    #expect(
      desk.findings() == [
        "letter.html:3:9: error: expected `passwd.txt` to be a file that can be attached, got a symbolic link, which is not followed"
      ])
  }

  @Test("the folder itself may be a link, which is the administrator's own")
  func linkedFolder() throws {
    let desk = try Desk(attach: Self.column)
    #expect(rename(desk.contracts, desk.folder.path + "/elsewhere") == 0)
    #expect(symlink("elsewhere", desk.contracts) == 0)
    let scope = TemplateScope.reader(this: ["contract_file": .text("2026/17.pdf")])
    #expect(try desk.attachments(scope).map(\.name) == ["17.pdf"])
  }

  @Test("what is no regular file is refused, and a pipe is never waited for")
  func irregular() throws {
    let desk = try Desk(attach: Self.column)
    #expect(mkfifo(desk.contracts + "/pipe.pdf", 0o644) == 0)
    for path in ["pipe.pdf", "2026"] {
      let problem = try desk.problem(.text(path))
      #expect(problem.contains("got a folder, pipe, socket or device"), "\(path): \(problem)")
    }
    for path in ["18.pdf", "2027/17.pdf", "2026/17.pdf/x", String(repeating: "x", count: 300)] {
      let problem = try desk.problem(.text(path))
      #expect(problem.contains("got no such file"), "\(path): \(problem)")
    }
  }

  @Test("an empty file, one that is too large, and a folder that is gone are told apart")
  func sizes() throws {
    let desk = try Desk(attach: Self.column)
    try desk.folder.write("", to: "contracts/empty.pdf")
    #expect(try desk.problem(.text("empty.pdf")).contains("got an empty file"))
    let large = desk.contracts + "/large.pdf"
    #expect(FileManager.default.createFile(atPath: large, contents: Data([1])))
    #expect(truncate(large, off_t(AttachedFile.largest)) == 0)
    #expect(try desk.problem(.text("large.pdf")) == "")
    #expect(truncate(large, off_t(AttachedFile.largest + 1)) == 0)
    #expect(try desk.problem(.text("large.pdf")).contains("got a file larger than 10 MB"))
    try desk.folder.remove("contracts")
    let problem = try desk.problem(.text("2026/17.pdf"))
    #expect(problem.contains("got no folder: No such file or directory"), "\(problem)")
  }

  @Test("the files of one letter have at most 15 MB together")
  func together() throws {
    let desk = try Desk(attach: "[\(Self.column), { column: other, below: contracts }]")
    let scope = TemplateScope.reader(
      this: ["contract_file": .text("a.pdf"), "other": .text("b.pdf")])
    for name in ["a.pdf", "b.pdf"] {
      try desk.folder.write("x", to: "contracts/" + name)
      #expect(truncate("\(desk.contracts)/\(name)", off_t(AttachedFile.largestTogether / 2)) == 0)
    }
    #expect(try desk.attachments(scope).count == 2)
    #expect(truncate("\(desk.contracts)/b.pdf", 8 * 1024 * 1024) == 0)
    let error = #expect(throws: TemplateProblem.self) { try desk.attachments(scope) }
    #expect(
      error?.description.hasSuffix(
        "the attached files have 15.5 MB together, and the limit is 15 MB; attach smaller ones, or link to them"
      ) == true, "\(String(describing: error))")
    for name in ["a.pdf", "b.pdf"] {
      #expect(rename("\(desk.contracts)/\(name)", "\(desk.templates)/\(name)") == 0)
    }
    try desk.write(attach: "[a.pdf, b.pdf]")
    #expect(
      desk.findings() == [
        "letter.html:3:17: error: expected the files of a letter to have at most 15 MB together, got 15.5 MB"
      ])
  }

  @Test("over a channel that carries no files none is read")
  func withoutFiles() throws {
    let desk = try Desk(attach: "[\(Self.column), terms.pdf]")
    var scope = TemplateScope.reader(this: ["contract_file": .text("vanished.pdf")])
    scope.carriesAttachments = false
    #expect(try desk.attachments(scope).isEmpty)
    scope.carriesAttachments = true
    #expect(throws: TemplateProblem.self) { try desk.attachments(scope) }
  }

  @Test("a secret that names a file shows as dots where secrets do")
  func secretName() throws {
    let desk = try Desk(attach: Self.column)
    var scope = TemplateScope.reader(this: ["contract_file": .text("2026/17.pdf")])
    scope.secretColumns = ["contract_file"]
    #expect(try desk.letters().render("letter", scope: scope).holdsSecrets)
    scope.revealsSecrets = false
    let message = try desk.letters().render("letter", scope: scope)
    #expect(message.attachments.map(\.name) == ["•••"])
    #expect(!message.holdsSecrets)
  }

  @Test(
    "file names are safe to save",
    arguments: [
      ("a\r\nb.pdf", "a b.pdf"), ("../../etc/passwd", ".._.._etc_passwd"),
      ("a\\b/c.pdf", "a_b_c.pdf"),
      ("contract\u{202E}fdp.exe", "contractfdp.exe"), ("  a  b.pdf ", "a b.pdf"),
      ("..", "17.pdf"), ("", "17.pdf"), ("\u{200B}", "17.pdf"), ("👩‍👩‍👧‍👦.pdf", "👩‍👩‍👧‍👦.pdf"),
      (
        String(repeating: "长", count: 100) + ".pdf", String(repeating: "长", count: 65) + ".pdf"
      ),
      (String(repeating: "x", count: 300), String(repeating: "x", count: 200)),
    ])
  func safeNames(_ written: String, _ expected: String) {
    #expect(FileName.safe(written, or: "17.pdf") == expected)
  }

  @Test("a changed file changes the letter's hash, and a reload tells of it")
  func hash() throws {
    let desk = try Desk(attach: "terms.pdf")
    let before = try desk.letters()
    let same = try desk.letters()
    #expect(same.files(changedSince: before).isEmpty)
    try desk.folder.write("New terms", to: "templates/terms.pdf")
    let after = try desk.letters()
    #expect(after.files(changedSince: before) == ["terms.pdf"])
    let hashes = try [before, same, after].map {
      try $0.render("letter", scope: .reader()).templateHash
    }
    #expect(hashes[0] == hashes[1])
    #expect(hashes[1] != hashes[2])
  }

  @Test("a file that no letter attaches is not read")
  func unread() throws {
    let desk = try Desk(attach: "terms.pdf")
    #expect(mkfifo(desk.templates + "/pipe.pdf", 0o644) == 0)
    try desk.folder.write("", to: "templates/empty.docx")
    #expect(desk.findings().isEmpty)
  }

  @Test("check knows the columns that name files")
  func unknownColumn() throws {
    let letters = try Desk(
      attach: "{ column: contract_fil, below: contracts, name: \"{{this.nr}}\" }"
    ).letters()
    let findings = letters.check(
      "letter", columns: TemplateColumns(this: ["contract_file", "number"])
    ).map(\.text)
    #expect(
      findings == [
        "the row has no `this.nr`",
        "the row has no `this.contract_fil`; did you mean `this.contract_file`?",
      ])
  }

  @Test(
    "tells the line and column of what is wrong",
    arguments: [
      ("[]", "3:9: error: expected `attach` to have 1 to 10 files, got 0"),
      (
        "[\(Array(repeating: "terms.pdf", count: 11).joined(separator: ", "))]",
        "3:9: error: expected `attach` to have 1 to 10 files, got 11"
      ),
      ("''", "3:9: error: expected `attach` to be a text, got nothing"),
      (
        "terms.pdff",
        "3:9: error: no file `terms.pdff` in the templates folder; did you mean `terms.pdf`?"
      ),
      (
        "[terms.pdf, ../contracts/2026/17.pdf]",
        "3:21: error: expected a file's path below the templates folder, got `../contracts/2026/17.pdf`"
      ),
      (
        "/etc/passwd",
        "3:9: error: expected a file's path below the templates folder, got `/etc/passwd`"
      ),
      ("letter.html", "3:9: error: expected a file other than a letter (.html), got `letter.html`"),
      (
        "\"{{this.a}}.pdf\"",
        "3:9: error: a file of the templates folder has a fixed name, got `{{this.a}}.pdf`; for a file that the row names, write `{ column: …, below: … }`"
      ),
      (
        "{ column: contract_file, below: contract }",
        "3:41: error: no folder `contract` under `folders:` in kindly.yaml; did you mean `contracts`?"
      ),
      (
        "{ column: contract_file }",
        "3:9: error: expected `below`, the name of a folder of `folders:` in kindly.yaml"
      ),
      (
        "{ file: terms.pdf, below: contracts }",
        "3:35: error: `below` belongs to `column`, not to `file`"
      ),
      (
        "{ file: terms.pdf, column: a, below: contracts }",
        "3:9: error: expected either `file`, a file of the templates folder, or `column`, a column that names one"
      ),
      (
        "{ column: this.contract_file, below: contracts }",
        "3:19: error: expected `column` to be the bare name of a column, `contract_file`, got `this.contract_file`"
      ),
      (
        "{ column: a, below: contracts, required: maybe }",
        "3:50: error: expected `required` to be yes or no, got `maybe`"
      ),
      (
        "{ column: a, belwo: contracts }",
        "3:22: error: expected one of file, column, below, name, required, got `belwo`; did you mean `below`?"
      ),
      (
        "{ file: terms.pdf, name: \"{{thsi.a}}\" }",
        "3:35: error: expected `this.`, `old.`, `customer.`, `owner.`, `colleague.` or `lists.` before `a`, or `moment.was`, got `thsi.`; did you mean `this.a`?"
      ),
    ])
  func positions(_ attach: String, _ expected: String) throws {
    #expect(try Desk(attach: attach).findings() == ["letter.html:" + expected])
  }

  @Test("a layout attaches nothing")
  func layout() throws {
    #expect(
      findings([
        "layout.html": "---\nattach: a.pdf\n---\n{{{content}}}", "a.pdf": "A",
        "letter.html": letter(subject: "Hi"),
      ]) == [
        "templates/layout.html:2:9: error: only letters have a head; a layout or partial is HTML alone"
      ])
  }
}
