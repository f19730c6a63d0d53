import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyTemplates

@Suite("A value in HTML")
struct EscapingTests {
  /// Each mark of HTML, alone and with what Swift counts as one character together with it.
  static let hostile: [String] = ["\"", "'", "<", ">", "&", "`", "="].flatMap { mark in
    ["", "\u{301}", "\u{338}", "\u{200D}", "\u{FE0F}", "\u{E0100}"].map { joiner in
      "\(mark)\(joiner) onfocus=alert(1) autofocus x=\(mark)\(joiner)<\(joiner)img src=x onerror=alert(2)>"
    }
  }

  /// What Python's parser finds in HTML.
  private struct Reading: Decodable {
    struct Tag: Decodable {
      let name: String
      let attributes: [String: String]
    }

    let tags: [Tag]
    let text: String

    init(_ html: String) throws {
      let output = try PythonScript.output(of: "html_oracle.py", reading: Array(html.utf8))
      self = try JSONDecoder().decode(Reading.self, from: output)
    }
  }

  @Test("stays a value, whatever combining marks follow its quotes and brackets")
  func hostileValues() throws {
    let body =
      "<input title=\"{{this.v}}\" alt='{{this.v}}' class={{this.v}} id=x><p>{{this.v}}</p>"
    let letters = try library(body: body)
    let rendered = try Self.hostile.map { value in
      try letters.render("letter", scope: .reader(this: ["v": .text(value)])).html ?? ""
    }
    // One run of Python reads all of them.
    let reading = try Reading(rendered.joined())
    #expect(reading.tags.map(\.name) == Self.hostile.flatMap { _ in ["input", "p"] })
    let inputs = reading.tags.filter { $0.name == "input" }
    for (value, input) in zip(Self.hostile, inputs) {
      #expect(Set(input.attributes.keys) == ["title", "alt", "class", "id"])
      for key in ["title", "alt", "class"] {
        #expect(input.attributes[key]?.unicodeScalars.elementsEqual(value.unicodeScalars) == true)
      }
    }
    #expect(reading.text.unicodeScalars.elementsEqual(Self.hostile.joined().unicodeScalars))
  }

  @Test("is escaped in partials, layouts and the subject that a layout repeats")
  func everyPlace() throws {
    let quote = "\"\u{301} onload=x"
    let letters = try library([
      "layout.html": "<title>{{subject}}</title><i title=\"{{customer.name}}\">{{{content}}}</i>",
      "partials/who.html": "<b title=\"{{this.v}}\">{{this.v}}</b>",
      "letter.html": "---\nsubject: \"{{this.v}}\"\nsms: \"{{this.v}}\"\n---\n{{> who}}",
    ])
    let message = try letters.render(
      "letter", scope: .reader(this: ["v": .text(quote)], name: quote))
    #expect(message.html?.utf8.contains("\"\u{301} onload".utf8) == false)
    // Text that is no HTML keeps the value as it is.
    #expect(message.subject.unicodeScalars.elementsEqual(quote.unicodeScalars))
    #expect(message.shortText?.unicodeScalars.elementsEqual(quote.unicodeScalars) == true)
    #expect(message.text.utf8.contains(quote.utf8))
  }

  @Test("in a URL is percent-encoded byte by byte")
  func urls() throws {
    let body = "<a href=\"https://example.com/?q={{url(this.v)}}\">x</a>"
    #expect(
      try html(body, .reader(this: ["v": .text("\"\u{301}&")]))
        == "<a href=\"https://example.com/?q=%22%CC%81%26\">x</a>")
  }

  @Test("in an attribute without quotes is a warning")
  func unquoted() throws {
    let letters = try library(
      body: "<a href={{this.v}} title=\"{{this.v}}\">{{#this.v}}<b{{this.v}}>{{/this.v}}</a>")
    let findings = letters.check("letter", columns: TemplateColumns(this: ["v"]))
    #expect(findings.map(\.place.column) == [9, 52])
    #expect(findings.allSatisfy { $0.severity == .warning && $0.text.contains("quotes") })
  }

  @Test(
    "may be followed and preceded by any mark of the letter's own text",
    arguments: [
      ("{{this.v}}\u{200C}ها", "x\u{200C}ها"), ("{{this.v}}\u{301}", "x\u{301}"),
      ("\u{600}{{this.v}}", "\u{600}x"),
      ("{{! note }}\u{301}{{{this.v}}}\u{FE0F}é", "\u{301}x\u{FE0F}é"),
      ("{{#this.v}}\u{301}{{/this.v}}\u{20E3}", "\u{301}\u{20E3}"),
      ("é{{this.v}}中{{this.v}}é", "éx中xé"),
    ])
  func neighbours(body: String, expected: String) throws {
    let written = try html(body, .reader(this: ["v": .text("x")]))
    #expect(written.unicodeScalars.elementsEqual(expected.unicodeScalars))
  }
}
