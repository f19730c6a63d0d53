/// How long after its moment a reminder is still worth sending.
package enum Lateness: Hashable, Sendable {
  /// Before a date: until the end of that day; before a time: until that time. On, after, every: 3 days. Changes: 24 hours.
  case standard
  case after(Period)
  /// Until the end of the day in another column of the row, or until the time in it; `standard` where it holds no date.
  case afterColumn(String)
  /// What `afterColumn` is for one row.
  case until(Instant)
  /// However late it is, up to a year.
  case never

  package static let afterMoment = Duration.days(3)
  package static let afterChange = Duration.hours(24)
  /// How long a reminder with `send anyway` or `skip after COLUMN` is of use at most, so that what was decided is still
  /// known when its moment is found again.
  ///
  /// A period that a rule names for `skip after` may be longer, and so may the time to the date that a reminder announces.
  package static let longest = Duration.days(365)

  /// The end of use of a reminder about a change noticed at `instant`.
  package func end(ofChangeAt instant: Instant, zone: Zone) -> Instant {
    end(ofWhatCameAt: instant, orElse: instant + Lateness.afterChange, zone: zone)
  }

  /// The end of use of what is due at an instant.
  ///
  /// - Parameter standard: the end where no lateness is written.
  func end(ofWhatCameAt instant: Instant, orElse standard: Instant, zone: Zone) -> Instant {
    switch self {
    case .standard, .afterColumn: standard
    case .after(let period): Schedule.add(period, to: instant, zone: zone)
    case .until(let end): min(end, instant + Lateness.longest)
    case .never: instant + Lateness.longest
    }
  }

  /// The column whose date ends the use; nil where there is none.
  package var column: String? {
    switch self {
    case .afterColumn(let column): column
    case .standard, .after, .until, .never: nil
    }
  }

  /// The lateness for a row, by the value in its column.
  package func resolved(
    with value: Value?, as dates: DateKinds, in context: MomentContext
  ) -> Lateness {
    guard let column else { return self }
    guard let value, let anchor = Anchor.reading(value, as: dates[column]) else { return .standard }
    return .until(Schedule.end(of: anchor, in: context))
  }

  /// The lateness for a row.
  package func resolved(
    in row: RowValues, as dates: DateKinds, in context: MomentContext
  ) -> Lateness {
    column.map { resolved(with: row.value(ofColumn: $0), as: dates, in: context) } ?? self
  }
}

extension Lateness {
  /// Reads `skip after 3 days`, `skip after ends_on` and `send anyway`; nil for anything else.
  package static func parse(_ text: String) throws(WhenProblem) -> Lateness? {
    let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
    if words.count == 2, words[0] == "send", words[1] == "anyway" { return .never }
    guard words.count == 3, words[0] == "skip", words[1] == "after" else { return nil }
    let rest = String(words[2])
    if rest.first?.isASCIIDigit == true { return .after(try Period.parse(rest)) }
    var column = try WhenWords(rest)
    let names = try column.columns()
    guard names.count == 1 else { return nil }
    try column.end(expected: "nothing after the column")
    return .afterColumn(names[0])
  }
}

extension Lateness: CustomStringConvertible {
  /// As `late:` writes it; nothing where it is not written.
  package var description: String {
    switch self {
    case .standard: ""
    case .after(let period): "skip after \(period)"
    case .afterColumn(let column): "skip after \(WhenWords.spelling(column))"
    case .until(let instant): "skip after \(instant)"
    case .never: "send anyway"
    }
  }
}
