import Testing

@testable import KindlyTemplates

@Suite("The plain-text twin")
struct PlainTextTests {
  @Test(
    "reads like the letter",
    arguments: [
      (
        "<p>Dear Tom,</p><p>thank you\n  for your <b>order</b>.</p>",
        "Dear Tom,\n\nthank you for your order.\n"
      ),
      ("a<br>b<br/>c", "a\nb\nc\n"),
      ("<p>a<br><br>b</p>", "a\n\nb\n"),
      ("<div>a</div><div>b</div>", "a\nb\n"),
      ("<h1>您好</h1><p>x</p><h2>Soon</h2>y<h3>z</h3>", "您好\n====\n\nx\n\nSoon\n----\n\ny\n\nz\n"),
      (
        "<p>Do:</p><ul><li>one</li><li>two<ol><li>a</li><li>b</li></ol></li></ul><p>end</p>",
        "Do:\n\n- one\n- two\n  1. a\n  2. b\n\nend\n"
      ),
      ("<ol start=3><li><p>a</p></li><li>b</ol>", "3. a\n4. b\n"),
      (
        "<a href=\"https://e.org/?a=1&amp;b=2\">Renew</a> now",
        "Renew (https://e.org/?a=1&b=2) now\n"
      ),
      (
        "<a href='https://e.org'>https://e.org</a> <a href=\"https://e.org/\">e.org</a>",
        "https://e.org e.org\n"
      ),
      (
        "<a href=\"mailto:a@e.org?subject=x\">a@e.org</a>, <a href='mailto:b@e.org'>write</a>",
        "a@e.org, write (b@e.org)\n"
      ),
      (
        "<a href=\"#top\">top</a> <a href=\"tel:+86123\">call</a> <a>x</a>", "top call (+86123) x\n"
      ),
      (
        "<a href=\"https://e.org\"><img src=x alt=\"Logo\"></a><img src=y>",
        "Logo (https://e.org)\n"
      ),
      (
        "<p>see <a href=\"https://e.org/x\"><b>this</b><br>page</a></p>",
        "see this\npage (https://e.org/x)\n"
      ),
      (
        "<table><tr><th>Item</th><th>Price</th></tr><tr><td>A</td><td>1.00</td></tr></table>",
        "Item | Price\nA | 1.00\n"
      ),
      (
        "<table><tr><td></td><td><p>one</p><p>two</p></td><td>three</td></tr></table>",
        "one\n\ntwo\n\nthree\n"
      ),
      (
        "<head><style>p > a { }</style><title>no</title></head><body>x<script>if (a < b) { \"</p>\" }</script></body>",
        "x\n"
      ),
      (
        "<div style=\"display: none\">preview<div>x</div></div>text<span hidden>no</span>", "text\n"
      ),
      (
        "<!-- a <b> -->&lt;p&gt; &amp; &nbsp;&eacute;&hellip;&#20320;&#x597D; &copy;&bogus; a&b &",
        "<p> &  é…你好 ©&bogus; a&b &\n"
      ),
      ("<pre>a\n  b &lt;</pre>", "a\n  b <\n"),
      ("<p>He</p><blockquote>said<p>more</p></blockquote>ok", "He\n\n> said\n>\n> more\n\nok\n"),
      ("a<hr>b", "a\n\n----------------------------------------\n\nb\n"),
      ("1 < 2 and 3 > 2 <3", "1 < 2 and 3 > 2 <3\n"),
      ("<p title=\"a > b\">x", "x\n"), ("", ""), ("<p></p> <p> </p>", ""), ("<p", ""),
      ("<a href=", ""),
      ("Hello, <b>Tom</b>! <i>你</i>好", "Hello, Tom! 你好\n"),
    ])
  func twins(html: String, expected: String) {
    #expect(PlainText.twin(of: html) == expected)
  }

  @Test("wraps western text at spaces within 72 columns")
  func wrapsWords() {
    let lines = wrapped(
      Array(repeating: "seven77", count: 20).joined(separator: " "))
    #expect(lines.map(\.count) == [71, 71, 15])
  }

  @Test("wraps Chinese between characters at two columns each, and never begins a line with a mark")
  func wrapsChinese() {
    let lines = wrapped(String(repeating: "字", count: 36) + "。" + "后")
    #expect(lines == [String(repeating: "字", count: 35), "字。后"])
    let opening = wrapped(String(repeating: "字", count: 35) + "（注）")
    #expect(opening == [String(repeating: "字", count: 35), "（注）"])
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= TextWrapping.width })
  }

  @Test("never breaks a URL, in text of either script")
  func keepsURLs() {
    let url = "https://example.com/" + String(repeating: "path/", count: 20) + "续费?a=1"
    let western = wrapped("Please visit (\(url)), it is long")
    #expect(western == ["Please visit", "(\(url)),", "it is long"])
    let chinese = wrapped("请点击续费（\(url)），谢谢")
    #expect(chinese.contains { $0.contains(url) })
    #expect(chinese.joined() == "请点击续费（\(url)），谢谢")
  }

  @Test("keeps accents, joined emoji and no-break spaces together")
  func keepsClusters() {
    let family = "👩\u{200D}👩\u{200D}👧"
    #expect(wrapped(String(repeating: "字", count: 34) + family)[1] == family)
    let accented = wrapped(String(repeating: "字", count: 36) + "\u{301}")
    #expect(accented.count == 1)
    let text = PlainText.twin(of: String(repeating: "a ", count: 35) + "b&nbsp;c&shy;d")
    #expect(text.hasSuffix("\nb cd\n"))
  }

  @Test("indents what is wrapped inside a list")
  func wrapsEntries() {
    let html =
      "<ul><li>" + Array(repeating: "word", count: 20).joined(separator: " ") + "</li></ul>"
    let lines = PlainText.twin(of: html).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("- word") && lines[1].hasPrefix("  word"))
  }

  @Test(
    "is quick even for HTML that never ends its tags",
    arguments: ["<", "<a ", "<!--", "&", "<p\"", "<div>", "<a href='x'>"])
  func hostile(piece: String) {
    #expect(PlainText.twin(of: String(repeating: piece, count: 2000)).utf8.count < 20_000)
  }

  private func wrapped(_ text: String) -> [String] { TextWrapping.lines(of: Array(text.utf8)) }
}
