import Foundation
import KindlyCore
import Testing

@testable import KindlyTemplates

@Suite("The reader's language")
struct LanguageTests {
  @Test(
    "chooses the variant, and falls back by script and by region",
    arguments: [
      ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh", "zh-Hans"), ("zh_CN.UTF-8", "zh-Hans"),
      ("zh-Hans-CN", "zh-Hans"), ("ZH-hans", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"),
      ("zh-MO", "zh-Hant"), ("zh-Hant", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"), ("en-GB", "en"),
      ("en", "en"), ("en-US", "en-US"), ("en-US-x-twain", "en-US"), ("fr", ""), ("", ""),
      ("中文", ""),
    ])
  func variants(language: String, expected: String) throws {
    let tags = ["", ".zh-Hans", ".zh-Hant", ".en", ".en-US"]
    let files = tags.map { ("w\($0).html", head(subject: "Hi") + "{{customer.name}}") }
    let letters = try library(Dictionary(uniqueKeysWithValues: files))
    let message = try letters.render("w", scope: .reader(language: language))
    #expect(message.language == expected)
  }

  @Test("does not give simplified characters to those who read traditional ones")
  func traditionalWithoutVariant() throws {
    let letters = try library([
      "w.html": letter(subject: "default"), "w.zh.html": letter(subject: "简体"),
      "w.zh-Hans.html": letter(subject: "简体"),
    ])
    #expect(try letters.render("w", scope: .reader(language: "zh-TW")).subject == "default")
    #expect(try letters.render("w", scope: .reader(language: "zh-SG")).subject == "简体")
  }

  @Test("gets English where no file serves all languages, and check says so")
  func withoutUntagged() throws {
    let letters = try library([
      "w.de.html": letter(subject: "Hallo"), "w.en.html": letter(subject: "Hello"),
    ])
    #expect(try letters.render("w", scope: .reader(language: "fr")).subject == "Hello")
    let findings = letters.check("w", columns: TemplateColumns(this: []))
    #expect(findings.map(\.severity) == [.warning])
    #expect(findings.first?.place.file == "templates/w.en.html")
  }

  static let instant = "2026-02-10T01:30:00Z"

  @Test(
    "writes dates and times by the customer's clocks",
    arguments: [
      ("en", "Asia/Shanghai", "10 February 2026|09:30|Tuesday|10 February 2026 at 09:30"),
      ("zh-Hans", "Asia/Shanghai", "2026年2月10日|09:30|星期二|2026年2月10日 09:30"),
      ("zh-CN", "Asia/Shanghai", "2026年2月10日|09:30|星期二|2026年2月10日 09:30"),
      ("de", "Europe/Berlin", "10. Februar 2026|02:30|Dienstag|10. Februar 2026 um 02:30"),
      (
        "en-US", "America/New_York",
        "February 9, 2026|8:30\u{202F}PM|Monday|February 9, 2026 at 8:30\u{202F}PM"
      ),
      ("fr", "UTC", "10 février 2026|01:30|mardi|10 février 2026 à 01:30"),
    ])
  func dates(language: String, zone: String, expected: String) throws {
    let body = "{{date(this.at)}}|{{time(this.at)}}|{{weekday(this.at)}}|{{datetime(this.at)}}"
    let scope = TemplateScope.reader(
      this: ["at": .text(Self.instant)], language: language, zone: zone)
    #expect(try html(inReadersLanguage: body, scope) == expected)
  }

  @Test("leaves a day as it is in every zone, and moves a wall time from the source's zone")
  func daysAndWallTimes() throws {
    var scope = TemplateScope.reader(
      this: ["day": .text("2026-02-10"), "wall": .text("2026-02-10 09:30:00")],
      zone: "America/New_York")
    let body = "{{date(this.day)}} {{datetime(this.wall)}}"
    #expect(try html(body, scope) == "10 February 2026 10 February 2026 at 09:30")
    scope.sourceZone = try #require(Zone.named("Asia/Shanghai"))
    #expect(try html(body, scope) == "10 February 2026 9 February 2026 at 20:30")
  }

  @Test("writes dates as the letter does where the letter is not in the reader's language")
  func datesFollowTheLetter() throws {
    let letters = try library([
      "w.html": "---\nsubject: x\nlanguage: zh-Hans\n---\n{{date(now)}}",
      "w.en.html": head(subject: "x") + "{{date(now)}}",
    ])
    #expect(try letters.render("w", scope: .reader(language: "fr")).html == "2026年2月6日")
    #expect(try letters.render("w", scope: .reader(language: "fr")).language == "zh-Hans")
    #expect(try letters.render("w", scope: .reader(language: "en-US")).html == "February 6, 2026")
  }

  @Test(
    "follows the company's language in a letter that does not say its own",
    arguments: [
      (nil, "zh-Hans", "6 February 2026 1,234.50 en"),
      ("en", "zh-Hans", "6 February 2026 1,234.50 en"),
      ("en", "en-US", "February 6, 2026 1,234.50 en-US"),
      ("de", "zh-Hans", "6. Februar 2026 1.234,50 de"),
      ("de", "", "6. Februar 2026 1.234,50 de"), ("de", "rubbish!", "6. Februar 2026 1.234,50 de"),
      ("zh-Hans", "en", "2026年2月6日 1,234.50 zh-Hans"),
      ("zh-Hans", "zh-CN", "2026年2月6日 1,234.50 zh-CN"),
    ] as [(String?, String, String)])
  func companyLanguage(company: String?, reader: String, expected: String) throws {
    let body = "{{date(now)}} {{money(this.total)}} {{language}}"
    let letters = try library(["w.html": head(subject: "x") + body], language: company)
    let scope = TemplateScope.reader(this: ["total": .text("1234.5")], language: reader)
    #expect(try letters.render("w", scope: scope).html == expected)
  }

  @Test("is the company's for readers without one, and for those whose language has no letter")
  func companysLetter() throws {
    let letters = try library(
      [
        "w.de.html": letter(subject: "Hallo"), "w.en.html": letter(subject: "Hello"),
        "w.fr.html": letter(subject: "Bonjour"),
      ], language: "de")
    for (reader, subject) in ["": "Hallo", "it": "Hallo", "fr-CA": "Bonjour", "en-GB": "Hello"] {
      #expect(try letters.render("w", scope: .reader(language: reader)).subject == subject)
    }
  }

  @Test(
    "chooses layout and partials of the company's language for a letter that does not say its own")
  func companysLayout() throws {
    let letters = try library(
      [
        "layout.html": "any {{{content}}}", "layout.de.html": "de {{{content}}}",
        "partials/p.html": "any", "partials/p.de.html": "de",
        "w.html": head(subject: "x") + "{{> p}}",
      ], language: "de")
    #expect(try letters.render("w", scope: .reader(language: "fr")).html == "de de")
  }

  @Test("is asked for if it is unknown and the letter writes dates or amounts")
  func unstated() throws {
    let files = [
      "w.html": head(subject: "x") + "{{days_left(this.a)}} {{date(this.a)}}",
      "plain.html": head(subject: "x") + "{{this.a}}",
    ]
    let columns = TemplateColumns(this: ["a"])
    let findings = try library(files).check("w", columns: columns)
    #expect(findings.map(\.place) == [TemplatePlace(file: "templates/w.html", line: 4, column: 23)])
    #expect(findings.first?.text.contains("`language: LANGUAGE` in kindly.yaml") == true)
    #expect(try library(files).check("plain", columns: columns).isEmpty)
    #expect(try library(files, language: "de").check("w", columns: columns).isEmpty)
  }

  @Test("tells which languages a letter is written in")
  func writtenLanguages() throws {
    let letters = try library(
      ["w.html": letter(subject: "x"), "w.zh-Hans.html": letter(subject: "x")], language: "de")
    let written = ["de", "de-AT", "zh-CN", "zh", "zh-TW", "fr", "en"].filter { text in
      LanguageTag(text).map { letters.isWritten("w", in: $0) } == true
    }
    #expect(written == ["de", "de-AT", "zh-CN", "zh"])
  }

  @Test(
    "writes amounts exactly",
    arguments: [
      (Value.text("1200.5"), "en", "1,200.50"), (.integer(-1_234_567), "en", "-1,234,567.00"),
      (.integer(1_234_567), "de", "1.234.567,00"),
      (.text("1234567.005"), "zh-Hans", "1,234,567.01"),
      (.text("90071992547409931.27"), "en", "90,071,992,547,409,931.27"),
      (.text("1,234.5"), "en", "1,234.50"), (.text(" -0.005 "), "en", "-0.01"),
      (.real(0.1), "en", "0.10"),
      (.real(1.005), "en", "1.01"), (.real(1e15), "en", "1,000,000,000,000,000.00"),
      (.integer(.max), "en", "9,223,372,036,854,775,807.00"), (.text("1234.5"), "hi", "1,234.50"),
      (.text("1234567"), "hi", "12,34,567.00"),
    ])
  func amounts(value: Value, language: String, expected: String) throws {
    let scope = TemplateScope.reader(this: ["total": value], language: language)
    #expect(try html(inReadersLanguage: "{{money(this.total)}}", scope) == expected)
  }

  @Test(
    "is not guessed for what is no amount",
    arguments: ["", "12,34", "1.2.3", "1e5", "¥12", "--1", "1.", ".5", "1,2345", "NaN", "1 2"])
  func noAmounts(text: String) {
    #expect(Amount.read(.text(text)) == nil)
  }

  @Test(
    "counts whole days by the customer's calendar",
    arguments: [
      ("2026-02-10", "Asia/Shanghai", 4), ("2026-02-06", "Asia/Shanghai", 0),
      ("2026-02-01", "Asia/Shanghai", -5),
      // It is still the evening of the 5th in New York.
      ("2026-02-06", "America/New_York", 1), ("2026-02-06T16:00:00Z", "Asia/Shanghai", 1),
      ("2026-02-06T15:59:59Z", "Asia/Shanghai", 0),
    ])
  func days(text: String, zone: String, left: Int) throws {
    let scope = TemplateScope.reader(this: ["due": .text(text)], zone: zone)
    #expect(
      try html("{{days_left(this.due)}} {{days_since(this.due)}}", scope) == "\(left) \(-left)")
  }

  @Test(
    "may be rubbish without harm", arguments: ["x", "toolonglanguage", "🙂", "e-", "en--US", ""])
  func rubbishLanguages(language: String) throws {
    #expect(LanguageTag(language) == nil)
    let scope = TemplateScope.reader(this: ["at": .text(Self.instant)], language: language)
    #expect(try html("{{date(this.at)}}", scope) == "10 February 2026")
  }

  @Test("is checked at start")
  func selfCheck() {
    #expect(TemplateSelfCheck.run() == nil)
  }
}
