import KindlyCore

/// What a tag refers to, determined when the template is loaded.
struct Expression: Hashable, Sendable {
  enum Operand: Hashable, Sendable {
    case this(String)
    case old(String)
    /// Whether there are old values at all; in sections only.
    case oldValues
    case person(TemplatePerson, String)
    /// The rows of a list, as a table.
    case list(String)
    /// The date that a correction corrects.
    case was
    case moment, now, rule, language, subject
    /// The rows of a digest; only as a section, which is repeated for each row.
    case rows
    /// The number of rows in a digest.
    case count
    /// The letter inside its layout.
    case content
  }

  let operand: Operand
  let helper: Notation?

  /// The operand as people write it, `this.trial_ends_on`.
  var path: String {
    switch operand {
    case .this(let column): "this." + column
    case .old(let column): "old." + column
    case .oldValues: "old"
    case .person(let person, let name): "\(person.rawValue).\(name)"
    case .list(let name): "\(Expression.lists).\(name)"
    case .moment: "moment"
    case .was: "moment.was"
    case .now: "now"
    case .rule: "rule"
    case .language: "language"
    case .subject: "subject"
    case .content: "content"
    case .rows: "rows"
    case .count: "count"
    }
  }

  /// Whether it belongs to one row: a digest has it only between `{{#rows}}` and `{{/rows}}`.
  var isOfOneRow: Bool {
    switch operand {
    case .this, .old, .oldValues, .list, .moment, .was, .rule, .person(.customer, _),
      .person(.owner, _):
      true
    case .person(.colleague, _), .now, .language, .subject, .content, .rows, .count: false
    }
  }
}

/// A way of writing a value: `{{date(this.trial_ends_on)}}`.
enum Notation: Hashable, Sendable {
  case date(DateForm)
  case money
  case url

  /// The ways of writing a date.
  enum DateForm: String, Hashable, Sendable, CaseIterable {
    case date, time, datetime, weekday
    case daysLeft = "days_left"
    case daysSince = "days_since"
  }

  static let names = DateForm.allCases.map(\.rawValue) + ["money", "url"]

  init?(_ name: String) {
    switch name {
    case "money": self = .money
    case "url": self = .url
    default:
      guard let form = DateForm(rawValue: name) else { return nil }
      self = .date(form)
    }
  }

  /// Whether each language writes it in its own way.
  var followsLanguage: Bool {
    switch self {
    case .date(let form):
      switch form {
      case .date, .time, .datetime, .weekday: true
      case .daysLeft, .daysSince: false
      }
    case .money: true
    case .url: false
    }
  }

  var name: String {
    switch self {
    case .date(let form): form.rawValue
    case .money: "money"
    case .url: "url"
    }
  }
}

extension Expression {
  /// Why a tag's content means nothing; the caller knows the place.
  struct Unreadable: Error, Hashable {
    let text: String
  }

  /// What stands before a dot.
  private static let dotted = ["this", "old"] + TemplatePerson.allCases.map(\.rawValue) + [lists]
  fileprivate static let lists = "lists"
  private static let was = "moment.was"
  /// What stands alone.
  private static let words = [
    "moment", was, "now", "rule", "language", "subject", "rows", "count",
  ]

  /// Reads `this.column`, `customer.name`, `moment`, `moment.was` and the like, with or without a helper around it.
  init(_ content: String) throws(Unreadable) {
    let (helper, path) = try Expression.split(content)
    operand = try Expression.operand(path)
    self.helper = helper
    try checkNotation()
  }

  private static func split(_ content: String) throws(Unreadable) -> (Notation?, String) {
    guard content.hasSuffix(")"), let bracket = content.firstIndex(of: "(") else {
      return (nil, content)
    }
    let name = content[..<bracket].trimmed
    // A bracket after a dot belongs to a column's name: this.amount(net).
    guard !name.contains(".") else { return (nil, content) }
    guard let helper = Notation(name) else {
      let meant = Suggestion.nearest(to: name, among: Notation.names)
      let known = Notation.names.joined(separator: ", ")
      throw Unreadable(text: "expected a helper (\(known)), got `\(name)`\(hint(meant))")
    }
    return (helper, content[content.index(after: bracket)...].dropLast().trimmed)
  }

  private static func operand(_ path: String) throws(Unreadable) -> Operand {
    guard let dot = path.firstIndex(of: ".") else { return try operand(alone: path) }
    let root = path[..<dot].trimmed
    let name = unquoted(path[path.index(after: dot)...].trimmed)
    guard !name.isEmpty else { throw Unreadable(text: "expected a column after `\(root).`") }
    switch root {
    case "this": return .this(name)
    case "old": return .old(name)
    case lists: return .list(name)
    case "moment":
      guard name.isExactly("was") else {
        throw Unreadable(text: "expected `moment` or `moment.was`, got `moment.\(name)`")
      }
      return .was
    default:
      if let person = TemplatePerson(rawValue: root) { return .person(person, name) }
      let meant =
        Suggestion.nearest(to: root, among: dotted).map { "\($0).\(name)" }
        ?? Suggestion.nearest(to: "\(root).\(name)", among: [was])
      let known = dotted.map { "`\($0).`" }.listed("or")
      throw Unreadable(
        text: "expected \(known) before `\(name)`, or `\(was)`, got `\(root).`\(hint(meant))")
    }
  }

  private static func operand(alone name: String) throws(Unreadable) -> Operand {
    switch name {
    case "old": return .oldValues
    case "moment": return .moment
    case "now": return .now
    case "rule": return .rule
    case "language": return .language
    case "subject": return .subject
    case "content": return .content
    case "rows": return .rows
    case "count": return .count
    case lists:
      throw Unreadable(text: "expected a list, such as `lists.recent orders`, got `lists` alone")
    case _ where name.isExactly("this") || TemplatePerson(rawValue: name) != nil:
      throw Unreadable(text: "expected a column, such as `\(name).name`, got `\(name)` alone")
    default:
      let meant = Suggestion.nearest(to: name, among: dotted + words) ?? "this.\(name)"
      throw Unreadable(
        text:
          "expected this.COLUMN, old.COLUMN, customer.NAME, owner.NAME, colleague.NAME, lists.NAME, "
          + "\(words.listed("or")), got `\(name)`\(hint(meant))")
    }
  }

  /// A column's name in SQL's quotes, where someone kept them.
  private static func unquoted(_ name: String) -> String {
    guard name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") else { return name }
    return String(name.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }

  private func checkNotation() throws(Unreadable) {
    guard let helper else { return }
    switch (operand, helper) {
    case (.this, _), (.old, _), (.person, _), (.moment, .date), (.was, .date), (.now, .date),
      (.subject, .url),
      (.rule, .url), (.language, .url):
      return
    case (.moment, _), (.was, _), (.now, _), (.rule, _), (.language, _), (.subject, _),
      (.content, _), (.rows, _), (.count, _),
      (.oldValues, _), (.list, _):
      throw Unreadable(text: "\(helper.name)() cannot be used with `\(path)`")
    }
  }
}
