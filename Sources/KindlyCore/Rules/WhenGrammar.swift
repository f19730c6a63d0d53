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
  /// The grammar is closed. A CHANGE is `insert`, `update`, `update of a, b`, `insert or update of a, b` or `delete`. A `when:`
  /// is a CHANGE, `N UNIT after CHANGE`, `on DATE`, `N UNIT before|after DATE`, a form that begins with `every`, or
  /// `rrule "FREQ=…" from COLUMN`. UNIT may also be `workdays` or `working hours`. The forms of `every` are `every [N] UNIT after COLUMN`,
  /// `every COLUMN days after COLUMN`, `every month on COLUMN`, and `every year on [lunar|lunar date] COLUMN`; each may go on with
  /// `until COLUMN` and `at most N times`. Behind all but a CHANGE without a delay may stand `at HH:MM`. A DATE is a column,
  /// `2026-12-05`, `12-25` (every year) or `festival NAME`. A column is a Unicode identifier or a `"quoted name"`.
  ///
  /// - Parameter festivals: the festivals that a name can mean.
  package static func parse(
    _ text: String, festivals: Festivals = .standard
  ) throws(WhenProblem) -> When {
    var words = try WhenWords(text)
    let when: When
    if let change = try words.change() {
      when = .change(change)
    } else {
      when = try words.dated(festivals)
    }
    try words.end(after: when)
    return when
  }

  /// The `when:` in its canonical spelling, which `parse` reads back to the same value.
  package var text: String {
    switch self {
    case .change(let change, nil): change.text
    case .change(_, let delay?): delay.text
    case .dated(let schedule): schedule.text
    }
  }

  /// The `when:` as the beginning of an English sentence: `7 days after trial_started_on in customers, at 09:30`.
  package func sentence(in watch: String) -> String {
    switch self {
    case .change(let change, nil): "when \(change.words(in: watch))"
    case .change(_, let delay?): delay.sentence(in: watch)
    case .dated(let schedule): schedule.sentence(in: watch)
    }
  }
}
