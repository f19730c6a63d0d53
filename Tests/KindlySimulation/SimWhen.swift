/// A number of units.
struct SimSpan: Hashable {
  enum Unit: String, CaseIterable { case minute, hour, day, week, month, year }

  let count: Int
  let unit: Unit

  var text: String { "\(count) \(unit.rawValue)s" }
  var isElapsed: Bool { unit == .minute || unit == .hour }

  /// As the name of a recurrence tells it: `P2W`, `PT30M`.
  var code: String {
    let letter = unit.rawValue.prefix(1).uppercased()
    return isElapsed ? "PT\(count)\(letter)" : "P\(count)\(letter)"
  }

  /// An instant so many times the span later, by the clocks of a place; nil where a missing date is left out.
  func adding(
    times: Int, to instant: Int, local: Int, in home: Home, missing: SimMissing = .earlier
  ) -> Int? {
    let number = count * times
    if number == 0 { return instant }
    let (day, second) = (local / NaiveTime.day, local % NaiveTime.day)
    func on(_ day: Int) -> Int { home.instant(day * NaiveTime.day + second) }
    switch unit {
    case .minute: return instant + 60 * number
    case .hour: return instant + 3600 * number
    case .day: return on(day + number)
    case .week: return on(day + 7 * number)
    case .month: return NaiveTime.adding(months: number, to: day, missing).map(on)
    case .year: return NaiveTime.adding(months: 12 * number, to: day, missing).map(on)
    }
  }

  /// No fewer seconds than it ever has.
  var longest: Int {
    switch unit {
    case .minute: 60 * count
    case .hour: 3600 * count
    case .day: NaiveTime.day * count + 3600
    case .week: 7 * NaiveTime.day * count + 3600
    case .month: 31 * NaiveTime.day * count + 3600
    case .year: 366 * NaiveTime.day * count + 3600
    }
  }

  /// No more seconds than it ever has.
  var shortest: Int {
    switch unit {
    case .minute: 60 * count
    case .hour: 3600 * count
    case .day: NaiveTime.day * count - 3600
    case .week: 7 * NaiveTime.day * count - 3600
    case .month: 28 * NaiveTime.day * count - 3600
    case .year: 365 * NaiveTime.day * count - 3600
    }
  }
}

/// What becomes of a date that a month or a year does not have.
enum SimMissing: String, CaseIterable { case earlier, later, skip }

/// Where a moment moves that falls on a day off.
enum SimOffDays: String, CaseIterable { case earlier, later }

/// Where recurrences end.
struct SimEnd: Hashable {
  var until: SimColumn?
  var times: Int?

  var text: String {
    (until.map { " until \($0.rawValue)" } ?? "") + (times.map { " at most \($0) times" } ?? "")
  }
}

enum SimRowChange: Hashable {
  case insert
  /// Of any column where the list is empty.
  case update([SimColumn])
  case insertOrUpdate([SimColumn])
  case delete

  var text: String {
    switch self {
    case .insert: "insert"
    case .update(let columns): "update" + SimRowChange.of(columns)
    case .insertOrUpdate(let columns): "insert or update" + SimRowChange.of(columns)
    case .delete: "delete"
    }
  }

  private static func of(_ columns: [SimColumn]) -> String {
    columns.isEmpty ? "" : " of " + columns.map(\.rawValue).joined(separator: ", ")
  }
}

enum SimWhen: Hashable {
  /// A change, at once or after a delay.
  case change(SimRowChange, after: SimSpan?)
  case on(SimColumn)
  case before(SimSpan, SimColumn)
  case after(SimSpan, SimColumn)
  /// So many workdays before the date, or after it where negative.
  case workdaysBefore(Int, SimColumn)
  case every(SimSpan, SimColumn)
  /// So many days each as the row's amount says.
  case everyAmountOfDays(SimColumn)
  case everyMonthOn(SimColumn)
  case everyYearOn(SimColumn)

  var isDated: Bool {
    switch self {
    case .change: false
    case .on, .before, .after, .workdaysBefore, .every, .everyAmountOfDays, .everyMonthOn,
      .everyYearOn:
      true
    }
  }

  var isDelete: Bool {
    if case .change(.delete, _) = self { true } else { false }
  }

  var recurs: Bool {
    switch self {
    case .every, .everyAmountOfDays, .everyMonthOn, .everyYearOn: true
    case .change, .on, .before, .after, .workdaysBefore: false
    }
  }

  /// Whether a date that moved can be corrected.
  var tells: Bool {
    switch self {
    case .on, .before: true
    case .workdaysBefore(let count, _): count > 0
    case .change, .after, .every, .everyAmountOfDays, .everyMonthOn, .everyYearOn: false
    }
  }

  /// Whether its reminders are of use until the date that they announce.
  var announces: Bool {
    switch self {
    case .before: true
    case .workdaysBefore(let count, _): count > 0
    case .on, .change, .after, .every, .everyAmountOfDays, .everyMonthOn, .everyYearOn: false
    }
  }

  /// The column that it counts from.
  var column: SimColumn? {
    switch self {
    case .change: nil
    case .on(let column), .before(_, let column), .after(_, let column),
      .workdaysBefore(_, let column), .every(_, let column), .everyAmountOfDays(let column),
      .everyMonthOn(let column), .everyYearOn(let column):
      column
    }
  }

  /// The span that an edit may change.
  var span: SimSpan? {
    switch self {
    case .change(_, let span): span
    case .before(let span, _), .after(let span, _), .every(let span, _): span
    case .on, .workdaysBefore, .everyAmountOfDays, .everyMonthOn, .everyYearOn: nil
    }
  }

  /// The same with another span.
  func with(_ span: SimSpan) -> SimWhen {
    switch self {
    case .change(let change, .some): .change(change, after: span)
    case .before(_, let column): .before(span, column)
    case .after(_, let column): .after(span, column)
    case .every(_, let column): .every(span, column)
    case .change, .on, .workdaysBefore, .everyAmountOfDays, .everyMonthOn, .everyYearOn: self
    }
  }

  var text: String {
    switch self {
    case .change(let change, nil): change.text
    case .change(let change, let span?): "\(span.text) after \(change.text)"
    case .on(let column): "on \(column.rawValue)"
    case .before(let span, let column): "\(span.text) before \(column.rawValue)"
    case .after(let span, let column): "\(span.text) after \(column.rawValue)"
    case .workdaysBefore(let count, let column):
      "\(abs(count)) workdays \(count > 0 ? "before" : "after") \(column.rawValue)"
    case .every(let span, let column): "every \(span.text) after \(column.rawValue)"
    case .everyAmountOfDays(let column): "every amount days after \(column.rawValue)"
    case .everyMonthOn(let column): "every month on \(column.rawValue)"
    case .everyYearOn(let column): "every year on \(column.rawValue)"
    }
  }
}
