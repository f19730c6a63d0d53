/// What makes a rule's step fire: a change of a row, or a moment computed from one of its date columns.
package enum When: Hashable, Sendable {
  case insert
  /// An update; of the named columns, or of any where none is named.
  case update(of: [String])
  case delete
  case dated(Schedule)

  /// The schedule, where it is a dated one.
  package var schedule: Schedule? {
    if case .dated(let schedule) = self { schedule } else { nil }
  }

  package var isChange: Bool { schedule == nil }
}

/// A number of calendar units: `7 days`, `1 month`.
package struct Period: Hashable, Sendable, CustomStringConvertible {
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case minute, hour, day, week, month, year
  }

  /// One or more.
  package let count: Int
  package let unit: Unit

  package init(_ count: Int, _ unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// Whether the unit counts elapsed time rather than days of a calendar.
  package var isElapsed: Bool { unit == .minute || unit == .hour }

  /// The length with months as 30 and years as 365 days; for bounds, never for moments.
  package var roughly: Duration {
    switch unit {
    case .minute: .minutes(count)
    case .hour: .hours(count)
    case .day: .days(count)
    case .week: .days(7 * count)
    case .month: .days(30 * count)
    case .year: .days(365 * count)
    }
  }

  /// `7 days`, `1 month`.
  package var description: String { "\(count) \(unit.rawValue)\(count == 1 ? "" : "s")" }
}

/// When a dated step fires, relative to its anchor column.
package struct Schedule: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case on
    case before(Period)
    case after(Period)
    /// The n-th recurrence, n = 1, 2, 3 …, each computed from the anchor and never from the one before.
    case every(Period)
    /// The day itself and each of its anniversaries.
    case everyYearOn
  }

  package let kind: Kind
  package let column: String
  /// The time of day; nil means the default time for a date, and an instant's own time.
  package let at: TimeOfDay?

  package init(_ kind: Kind, column: String, at: TimeOfDay? = nil) {
    self.kind = kind
    self.column = column
    self.at = at
  }

  package var recurs: Bool {
    switch kind {
    case .every, .everyYearOn: true
    case .on, .before, .after: false
    }
  }

  /// Whether identity counts the anchor's minute rather than its day.
  package var isElapsed: Bool {
    switch kind {
    case .before(let period), .after(let period), .every(let period): period.isElapsed
    case .on, .everyYearOn: false
    }
  }
}
