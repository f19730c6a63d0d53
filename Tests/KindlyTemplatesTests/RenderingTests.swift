import KindlyCore
import Testing

@testable import KindlyTemplates

@Suite("A rendered letter")
struct RenderingTests {
  static let row: RowValues = [
    "name": .text("Tom & <Jerry>"), "到期日": .text("2026-02-10"), "full name": .text("Tom"),
    "nothing": .null, "zero": .integer(0), "one": .integer(1), "empty": .text(""),
    "no": .text("false"),
    "bell": .text("\u{7}"), "at": .text("2026-02-10T01:30:00Z"), "amount(net)": .integer(7),
    "html": .text("<b>bold</b>"),
  ]

  @Test(
    "writes what its tags name",
    arguments: [
      ("{{this.name}}", "Tom &amp; &lt;Jerry&gt;"),
      ("{{{this.html}}}", "<b>bold</b>"),
      ("{{& this.html}}", "<b>bold</b>"),
      ("{{ this.full name }}", "Tom"),
      ("{{this.\"full name\"}}", "Tom"),
      ("{{date(this.到期日)}}", "10 February 2026"),
      ("{{this.amount(net)}}", "7"),
      ("[{{this.nothing}}]", "[]"),
      ("[{{date(this.nothing)}}]", "[]"),
      ("{{customer.name}}, {{customer.key}}, {{customer.email}}", "王芳, 42, fang@example.cn"),
      ("{{rule}} {{language}} {{subject}}", "trial en Hello"),
      ("{{date(now)}} {{now}}", "6 February 2026 2026-02-06 09:30"),
      ("{{! a note }}x", "x"),
      ("?name={{url(this.name)}}", "?name=Tom%20%26%20%3CJerry%3E"),
    ])
  func values(body: String, expected: String) throws {
    #expect(try html(body, .reader(this: Self.row)) == expected)
  }

  @Test(
    "asks in a section whether a value is there",
    arguments: [
      ("nothing", false), ("zero", false), ("empty", false), ("no", false), ("one", true),
      ("name", true),
    ])
  func sections(column: String, holds: Bool) throws {
    let body =
      "{{#this.\(column)}}yes {{this.one}}{{/this.\(column)}}{{^this.\(column)}}no{{/this.\(column)}}"
    #expect(try html(body, .reader(this: Self.row)) == (holds ? "yes 1" : "no"))
  }

  @Test("writes old values where there are some, and asks for them where there may be none")
  func oldValues() throws {
    let body = "{{#old}}{{old.status}} → {{/old}}{{this.status}}{{#old.status}}!{{/old.status}}"
    let letters = try library(body: body)
    let paid = TemplateScope.reader(this: ["status": .text("paid")], old: ["status": .text("open")])
    #expect(try letters.render("letter", scope: paid).html == "open → paid!")
    #expect(
      try letters.render("letter", scope: .reader(this: ["status": .text("paid")])).html == "paid")
    let plain = try library(body: "\n{{old.status}}")
    #expect(throws: TemplateProblem.noOldValues(path: "old.status", at: place(5, 1))) {
      try plain.render("letter", scope: .reader(this: ["status": .text("paid")]))
    }
  }

  @Test("is from the owner where there is one, and names who gets the answers")
  func mailboxes() throws {
    let letters = try library([
      "letter.html": """
      ---
      subject: Hello
      from: "{{owner.name}} <{{owner.email}}>"
      reply to: "{{owner.email}}"
      ---
      <p>{{owner.name}}</p>
      """
    ])
    var scope = TemplateScope.reader()
    let alone = try letters.render("letter", scope: scope)
    #expect(alone.from == nil && alone.replyTo == nil)
    func owner(_ email: String) -> Person {
      Person(
        .colleagues, key: RowKey("anna"), name: "Anna\r\nBcc: x", addresses: [.email: email])
    }
    scope.owner = owner("anna@example.com")
    let owned = try letters.render("letter", scope: scope)
    #expect(owned.from?.description == "Anna Bcc: x <anna@example.com>")
    #expect(owned.replyTo?.description == "anna@example.com")
    scope.owner = owner("anna")
    #expect(
      throws: TemplateProblem.invalidMailbox(
        key: "from", why: "the mail address has 0 @ signs instead of one",
        at: TemplatePlace(file: letters.folder + "/letter.html"))
    ) {
      try letters.render("letter", scope: scope)
    }
  }

  @Test("refuses a column that the row does not have, and says which was meant")
  func unknownColumn() throws {
    let letters = try library(body: "<p>你好 {{this.nmae}}</p>")
    #expect(
      throws: TemplateProblem.unknownColumn(
        path: "this.nmae", suggestion: "this.name", at: place(4, 7))
    ) {
      try letters.render("letter", scope: .reader(this: Self.row))
    }
  }

  @Test(
    "writes no invalid date, and names the column but not the value",
    arguments: [
      (Value.text("soon"), Anchor.Unusable.unreadable), (.integer(31_121_985), .number),
      (.text("03/04/2026"), .undecided), (.text("3000-01-01"), .unlikely),
    ])
  func unusableDates(value: Value, why: Anchor.Unusable) throws {
    let letters = try library(body: "{{date(this.due)}}")
    let problem = TemplateProblem.notADate(
      path: "this.due", helper: "date", why: why, at: place(4, 1))
    #expect(throws: problem) {
      try letters.render("letter", scope: .reader(this: ["due": value]))
    }
    #expect(!problem.description.contains("soon"))
  }

  @Test(
    "writes nothing for a date where there is none, as `when` counts it",
    arguments: [
      Value.null, .text(""), .text(" "), .integer(0), .text("0000-00-00"),
      .text("0000-00-00 00:00:00"), .text("1970-01-01"), .text("1900-01-01"),
    ])
  func noDate(value: Value) throws {
    #expect(try html("[{{date(this.due)}}]", .reader(this: ["due": value])) == "[]")
  }

  @Test("leaves a section out for a date of zeros")
  func zeroDate() throws {
    for zeros in ["0000-00-00", "0000-00-00 00:00:00"] {
      let body = "[{{#this.due}}due{{/this.due}}]"
      #expect(try html(body, .reader(this: ["due": .text(zeros)])) == "[]")
    }
  }

  @Test("reads dates as their columns are written")
  func dateKinds() throws {
    var scope = TemplateScope.reader(
      this: ["due": .text("03/04/2026")], values: ["born": .integer(19_850_312)])
    scope.dates = DateKinds(["due": DateKind(order: .dayFirst)])
    scope.customerDates = DateKinds(["born": DateKind(number: .compact)])
    #expect(
      try html("{{date(this.due)}}, {{date(customer.born)}}", scope)
        == "3 April 2026, 12 March 1985")
  }

  @Test("writes no invalid amount")
  func invalidAmount() throws {
    let letters = try library(body: "{{money(this.total)}}")
    #expect(
      throws: TemplateProblem.notANumber(path: "this.total", helper: "money", at: place(4, 1))
    ) {
      try letters.render("letter", scope: .reader(this: ["total": .text("a lot")]))
    }
  }

  @Test("keeps a subject on one line, whatever the row holds")
  func headerSafety() throws {
    let files = ["letter.html": letter(subject: "\"{{customer.name}} & co:\\t{{this.a}}\"")]
    let scope = TemplateScope.reader(
      this: ["a": .text(" x\u{2028}y\u{0}z ")], name: "Eve\r\nBcc: all@example.com")
    let message = try library(files).render("letter", scope: scope)
    #expect(message.subject == "Eve Bcc: all@example.com & co: x y z")
  }

  @Test("needs a subject for this row", arguments: [Value.null, .text("  \r\n ")])
  func emptySubject(value: Value) throws {
    let letters = try library(["letter.html": letter(subject: "\"{{this.title}}\"")])
    #expect(throws: TemplateProblem.emptySubject(TemplatePlace(file: "templates/letter.html"))) {
      try letters.render("letter", scope: .reader(this: ["title": value]))
    }
  }

  @Test("may be plain or short text alone, and is never a layout alone")
  func withoutHTML() throws {
    let letters = try library([
      "plain.html": "---\nsubject: a\ntext: b\n---\n",
      "short.html": "---\nsubject: a\nsms: c\n---\n",
      "maybe.html": head(subject: "a") + "{{#this.x}}<p>d</p>{{/this.x}}\n",
      "layout.html": "<p>Logo</p>{{{content}}}",
    ])
    let plain = try letters.render("plain", scope: .reader())
    #expect(plain.html == nil && plain.text == "b" && plain.shortText == nil)
    let short = try letters.render("short", scope: .reader())
    #expect(short.html == nil && short.text == "c" && short.shortText == "c")
    let maybe = try letters.render("maybe", scope: .reader(this: ["x": .integer(1)]))
    #expect(maybe.text == "Logo\n\nd\n")
    let place = TemplatePlace(file: "templates/maybe.html")
    #expect(throws: TemplateProblem.emptyLetter(place)) {
      try letters.render("maybe", scope: .reader(this: ["x": .null]))
    }
  }

  @Test("hides a secret even where it has the name of what every customer has")
  func secretPhone() throws {
    let letters = try library(body: "{{customer.phone}}")
    var scope = TemplateScope.reader(secrets: ["phone": Secret("+86 1")])
    #expect(try letters.render("letter", scope: scope).html == "+86 1")
    scope.revealsSecrets = false
    #expect(try letters.render("letter", scope: scope).html == "•••")
  }

  @Test("does not escape HTML in the subject, the short text and the plain text")
  func plainContexts() throws {
    let letter = """
      ---
      subject: "{{this.name}}"
      sms: "{{this.name}}{{this.bell}}, call us\\n"
      text: |
        Dear {{this.name}},
        {{#this.one}}
        see <you>.
        {{/this.one}}
      ---
      <p>{{this.name}}</p>
      """
    let message = try library(["letter.html": letter])
      .render("letter", scope: .reader(this: Self.row))
    #expect(message.subject == "Tom & <Jerry>")
    #expect(message.shortText == "Tom & <Jerry>, call us")
    #expect(message.text == "Dear Tom & <Jerry>,\nsee <you>.\n")
    #expect(message.html == "<p>Tom &amp; &lt;Jerry&gt;</p>")
  }

  @Test("shows a secret in real mail and dots in a preview")
  func secrets() throws {
    let letters = try library(
      body:
        "{{customer.initial_password}} {{this.initial_password}} {{url(customer.initial_password)}}"
    )
    var scope = TemplateScope.reader(
      this: ["initial_password": .text("s3&cret")], secrets: ["initial_password": Secret("s3&cret")]
    )
    scope.secretColumns = ["initial_password"]
    #expect(
      try letters.render("letter", scope: scope).html == "s3&amp;cret s3&amp;cret s3%26cret")
    #expect(try letters.render("letter", scope: scope).holdsSecrets)
    scope.secretColumns = ["Initial_Password"]
    scope.revealsSecrets = false
    #expect(try letters.render("letter", scope: scope).html == "••• ••• •••")
    #expect(try !letters.render("letter", scope: scope).holdsSecrets)
    scope.this = ["initial_password": .text("s3&cret")]
    scope.customer = TemplateScope.reader().customer
    #expect(throws: TemplateProblem.self) { try letters.render("letter", scope: scope) }
  }

  @Test("tells where NULL was written as nothing, once for each place")
  func lintsNulls() throws {
    let letters = try library(
      body: "{{this.nothing}} {{#this.nothing}}x{{/this.nothing}}\n{{moment}}.")
    let rendering = try letters.rendering("letter", scope: .reader(this: Self.row))
    #expect(
      rendering.nulls.map(\.description) == [
        "templates/letter.html:4:1: warning: `this.nothing` is NULL in this row and was left empty",
        "templates/letter.html:5:1: warning: `moment` is NULL in this row and was left empty",
      ])
  }

  @Test(
    "writes the date that a correction corrects, and nothing in any other letter",
    arguments: [
      ("2026-03-10", "not 10 March 2026 (2026-03-10)."),
      ("2026-03-10T15:00", "not 10 March 2026 (2026-03-10T15:00)."),
      ("2026-03-10T07:00Z", "not 10 March 2026 (2026-03-10T07:00Z)."), (nil, "."),
    ])
  func corrects(was: String?, text: String) throws {
    let letters = try library(
      body: "{{#moment.was}}not {{date(moment.was)}} ({{moment.was}}){{/moment.was}}.")
    var scope = TemplateScope.reader(this: Self.row)
    scope.was = was
    #expect(try letters.render("letter", scope: scope).html?.contains("not ") == (was != nil))
    #expect(try letters.render("letter", scope: scope).text.trimmed == text)
  }

  @Test("refuses to grow beyond its limit")
  func tooLarge() throws {
    let letters = try library(body: "{{{this.long}}}")
    let fits = Value.text(String(repeating: "a", count: TemplateLibrary.bodyLimit))
    #expect(try letters.render("letter", scope: .reader(this: ["long": fits])).html != nil)
    let long = Value.text(String(repeating: "a", count: TemplateLibrary.bodyLimit + 1))
    #expect(throws: TemplateProblem.self) {
      try letters.render("letter", scope: .reader(this: ["long": long]))
    }
  }

  @Test("says which template was meant where there is none of the name")
  func unknownTemplate() throws {
    let letters = try library(["trial/welcome.html": letter(subject: "Hi")])
    let problem = TemplateProblem.unknownTemplate(name: "trial/welcom", suggestion: "trial/welcome")
    #expect(throws: problem) { try letters.render("trial/welcom", scope: .reader()) }
    #expect(
      problem.description
        == "no template `trial/welcom` in the templates folder; did you mean `trial/welcome`?")
  }

  @Test("comes out the same from many threads")
  func threads() async throws {
    let languages = ["en", "zh-Hans", "de", "fr"]
    let body = head(subject: "x") + "{{customer.name}} {{date(this.at)}} {{money(this.one)}}"
    let letters = try library(
      Dictionary(uniqueKeysWithValues: languages.map { ("letter.\($0).html", body) }))
    let texts = try await withThrowingTaskGroup(of: String?.self) { group in
      for index in 0..<200 {
        group.addTask {
          let scope = TemplateScope.reader(this: Self.row, language: languages[index % 4])
          return try letters.render("letter", scope: scope).html
        }
      }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(
      texts == [
        "王芳 10 February 2026 1.00", "王芳 2026年2月10日 1.00", "王芳 10. Februar 2026 1,00",
        "王芳 10 février 2026 1,00",
      ])
  }

  private func place(_ line: Int, _ column: Int) -> TemplatePlace {
    TemplatePlace(file: "templates/letter.html", line: line, column: column)
  }
}
