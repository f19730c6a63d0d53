import Foundation
import Glibc
import KindlyCore
import Testing

@testable import KindlyTemplates

@Suite("Loading a templates folder")
struct LoadingTests {
  @Test(
    "tells the line and column of what is wrong in a letter",
    arguments: [
      (
        "---\nsubjct: Hi\n---\n",
        "2:1: error: expected one of subject, sms, text, language, from, reply to, channels, attach, got `subjct`; did you mean `subject`?"
      ),
      ("---\nsubject: Hi\n", "1:1: error: expected a second `---` line to end the head"),
      (
        "<p>Hi</p>",
        "1:1: error: expected a head with `subject: …` between two `---` lines at the top of the letter"
      ),
      (
        "---\nsms: Hi\n---\n",
        "1:1: error: expected a head with `subject: …` between two `---` lines at the top of the letter"
      ),
      (
        "---\nsubject: {{this.a}}, hi\n---\n",
        "2:20: error: a value that begins with `{{` or contains `: ` needs quotes: key: \"…\""
      ),
      (
        "---\nsubject: {{this.a}}\n---\n",
        "2:10: error: expected `subject` to be a text; a value that begins with `{{`, `[` or `*` needs quotes"
      ),
      (
        "---\nsubject: Soon: the end\n---\n",
        "2:14: error: a value that begins with `{{` or contains `: ` needs quotes: key: \"…\""
      ),
      (
        "---\nsubject: Order # {{this.no}}\n---\n",
        "2:10: error: what follows ` #` would be lost as a comment; put the value of `subject` in quotes"
      ),
      ("---\nsubject: a\nsubject: b\n---\n", "error: expected each key once, got `subject` again"),
      ("---\n- a\n---\n", "2:1: error: expected the head to be lines of `key: value`"),
      (
        "---\nsubject: 您好 {{thsi.name}}\n---\n",
        "2:13: error: expected `this.`, `old.`, `customer.`, `owner.`, `colleague.` or `lists.` before `name`, or `moment.was`, got `thsi.`; did you mean `this.name`?"
      ),
      (
        "---\nsubject: a\ntext: |\n  one\n  two {{name}}\n---\n",
        "5:7: error: expected this.COLUMN, old.COLUMN, customer.NAME, owner.NAME, colleague.NAME, lists.NAME, moment, moment.was, now, rule, language, subject, rows or count, got `name`; did you mean `this.name`?"
      ),
      (
        "---\nsubject: \"{{> footer}}\"\n---\n",
        "2:11: error: partials are HTML; the head of a letter cannot hold one"
      ),
      ("---\nsubject: a {{subject}}\n---\n", "2:12: error: the subject cannot hold itself"),
      (
        body("中文 {{dat(this.x)}}"),
        "4:4: error: expected a helper (date, time, datetime, weekday, days_left, days_since, money, url), got `dat`; did you mean `date`?"
      ),
      (
        body("\n  {{#this.a}}"),
        "5:3: error: the section {{#this.a}} is not closed; expected {{/this.a}} after it"
      ),
      (
        body("{{#this.a}}{{#this.b}}{{/this.a}}"),
        "4:23: error: expected {{/this.b}} to close the innermost section, got {{/this.a}}"
      ),
      (body("{{/this.a}}"), "4:1: error: {{/this.a}} closes no section"),
      (
        body("{{#date(this.a)}}{{/date(this.a)}}"),
        "4:1: error: a section asks whether a value is there; write it without a helper"
      ),
      ("---\nsubject: ''\n---\nx", "2:10: error: expected a subject, got none"),
      (
        body("\n \n"),
        "4:1: error: the letter is empty; expected HTML after its head, or `text:` or `sms:` in it"
      ),
      (body("{{this.a"), "4:1: error: expected }} to end this tag"),
      (body("{{{this.a}}"), "4:1: error: expected }}} to end this tag"),
      (body("{{ }}"), "4:1: error: expected a name in this tag, got none"),
      (
        body("{{=<% %>=}}"),
        "4:1: error: expected a name, a section or a partial, got {{=; letters have no delimiters, pragmas or inheritance"
      ),
      (body("{{this}}"), "4:1: error: expected a column, such as `this.name`, got `this` alone"),
      (
        body("{{list.visits}}"),
        "got `list.`; did you mean `lists.visits`?"
      ),
      (body("{{momnt.was}}"), "got `momnt.`; did you mean `moment.was`?"),
      (
        body("{{lists}}"),
        "4:1: error: expected a list, such as `lists.recent orders`, got `lists` alone"
      ),
      (body("{{old}}"), "4:1: error: expected a column, such as `old.status`, got `old` alone"),
      (body("{{money(now)}}"), "4:1: error: money() cannot be used with `now`"),
      (body("{{{content}}}"), "4:1: error: only a layout has `content`, the letter inside it"),
      (
        body("<img src=\"logo.png\">"),
        "4:11: error: no image `logo.png` in the templates folder; did you mean `logo1.png`?"
      ),
      (
        body("<img src='../logo1.png'>"),
        "4:11: error: expected an image's path below the templates folder, got `../logo1.png`"
      ),
      (
        body("<img src=logo.svg>"),
        "4:10: error: expected an image that mail programs show (png, jpg, gif, webp), got `logo.svg`"
      ),
      (
        body("<img src=\"{{this.a}}.png\"><img src=\"a{{this.a}}.png\">"),
        "4:37: error: an image of the templates folder has a fixed name, got `a{{this.a}}.png`"
      ),
      (
        body("{{> footr}}"),
        "4:1: error: no partial `partials/footr` in the templates folder; did you mean `partials/footer`?"
      ),
    ])
  func positions(letter: String, expected: String) {
    let found = findings([
      "letter.html": letter, "partials/footer.html": "x", "logo1.png": "PNG",
    ])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("templates/letter.html:") == true)
    #expect(found.first?.hasSuffix(expected) == true, "\(found)")
  }

  static func body(_ text: String) -> String { head(subject: "Hi") + text }

  @Test("reports everything at once, in order")
  func allAtOnce() {
    let found = findings([
      "b.html": "x", "a.html": head(subject: "a") + "{{x}}\n{{y}}",
      "w.zh_Hansss_1234567890.html": "x",
    ])
    #expect(
      found.map { $0.split(separator: " ")[0] } == [
        "templates/a.html:4:1:", "templates/a.html:5:1:", "templates/b.html:1:1:",
        "templates/w.zh_Hansss_1234567890.html:",
      ])
  }

  @Test("refuses partials that include themselves, directly or indirectly")
  func recursion() {
    let letter = head(subject: "Hi") + "{{> a}}"
    #expect(
      findings(["letter.html": letter, "partials/a.html": "{{> partials/a}}"]) == [
        "templates/partials/a.html:1:1: error: a partial cannot include itself: partials/a → partials/a"
      ])
    #expect(
      findings([
        "letter.html": letter, "partials/a.html": "x\n {{> b}}", "partials/b.html": "{{> a}}",
      ]) == [
        "templates/partials/b.html:1:1: error: a partial cannot include itself: partials/a → partials/b → partials/a"
      ])
  }

  @Test("takes a partial twice, and one inside another")
  func partials() throws {
    let letters = try library([
      "letter.html": head(subject: "Hi") + "{{> a}}{{> partials/b}}{{#this.x}}{{> a}}{{/this.x}}",
      "partials/a.html": "[{{this.x}}{{> b}}]", "partials/b.html": "({{customer.name}})",
    ])
    let message = try letters.render("letter", scope: .reader(this: ["x": .integer(1)]))
    #expect(message.html == "[1(王芳)](王芳)[1(王芳)]")
  }

  @Test("puts the letter into the layout of its language")
  func layout() throws {
    let files = [
      "layout.html":
        "<html lang=\"{{language}}\"><title>{{subject}}</title>{{{content}}}{{> sign}}</html>",
      "layout.zh-Hans.html": "<html>{{{content}}}— {{> sign}}</html>",
      "partials/sign.html": "Kind regards", "partials/sign.zh.html": "此致",
      "w.html": head(subject: "Hi & bye") + "<p>{{this.a}}</p>",
      "w.zh-Hans.html": head(subject: "您好") + "<p>{{this.a}}</p>",
    ]
    let letters = try library(files)
    func html(_ language: String) throws -> String? {
      try letters.render("w", scope: .reader(this: ["a": .text("<")], language: language)).html
    }
    #expect(
      try html("en")
        == "<html lang=\"en\"><title>Hi &amp; bye</title><p>&lt;</p>Kind regards</html>")
    #expect(try html("zh-CN") == "<html><p>&lt;</p>— 此致</html>")
  }

  @Test("refuses a layout without its letter, and a letter without its layout or partial")
  func layoutProblems() {
    let letter = head(subject: "Hi") + "Hi"
    #expect(
      findings(["layout.html": "<p></p>", "a.html": letter]) == [
        "templates/layout.html: error: a layout holds {{{content}}} where the letter goes; got none"
      ])
    #expect(
      findings(["layout.html": "{{content}}", "a.html": letter]) == [
        "templates/layout.html:1:1: error: `content` is HTML already; expected {{{content}}}, with three braces"
      ])
    #expect(
      findings(["layout.en.html": "{{{content}}}", "a.de.html": letter, "b.html": letter]) == [
        "templates/a.de.html: error: no `layout` for a letter in de; add layout.html, which serves all languages",
        "templates/b.html: error: no `layout` for a letter without a language (or say `language:` in its head);"
          + " add layout.html, which serves all languages",
      ])
    #expect(
      findings(["partials/s.en.html": "x", "a.de.html": letter + "{{> s}}"]) == [
        "templates/a.de.html:4:3: error: no `partials/s` for a letter in de; add partials/s.html,"
          + " which serves all languages"
      ])
    #expect(
      findings(["partials/s.html": "---\nsubject: x\n---\n"]) == [
        "templates/partials/s.html:2:10: error: only letters have a head; a layout or partial is HTML alone"
      ])
  }

  @Test("refuses two files of one letter and language, and a language said twice")
  func duplicates() {
    let letter = head(subject: "Hi") + "Hi"
    #expect(findings(["w.zh-Hans.html": letter, "w.zh-hans.html": letter]).count == 1)
    #expect(
      findings(["w.en.html": "---\nsubject: x\nlanguage: en\n---\n"]) == [
        "templates/w.en.html:3:11: error: the file's name says the language already, `en`; drop `language:`"
      ])
    #expect(
      findings(["w.html": "---\nsubject: x\nlanguage: English!\n---\n"]) == [
        "templates/w.html:3:11: error: expected a BCP 47 language such as en or zh-Hans, got `English!`"
      ])
  }

  @Test("takes the images of letter, layout and partial along, each once, if they are shown")
  func images() throws {
    let letters = try library([
      "letter.html": head(subject: "Hi")
        + "<img alt=x src=\"img/a.png\">{{#this.x}}<IMG SRC='b.JPG'>{{/this.x}}"
        + "<img src=\"https://example.com/c.png\"><img src=\"{{this.url}}\"><!-- <img src=\"d.png\"> -->",
      "layout.html": "<img src=img/a.png>{{{content}}}", "img/a.png": "A", "b.JPG": "B",
    ])
    let row: RowValues = ["x": .integer(0), "url": .text("https://e.org/?a=1&b=2")]
    let message = try letters.render("letter", scope: .reader(this: row))
    let identifier = "559aead08264d5795d39@kindly.image"
    #expect(
      message.images == [
        InlineImage(contentID: identifier, mediaType: "image/png", bytes: [0x41])
      ])
    #expect(
      message.html
        == "<img src=cid:\(identifier)><img alt=x src=\"cid:\(identifier)\">"
        + "<img src=\"https://example.com/c.png\"><img src=\"https://e.org/?a=1&amp;b=2\">"
        + "<!-- <img src=\"d.png\"> -->")
    let shown = try letters.render(
      "letter", scope: .reader(this: row.merging(["x": .integer(1)]) { $1 }))
    #expect(shown.images.map(\.mediaType) == ["image/png", "image/jpeg"])
  }

  @Test("knows a letter by the hash of every file that takes part")
  func hashes() throws {
    let files = [
      "w.html": head(subject: "Hi") + "{{> s}}<img src=a.png>", "partials/s.html": "x",
      "a.png": "A",
      "other.html": letter(subject: "Hi"),
    ]
    func hash(_ changes: [String: String]) throws -> String {
      try library(files.merging(changes) { $1 }).render("w", scope: .reader()).templateHash
    }
    let first = try hash([:])
    #expect(first.count == 32)
    #expect(try hash(["other.html": letter(subject: "Changed"), "b.png": "B"]) == first)
    #expect(try hash(["partials/s.html": "y"]) != first)
    #expect(try hash(["a.png": "B"]) != first)
    #expect(try hash(["layout.html": "{{{content}}}"]) != first)
  }

  @Test("reads a real folder, and says what it cannot read")
  func realFolder() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("templates-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // nothing is left to do if it fails
    func write(_ path: String, _ bytes: Data) throws {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try bytes.write(to: file)
    }
    let letter = "\u{FEFF}---\r\nsubject: Hi\r\n---\r\n<p>{{customer.name}}</p>\r\n"
    try write("trial/welcome.zh-Hans.html", Data(letter.utf8))
    try write("trial/.welcome.html.swp", Data([0xFF]))
    try write("notes.txt", Data())
    let letters = try TemplateLibrary(folder: folder.path)
    #expect(letters.names == ["kindly/reply", "trial/welcome"])
    #expect(letters.languages(of: "trial/welcome") == ["zh-Hans"])
    #expect(try letters.render("trial/welcome", scope: .reader()).html == "<p>王芳</p>\n")

    try write("bad.html", Data([0xC3, 0x28]))
    try write("long.html", Data(count: TemplateFiles.templateLimit + 1))
    let problems = #expect(throws: TemplateProblems.self) {
      try TemplateLibrary(folder: folder.path)
    }
    #expect(
      problems?.findings.map(\.description) == [
        "\(folder.path)/bad.html: error: expected text in UTF-8; save the file in that encoding",
        "\(folder.path)/long.html: error: expected at most 256 KB, got more",
      ])
    let missing = #expect(throws: TemplateProblems.self) {
      try TemplateLibrary(folder: folder.path + "/nowhere")
    }
    #expect(missing?.findings.count == 1)
  }
}

@Suite("Checking a letter against the columns of its rule")
struct CheckTests {
  @Test("finds every unknown name, in partials and layout too")
  func unknownNames() throws {
    let letters = try library([
      "w.html":
        "---\nsubject: \"{{this.nmae}}\"\n---\n{{old.status}}{{#old}}{{/old}}{{customer.emial}}{{customer.city}}",
      "w.en.html": head(subject: "Hi") + "{{> s}}{{#this.vpi}}{{/this.vpi}}",
      "partials/s.html": "{{this.x}}",
      "layout.html": "{{{content}}}{{customer.nam}}{{now}}{{{this.name}}}",
    ])
    let columns = TemplateColumns(this: ["name", "vip"], customer: ["city"], secrets: ["password"])
    #expect(
      letters.check("w", columns: columns).map(\.description).sorted() == [
        "templates/layout.html:1:14: error: the customer has no `customer.nam`; did you mean `customer.name`?",
        "templates/layout.html:1:37: warning: `this.name` is written without escaping, so the row can put any HTML here",
        "templates/partials/s.html:1:1: error: the row has no `this.x`",
        "templates/w.en.html:4:8: error: the row has no `this.vpi`; did you mean `this.vip`?",
        "templates/w.html:2:11: error: the row has no `this.nmae`; did you mean `this.name`?",
        "templates/w.html:4:1: error: `old.status` exists only in rules about updates",
        "templates/w.html:4:31: error: the customer has no `customer.emial`; did you mean `customer.email`?",
      ])
  }

  @Test("finds nothing in a letter that is right, and the name of one that is missing")
  func nothing() throws {
    let letters = try library(body: "{{old.a}}{{this.a}}{{customer.password}}{{customer.key}}")
    let columns = TemplateColumns(this: ["a"], old: ["a"], secrets: ["password"])
    #expect(letters.check("letter", columns: columns).isEmpty)
    #expect(
      letters.check("lettre", columns: columns).map(\.description) == [
        "templates: error: no template `lettre` in the templates folder; did you mean `letter`?"
      ])
  }

  @Test("finds earlier values that are not kept")
  func unkeptColumns() throws {
    let letters = try library(body: "{{old.a}}{{old.b}}{{old.missing}}{{this.b}}")
    var columns = TemplateColumns(this: ["a", "b"], old: ["a"])
    columns.unkept = ["b"]
    let cure =
      "so the letter cannot be written; name the column in the rule's `if` to have it kept "
      + "(a column under `secret:` never is)"
    #expect(
      letters.check("letter", columns: columns).map(\.text).sorted() == [
        "Kindly keeps no earlier value of `old.b`, " + cure, "the row has no `old.missing`",
      ])
    columns.this = ["a"]
    columns.old = nil
    #expect(
      letters.check("letter", columns: columns).map(\.text)
        .contains("Kindly keeps no earlier value of `this.b`, " + cure))
  }

  @Test("warns of a secret in the subject")
  func secretInSubject() throws {
    let letters = try library(["w.html": letter(subject: "\"{{customer.password}}\"")])
    let findings = letters.check("w", columns: TemplateColumns(this: [], secrets: ["password"]))
    #expect(findings.map(\.severity) == [.warning])
  }

  @Test("a pipe in place of a letter or an image is refused, and never waited for")
  func pipes() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/kindly-pipes-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // What cannot be removed is left to the machine's own tidying of /tmp.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["letter.html", "logo.png"] { #expect(mkfifo("\(folder)/\(name)", 0o644) == 0) }
    let findings = TemplateFiles(folder: folder).findings.map(\.description)
    #expect(findings.count == 2)
    #expect(findings.allSatisfy { $0.contains("expected a regular file, got a folder, pipe,") })
  }
}
