import KindlyCore
import Mustache

/// Answers the tags of one letter for one row.
///
/// Mustache cannot throw while it renders, so the first problem is kept and the rest of the rendering is for nothing.
/// One rendering belongs to one thread; nothing of it is shared.
final class Evaluation: MustacheParent {
  let scope: TemplateScope
  /// The language that dates and amounts are written in.
  let language: String
  private let table: TagTable
  private let formats: LanguageFormats
  /// The letter to insert into a layout.
  var content = ""
  var subject = ""
  private let notes: Notes

  /// Notes on a rendering, shared by all rows of a digest.
  private final class Notes {
    var problem: TemplateProblem?
    /// The tags for which NULL was written as an empty text.
    var nulls: [TagTable.Slot] = []
    /// Whether a secret was written in clear text.
    var wroteSecret = false
  }

  static let hiddenSecret = "•••"

  init(_ scope: TemplateScope, language: String, table: TagTable) {
    self.scope = scope
    self.language = language
    self.table = table
    formats = LanguageFormats.of(language)
    notes = Notes()
  }

  /// The same rendering for one row of a digest.
  private init(_ scope: TemplateScope, of digest: Evaluation) {
    self.scope = scope
    language = digest.language
    table = digest.table
    formats = digest.formats
    notes = digest.notes
    subject = digest.subject
  }

  /// The first problem; if there is one, the rendered text is useless.
  var problem: TemplateProblem? { notes.problem }
  var nulls: [TagTable.Slot] { notes.nulls }
  var wroteSecret: Bool { notes.wroteSecret }

  /// Mustache's way of asking: the name is the number of a tag.
  func child(named name: String) -> Any? {
    if let literal = table.literal(named: name) { return literal }
    guard problem == nil, let number = Int(name) else { return nil }
    let slot = table.slots[number]
    do throws(TemplateProblem) {
      switch slot.use {
      case .condition where slot.expression.operand == .rows: return try rows(slot)
      case .condition: return try holds(slot)
      case .plain, .unescaped: return try text(slot)
      case .html: return try html(slot)
      case .unquotedAttribute: return HTMLEscaping.unquoted(try text(slot))
      }
    } catch {
      notes.problem = error
      return nil
    }
  }

  // MARK: Values

  /// What an operand stands for.
  private enum Operand {
    case value(Value)
    case instant(Instant?)
    case text(String)
    case secret(Secret)
    case list(ShownList)
  }

  /// The rows of a digest; Mustache repeats the section for each.
  private func rows(_ slot: TagTable.Slot) throws(TemplateProblem) -> [Evaluation] {
    guard let rows = scope.rows else {
      throw .noRows(path: slot.expression.path, at: slot.place)
    }
    return rows.map { Evaluation($0, of: self) }
  }

  private func operand(_ slot: TagTable.Slot) throws(TemplateProblem) -> Operand {
    guard scope.has(slot.expression) else {
      throw .outsideRows(path: slot.expression.path, at: slot.place)
    }
    switch slot.expression.operand {
    case .this(let column):
      return try operand(column, of: scope.this, slot)
    case .old(let column):
      guard let old = scope.old else {
        // Asking whether an old value is there is the way to write one letter for several occasions.
        if slot.use == .condition { return .value(.null) }
        throw .noOldValues(path: slot.expression.path, at: slot.place)
      }
      return try operand(column, of: old, slot)
    case .oldValues: return .text(scope.old == nil ? "" : "old")
    case .person(let person, let name): return try operand(name, of: person, slot)
    case .list(let name): return .list(try list(name, slot))
    case .moment: return .instant(scope.moment)
    case .was: return .value(scope.was.map(Value.text) ?? .null)
    case .now: return .instant(scope.now)
    case .rule: return .text(scope.rule)
    case .language: return .text(language)
    case .subject: return .text(subject)
    case .content: return .text(content)
    case .rows: return .value(.null)
    case .count:
      guard let rows = scope.rows else {
        throw .noRows(path: slot.expression.path, at: slot.place)
      }
      return .value(.integer(Int64(rows.count)))
    }
  }

  private func operand(
    _ column: String, of row: RowValues, _ slot: TagTable.Slot
  ) throws(TemplateProblem) -> Operand {
    if scope.isSecret(column) {
      if let secret = scope.customer?.secrets[column] { return .secret(secret) }
      if let value = row[column] {
        return value.isNull ? .value(.null) : .secret(Secret(value.text))
      }
    }
    guard let value = row[column] else {
      let path = slot.expression.path
      let root = String(path.unicodeScalars.prefix { $0 != "." })
      let meant = Suggestion.nearest(to: column, among: row.keys).map { "\(root).\($0)" }
      throw .unknownColumn(path: path, suggestion: meant, at: slot.place)
    }
    return .value(value)
  }

  private func operand(
    _ name: String, of role: TemplatePerson, _ slot: TagTable.Slot
  ) throws(TemplateProblem) -> Operand {
    // A row about nobody, a customer without an owner, or a letter that goes to no colleague.
    guard let person = scope.person(role) else { return .value(.null) }
    if let secret = person.secrets[name] { return .secret(secret) }
    if let field = PersonField(name, kinds: person.addresses.keys) {
      return .value(field.value(of: person))
    }
    if let value = person.values[name] { return .value(value) }
    let known =
      Array(person.values.keys) + person.secrets.keys
      + PersonField.words(kinds: person.addresses.keys)
    let meant = Suggestion.nearest(to: name, among: known).map { "\(role.rawValue).\($0)" }
    throw .unknownColumn(path: slot.expression.path, suggestion: meant, at: slot.place)
  }

  private func list(_ name: String, _ slot: TagTable.Slot) throws(TemplateProblem) -> ShownList {
    if let list = scope.lists.first(where: { $0.name.isExactly(name) }) { return list }
    let meant = Suggestion.nearest(to: name, among: scope.lists.map(\.name))
    throw .unknownColumn(
      path: slot.expression.path, suggestion: meant.map { "lists.\($0)" }, at: slot.place)
  }

  // MARK: Conditions

  /// Whether a section is written: NULL, 0, false, 0000-00-00 and the empty text are not.
  private func holds(_ slot: TagTable.Slot) throws(TemplateProblem) -> Bool {
    switch try operand(slot) {
    case .value(let value): Evaluation.isTrue(value)
    case .instant(let instant): instant != nil
    case .text(let text): !text.isEmpty
    case .secret(let secret): !secret.exposed.isEmpty
    case .list(let list): !list.rows.isEmpty
    }
  }

  static func isTrue(_ value: Value) -> Bool {
    switch value {
    case .null: false
    case .integer(let number): number != 0
    case .real(let number): number != 0 && !number.isNaN
    case .text(let text):
      !["", "0", "false"].contains(text.trimmed.lowercased()) && !isZeroDate(text)
    case .blob(let bytes): !bytes.isEmpty
    }
  }

  /// What databases write where there is no date: `0000-00-00`, with a time or without.
  private static func isZeroDate(_ text: String) -> Bool {
    guard text.utf8.count >= 10 else { return false }
    do throws(Anchor.Unusable) {
      _ = try Anchor(.text(text), as: .unknown)
      return false
    } catch {
      return error == .zero
    }
  }

  // MARK: HTML

  /// The text of a tag in HTML; a list is a table there.
  private func html(_ slot: TagTable.Slot) throws(TemplateProblem) -> String {
    guard case .list(let name) = slot.expression.operand else {
      return HTMLEscaping.text(try text(slot))
    }
    return ListHTML.text(of: try list(name, slot))
  }

  // MARK: Paths

  /// The path that a column holds, and whether it must not be shown; nil for NULL and for spaces alone.
  func path(_ number: Int) throws(TemplateProblem) -> (text: String, isHidden: Bool)? {
    let written: String
    var isHidden = false
    switch try operand(table.slots[number]) {
    case .value(let value): written = value.isNull ? "" : value.text
    case .text(let text): written = text
    case .instant, .list: written = ""
    case .secret(let secret):
      written = secret.exposed
      isHidden = !scope.revealsSecrets
      notes.wroteSecret = notes.wroteSecret || scope.revealsSecrets
    }
    // A column of a fixed width pads its values.
    let path = written.trimmed
    return path.isEmpty ? nil : (path, isHidden)
  }

  // MARK: Texts

  private func text(_ slot: TagTable.Slot) throws(TemplateProblem) -> String {
    switch try operand(slot) {
    case .secret(let secret):
      guard scope.revealsSecrets else { return Evaluation.hiddenSecret }
      notes.wroteSecret = true
      return try text(of: .text(secret.exposed), slot)
    case .value(let value): return try text(of: value, slot)
    case .text(let text): return try self.text(of: .text(text), slot)
    case .list(let list): return list.text
    case .instant(let instant):
      guard let instant else {
        notes.nulls.append(slot)
        return ""
      }
      guard case .date(let form) = slot.expression.helper else {
        let wall = scope.zone.wallClock(at: instant)
        return "\(wall.date) \(wall.timeText.prefix(5))"
      }
      return text(of: .instant(instant), as: form)
    }
  }

  private func text(of value: Value, _ slot: TagTable.Slot) throws(TemplateProblem) -> String {
    if value.isNull {
      notes.nulls.append(slot)
      return ""
    }
    let path = slot.expression.path
    switch slot.expression.helper {
    case nil: return value.text
    case .url: return Evaluation.percentEncoded(value.text)
    case .money:
      guard let amount = Amount.read(value) else {
        throw .notANumber(path: path, helper: "money", at: slot.place)
      }
      return formats.money(amount)
    case .date(let form):
      do {
        return text(of: try Anchor(value, as: dateKind(of: slot)), as: form)
      } catch  where error.meansNothing {
        notes.nulls.append(slot)
        return ""
      } catch {
        throw .notADate(path: path, helper: form.rawValue, why: error, at: slot.place)
      }
    }
  }

  /// What the column of a tag holds; a value that is no column of a row is written with the year first.
  private func dateKind(of slot: TagTable.Slot) -> DateKind {
    switch slot.expression.operand {
    case .this(let column), .old(let column): scope.dates[column]
    case .person(.customer, let name): scope.customerDates[name]
    case .person(.owner, let name), .person(.colleague, let name): scope.colleagueDates[name]
    case .oldValues, .list, .moment, .was, .now, .rule, .language, .subject, .content, .rows,
      .count:
      .unknown
    }
  }

  private func text(of anchor: Anchor, as form: Notation.DateForm) -> String {
    let wall = wallClock(of: anchor)
    return switch form {
    case .date: formats.date(wall)
    case .time: formats.time(wall)
    case .datetime: formats.dateAndTime(wall)
    case .weekday: formats.weekday(wall)
    case .daysLeft: String(wall.date.dayNumber - today)
    case .daysSince: String(today - wall.date.dayNumber)
    }
  }

  private var today: Int { scope.zone.date(at: scope.now).dayNumber }

  /// What the customer's clocks show; a date without a time is its midnight.
  private func wallClock(of anchor: Anchor) -> WallClock {
    switch anchor {
    case .date(let date), .day(let date, _): WallClock(date: date, secondOfDay: 0)
    case .wall(let wall):
      scope.sourceZone == scope.zone
        ? wall : scope.zone.wallClock(at: scope.sourceZone.instant(of: wall))
    case .instant(let instant): scope.zone.wallClock(at: instant)
    // Columns of letters are read by the usual calendar.
    case .lunar(let lunar): WallClock(date: lunar.first, secondOfDay: 0)
    }
  }

  /// The text as a part of a URL (RFC 3986, 2.1: everything but unreserved characters is escaped).
  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
