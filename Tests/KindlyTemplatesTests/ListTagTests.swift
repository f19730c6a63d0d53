import KindlyCore
import Testing

@testable import KindlyTemplates

@Suite("A list in a letter") struct ListTagTests {
  private static func scope(_ rows: [[Value]]) -> TemplateScope {
    var scope = TemplateScope.reader()
    scope.lists = [
      ShownList("recent orders", ListAnswer(columns: ["product", "sum"], rows: rows)),
      ShownList("visits", fault: "it took too long"),
    ]
    return scope
  }

  private static let rows: [[Value]] = [
    [.text("<Tea> & cups"), .integer(30)], [.text("Pot"), .null],
  ]

  @Test("is a table in HTML, with its values escaped, and a line for each row in plain text")
  func table() throws {
    let letters = try library(body: "<p>Orders</p>{{lists.recent orders}}<p>End</p>")
    let message = try letters.render("letter", scope: Self.scope(Self.rows))
    #expect(
      message.html?.contains(
        """
        <p>Orders</p><table>
        <tr><th>product</th><th>sum</th></tr>
        <tr><td>&lt;Tea&gt; &amp; cups</td><td>30</td></tr>
        <tr><td>Pot</td><td></td></tr>
        </table><p>End</p>
        """) == true, "\(message.html ?? "")")
    #expect(
      message.text.contains("product | sum\n<Tea> & cups | 30\nPot\n"), "\(message.text)")
  }

  @Test("is a table of text in plain text, and says why it is not there")
  func text() throws {
    let letters = try library([
      "letter.html":
        "---\nsubject: Hello\ntext: \"{{lists.recent orders}}; {{lists.visits}}\"\n---\n<p>{{lists.visits}}</p>"
    ])
    let message = try letters.render("letter", scope: Self.scope(Self.rows))
    #expect(
      message.text.contains(
        "product | sum\n<Tea> & cups | 30\nPot | ; (could not be read: it took too long)"),
      "\(message.text)")
    #expect(
      message.html?.contains("<p>(could not be read: it took too long)</p>") == true,
      "\(message.html ?? "")")
  }

  @Test("is true as a section if it has rows", arguments: [(rows, "yes"), ([], "no")])
  func section(rows: [[Value]], shown: String) throws {
    let letters = try library(
      body:
        "{{#lists.recent orders}}yes{{/lists.recent orders}}{{^lists.recent orders}}no{{/lists.recent orders}}"
    )
    #expect(try letters.render("letter", scope: Self.scope(rows)).text.trimmed == shown)
    let failing = try library(
      body: "{{#lists.visits}}yes{{/lists.visits}}{{^lists.visits}}no{{/lists.visits}}")
    #expect(try failing.render("letter", scope: Self.scope(rows)).text.trimmed == "no")
  }

  @Test("must be shown by the step, and has no other notation")
  func check() throws {
    let letters = try library([
      "letter.html": letter(subject: "Hello") + "{{lists.recent order}}{{lists.visits}}"
    ])
    let columns = TemplateColumns(this: [], lists: ["recent orders", "visits"])
    #expect(
      letters.check("letter", columns: columns).map(\.description).sorted() == [
        "templates/letter.html:4:10: error: the step shows no `lists.recent order`; name the list in `show:`; did you mean `lists.recent orders`?"
      ])
    #expect(throws: TemplateProblem.self) {
      try letters.render("letter", scope: Self.scope([]))
    }
    for (letter, text) in [
      (
        letter(subject: "Hi") + "{{money(lists.visits)}}",
        "money() cannot be used with `lists.visits`"
      ),
      (letter(subject: "Hi") + "{{{lists.visits}}}", "expected two braces"),
      (letter(subject: "Hi") + "<p class={{lists.visits}}>", "outside of an HTML tag"),
      (
        letter(subject: "\"{{lists.visits}}\""),
        "a list is a table, which does not fit into a subject"
      ),
      (letter(subject: "Hi") + "{{lists.}}", "expected a column after `lists.`"),
    ] {
      let found = findings(["letter.html": letter])
      #expect(found.count == 1 && found[0].contains(text), "\(found)")
    }
  }
}
