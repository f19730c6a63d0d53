/// Why a text is not a valid `when:`: what was expected, what was found, and where.
package struct WhenProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let expected: String
  package let got: String
  /// Where in the text, in Unicode scalars counted from zero.
  package let offset: Int

  package var description: String { "expected \(expected), got \(got)" }
}

extension When {
  /// Reads a `when:`.
  ///
  /// The grammar is closed: `insert`, `update`, `update of a, b`, `delete`, `on DATE`, `N UNIT before|after DATE`,
  /// `N workdays before|after DATE`,
  /// `every [N] UNIT after COLUMN`, `every year on [lunar] COLUMN`, `rrule "FREQ=…" from COLUMN`, and behind each of the
  /// dated ones `at HH:MM`. A date is a column, `2026-12-05`, `12-25` (every year) or `festival NAME`. A column is a Unicode identifier or a
  /// `"quoted name"`.
  ///
  /// - Parameter festivals: the festivals that a name can mean.
  package static func parse(
    _ text: String, festivals: Festivals = .standard
  ) throws(WhenProblem) -> When {
    var words = try WhenWords(text)
    let when: When
    if words.take("insert") {
      when = .insert
    } else if words.take("delete") {
      when = .delete
    } else if words.take("update") {
      when = .update(of: words.take("of") ? try words.columns() : [])
    } else {
      let (kind, basis) = try words.dated(festivals)
      when = .dated(Schedule(kind, basis, at: try words.timeOfDay()))
    }
    try words.end(after: when)
    return when
  }

  /// The `when:` in its canonical spelling, which `parse` reads back to the same value.
  package var text: String {
    switch self {
    case .insert: "insert"
    case .update(let columns):
      columns.isEmpty
        ? "update" : "update of " + columns.map(WhenWords.spelling).joined(separator: ", ")
    case .delete: "delete"
    case .dated(let schedule): schedule.text
    }
  }

  /// The `when:` as the beginning of an English sentence: `7 days after trial_started_on in customers, at 09:30`.
  package func sentence(in watch: String) -> String {
    switch self {
    case .insert: "when a row is inserted in \(watch)"
    case .update(let columns):
      "when \(columns.isEmpty ? "a row" : When.list(columns)) is updated in \(watch)"
    case .delete: "when a row is deleted in \(watch)"
    case .dated(let schedule): schedule.sentence(in: watch)
    }
  }

  private static func list(_ columns: [String]) -> String {
    let names = columns.map(WhenWords.spelling)
    guard let last = names.last, names.count > 1 else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}
