import KindlyCore
import Testing

@testable import KindlyTemplates

@Suite("The letter of a digest") struct DigestLetterTests {
  private static func scope(_ items: [(name: String, item: String)]) -> TemplateScope {
    let colleague = Person(
      .colleagues, key: RowKey(canonical: "[\"anna\"]"), name: "Anna", language: "en")
    let rows = items.map { name, item in
      var scope = TemplateScope.reader(this: ["item": .text(item), "paid": .null], name: name)
      scope.colleague = colleague
      return scope
    }
    return TemplateScope(digestOf: rows, reader: colleague)
  }

  private static let two = scope([("Wang & Co", "<chair>"), ("李伟", "桌子")])

  @Test("repeats the text between the tags for each row, escaped")
  func rows() throws {
    let letters = try library([
      "letter.html": """
      ---
      subject: "{{count}} calls for {{colleague.name}}"
      text: "{{#rows}}{{customer.name}}: {{this.item}};{{^this.paid}} unpaid{{/this.paid}} {{/rows}}"
      ---
      <ul>{{#rows}}<li>{{customer.name}}: {{> item}}</li>{{/rows}}</ul>{{^rows}}nothing{{/rows}}
      """, "partials/item.html": "<b>{{this.item}}</b> ({{rule}})",
    ])
    let message = try letters.render("letter", scope: Self.two)
    #expect(message.subject == "2 calls for Anna")
    #expect(
      message.html?.contains(
        "<ul><li>Wang &amp; Co: <b>&lt;chair&gt;</b> (trial)</li><li>李伟: <b>桌子</b> (trial)</li></ul>"
      )
        == true, "\(message.html ?? "")")
    #expect(message.html?.contains("nothing") == false)
    #expect(message.text.trimmed == "Wang & Co: <chair>; unpaid 李伟: 桌子; unpaid")
  }

  private static let columns: TemplateColumns = {
    var columns = TemplateColumns(
      this: ["item", "paid"], customer: [], colleague: [], hasOwners: true)
    columns.isDigest = true
    columns.addressesCustomer = false
    return columns
  }()

  private static let outside = "belongs to one row, and a digest has several"

  @Test(
    "is checked: tags of a row stand between the tags of the rows",
    arguments: [
      ("{{#rows}}{{this.item}} {{moment}}{{/rows}} {{now}} {{colleague.name}}", []),
      (
        "{{#rows}}{{this.itme}}{{/rows}}", ["the row has no `this.itme`; did you mean `this.item`?"]
      ),
      ("{{this.item}}{{#rows}}x{{/rows}}", ["`this.item` \(outside)"]),
      ("{{customer.name}}{{#rows}}x{{/rows}}", ["`customer.name` \(outside)"]),
      (
        "{{owner.name}} {{moment}}{{#rows}}x{{/rows}}",
        ["`owner.name` \(outside)", "`moment` \(outside)"]
      ),
      (
        "Hello",
        [
          "expected {{#rows}}…{{/rows}} in a letter of a rule with `digest:`, got none"
        ]
      ),
      ("{{> both}}{{#rows}}{{> both}}{{/rows}}", ["`this.item` \(outside)"]),
      ("{{#rows}}{{> list}}{{/rows}}", ["expected no nested `rows`; a row has no rows of its own"]),
    ])
  func check(body: String, expected: [String]) throws {
    let letters = try library([
      "letter.en.html": head(subject: "Hello") + body, "partials/both.html": "{{this.item}}",
      "partials/list.html": "{{#rows}}x{{/rows}}",
    ])
    let found = letters.check("letter", columns: Self.columns).map(\.description)
    #expect(found.count == expected.count, "\(found)")
    for (finding, text) in zip(found, expected) { #expect(finding.contains(text), "\(finding)") }
  }

  @Test("names the customer anywhere if it goes to the customer")
  func customer() throws {
    let letters = try library(body: "{{customer.name}}{{#rows}} {{this.item}}{{/rows}}")
    var columns = Self.columns
    columns.addressesCustomer = true
    #expect(
      !letters.check("letter", columns: columns).contains { $0.severity == .error })
    let row = TemplateScope.reader(this: ["item": .text("chair")])
    let scope = TemplateScope(digestOf: [row, row], reader: try #require(row.customer))
    #expect(try letters.render("letter", scope: scope).text.trimmed == "王芳 chair chair")
  }

  @Test("`rows` exists only in digests, and tags of a row exist only inside of it")
  func misplaced() throws {
    let digest = try library(body: "{{#rows}}{{this.item}}{{/rows}}{{count}}")
    #expect(throws: TemplateProblem.self) {
      try digest.render("letter", scope: .reader(this: ["item": .text("chair")]))
    }
    var columns = Self.columns
    columns.isDigest = false
    let found = digest.check("letter", columns: columns).map(\.description)
    #expect(found.count { $0.contains("exists only in letters of rules with `digest:`") } == 2)
    let single = try library(body: "{{this.item}}")
    #expect(throws: TemplateProblem.self) { try single.render("letter", scope: Self.two) }
  }

  @Test(
    "refuses meaningless tags when it is loaded",
    arguments: [
      ("{{rows}}", "expected a section, {{#rows}}…{{/rows}}, or `count`, got `rows` alone"),
      (
        "{{#rows}}{{#rows}}x{{/rows}}{{/rows}}",
        "expected no nested `rows`; a row has no rows of its own"
      ),
      ("{{date(count)}}", "date() cannot be used with `count`"),
    ])
  func refused(body: String, text: String) {
    let found = findings(["letter.html": head(subject: "Hello") + body])
    #expect(found.count == 1 && found[0].contains(text), "\(found)")
  }
}
