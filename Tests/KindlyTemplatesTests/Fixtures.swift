import KindlyCore

@testable import KindlyTemplates

/// A library of files in memory; `body` becomes the letter `letter` where only that matters.
func library(_ files: [String: String], language: String? = nil) throws -> TemplateLibrary {
  try TemplateLibrary(
    TemplateFiles(Dictionary(uniqueKeysWithValues: files.map { (ExactText($0), Array($1.utf8)) })),
    language: language.flatMap(LanguageTag.init))
}

func library(body: String) throws -> TemplateLibrary {
  try library(["letter.html": head(subject: "Hello") + body])
}

func head(subject: String) -> String { "---\nsubject: \(subject)\n---\n" }

/// A letter of which only the subject matters.
func letter(subject: String) -> String { head(subject: subject) + "<p>Hi</p>" }

/// The findings of files that cannot be loaded, as a person sees them.
func findings(_ files: [String: String]) -> [String] {
  do {
    _ = try library(files)
    return []
  } catch let problems as TemplateProblems {
    return problems.findings.map(\.description)
  } catch {
    return ["\(error)"]
  }
}

extension TemplateScope {
  /// A reader in Shanghai on the morning of 2026-02-06, where nothing else matters.
  static func reader(
    this: RowValues = [:], old: RowValues? = nil, name: String = "王芳", language: String? = "en",
    zone: String = "Asia/Shanghai", values: RowValues = [:], secrets: [ExactText: Secret] = [:]
  ) -> TemplateScope {
    let customer = Person(
      key: RowKey(canonical: "[\"42\"]"), name: name, addresses: [.email: "fang@example.cn"],
      language: language, zone: Zone.named(zone), values: values, secrets: secrets)
    return TemplateScope(
      this: this, old: old, customer: customer, rule: "trial",
      now: Instant(seconds: 1_770_341_400))  // 2026-02-06T01:30:00Z
  }
}

/// The HTML of a letter that is written in the reader's language.
func html(inReadersLanguage body: String, _ scope: TemplateScope) throws -> String {
  let letters = try library(["letter.\(scope.language).html": head(subject: "Hello") + body])
  return try letters.render("letter", scope: scope).html ?? ""
}

/// The HTML of the letter `letter`.
func html(_ body: String, _ scope: TemplateScope) throws -> String {
  try library(body: body).render("letter", scope: scope).html ?? ""
}
