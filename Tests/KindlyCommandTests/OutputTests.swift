import KindlyCore
import Testing

@testable import kindly

@Suite("What the command prints and reads")
struct OutputTests {
  @Test(
    "a text is as wide as a terminal shows it",
    arguments: [
      ("abc", 3), ("李伟", 4), ("e\u{301}", 1), ("한국", 4), ("，", 2), ("", 0), ("ａ", 2), ("ﾊ", 1),
    ])
  func width(_ text: String, _ width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test("columns stay aligned where names are Chinese, and a row stays one line")
  func table() {
    var table = Table([.init("name"), .init("n", .right), .init("note")])
    table.add(["李伟", "7", "a\nb"])
    table.add(["Ada", "12", ""])
    #expect(table.text == "name   n  note\n李伟   7  a b\nAda   12")
  }

  @Test(
    "cells of CSV are quoted where they must be",
    arguments: [
      (["a", "b"], "a,b"), (["a,b", "c\"d"], "\"a,b\",\"c\"\"d\""), (["x\r\ny"], "\"x\r\ny\""),
    ])
  func csv(_ cells: [String], _ line: String) {
    #expect(CSVOutput.line(cells) == line)
  }

  @Test(
    "a length of time is read as people type it",
    arguments: [
      ("30s", Duration.seconds(30)), ("15m", .minutes(15)), ("2h", .hours(2)), ("3 days", .days(3)),
      ("1w", .days(7)),
    ])
  func span(_ text: String, _ duration: Duration) {
    #expect(Span(argument: text)?.duration == duration)
  }

  @Test(
    "what is no length of time is refused",
    arguments: ["", "h", "-1h", "0h", "2 months", "2h30", "99999d", "1.5h", "9999999999999s"])
  func noSpan(_ text: String) {
    #expect(Span(argument: text) == nil)
  }

  @Test(
    "a time is read by the configured zone's clocks",
    arguments: [
      ("2026-02-10", "2026-02-09T16:00:00Z"), ("2026-02-10 09:30", "2026-02-10T01:30:00Z"),
      ("1d", "2026-02-28T00:00:00Z"), ("+2h", "2026-03-01T02:00:00Z"),
      ("+0m", "2026-03-01T00:00:00Z"),
    ])
  func since(_ text: String, _ expected: String) throws {
    let zone = try #require(Zone.named("Asia/Shanghai"))
    let now = Instant(seconds: 1_772_323_200)
    #expect(Since(argument: text)?.instant(now: now, zone: zone).description == expected)
  }

  @Test("only a time with a plus sign means what is still to come")
  func ahead() {
    #expect(Since(argument: "+0m")?.isAhead == true)
    #expect(Since(argument: "1h")?.isAhead == false)
    #expect(Since(argument: "2026-02-10")?.isAhead == false)
  }

  @Test("a composite key whose columns hold a comma is written as JSON")
  func keyWithComma() {
    #expect(RowKey.typed("[\"a,b\", \"7\"]", columns: 2).columns == ["a,b", "7"])
    // Where the form does not fit the key, the text is taken as it is.
    #expect(RowKey.typed("[\"a\"]", columns: 1).columns == ["[\"a\"]"])
    #expect(RowKey.typed("[\"a\",7]", columns: 2).columns == ["[\"a\"", "7]"])
  }

  @Test(
    "a key is split into columns only where the key has several",
    arguments: [
      ("42", 1, "[\"42\"]"), ("7,2026", 2, "[\"7\",\"2026\"]"), ("a,b", 1, "[\"a,b\"]"),
      ("A12 ", 1, "[\"A12 \"]"), ("7, 8", 2, "[\"7\",\" 8\"]"),
    ])
  func key(_ text: String, _ columns: Int, _ canonical: String) {
    #expect(RowKey.typed(text, columns: columns).text == canonical)
  }

  @Test("a monitoring line keeps its bar for the performance data")
  func plugin() {
    #expect(PluginText.safe("a | b\nc") == "a / b c")
  }
}
