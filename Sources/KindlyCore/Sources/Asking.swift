/// Asks for the rows that may have a moment with `lower < due <= upper`.
package struct CandidateQuery: Hashable, Sendable {
  package let watch: Watch
  package let schedule: Schedule
  /// What the schedule's column holds.
  package let kind: DateKind
  package let lower: Instant
  package let upper: Instant
  /// Conditions that must hold now. Empty for moments in the future, which are not asked about their conditions.
  package let conditions: [String]
  /// A column of the same row whose text names the customer's zone; nil where there is none.
  package let zoneColumn: String?
  /// A column of the same row that names the customer's calendar; nil where there is none.
  package let calendarColumn: String?
  /// More columns to read: the one whose date ends the use of a row's reminders, and the one that names its recipient.
  package let otherColumns: [String]
  package let clock: QueryClock
  package let after: CandidatePlace?

  package init(
    watch: Watch, schedule: Schedule, kind: DateKind, lower: Instant, upper: Instant,
    conditions: [String] = [], zoneColumn: String? = nil,
    calendarColumn: String? = nil, otherColumns: [String] = [],
    clock: QueryClock, after: CandidatePlace? = nil
  ) {
    self.watch = watch
    self.schedule = schedule
    self.kind = kind
    self.lower = lower
    self.upper = upper
    self.conditions = conditions
    self.zoneColumn = zoneColumn
    self.calendarColumn = calendarColumn
    self.otherColumns = otherColumns
    self.clock = clock
    self.after = after
  }

  /// The same query without its conditions.
  package var unconditioned: CandidateQuery {
    CandidateQuery(
      watch: watch, schedule: schedule, kind: kind, lower: lower, upper: upper,
      zoneColumn: zoneColumn, calendarColumn: calendarColumn, otherColumns: otherColumns,
      clock: clock, after: after)
  }
}

/// A row that may have a moment in the range that was asked for.
package struct Candidate: Hashable, Sendable {
  package let key: RowKey
  /// The anchor column's value, as it is.
  package let anchor: Value
  /// The customer's key: the watch's `customer:` column, or the row's own key.
  package let customer: RowKey?
  package let zoneName: String?
  package let calendarName: String?
  /// The other columns that the schedule reads, and those that the query names.
  package let others: RowValues
  /// Why the conditions could not be evaluated for this row; nil where they hold or were not asked.
  package var fault: SourceProblem?

  package init(
    key: RowKey, anchor: Value, customer: RowKey?, zoneName: String? = nil,
    calendarName: String? = nil,
    others: RowValues = [:], fault: SourceProblem? = nil
  ) {
    self.key = key
    self.anchor = anchor
    self.customer = customer
    self.zoneName = zoneName
    self.calendarName = calendarName
    self.others = others
    self.fault = fault
  }
}

/// Where a page of candidates ended: which range of values, and the last value and key in it.
package struct CandidatePlace: Hashable, Sendable {
  package let range: Int
  package let value: Value
  package let key: SortKey

  package init(range: Int, value: Value, key: SortKey) {
    self.range = range
    self.value = value
    self.key = key
  }
}

/// One page of candidates.
package struct CandidatePage: Hashable, Sendable {
  /// At most 5,000.
  package var candidates: [Candidate]
  package var next: CandidatePlace?

  package init(candidates: [Candidate], next: CandidatePlace?) {
    self.candidates = candidates
    self.next = next
  }
}

/// Asks how the date columns of a watch are written.
package struct DateQuestion: Hashable, Sendable {
  package let watch: Watch
  /// The columns that rules use. If the first rows have no value in one of them, other rows are searched for one.
  package let sought: [String]

  /// This many rows show how dates are written, and are read in a few milliseconds.
  package static let mostRows = 500

  package init(watch: Watch, sought: [String]) {
    self.watch = watch
    self.sought = sought
  }
}

/// Values of date columns, without NULL.
package struct DateEvidence: Hashable, Sendable {
  package var values: [ExactText: [Value]]
  /// Whether every row was read.
  package var isWhole: Bool

  package init(values: [ExactText: [Value]] = [:], isWhole: Bool) {
    self.values = values
    self.isWhole = isWhole
  }
}

/// Asks for rows by key, and whether the conditions hold for each.
package struct RowQuestion: Hashable, Sendable {
  /// The most keys that a source answers at once.
  package static let mostKeys = 500

  package let watch: Watch
  /// At most `mostKeys`.
  package let keys: [RowKey]
  package let conditions: [String]
  package let clock: QueryClock

  package init(watch: Watch, keys: [RowKey], conditions: [String] = [], clock: QueryClock) {
    self.watch = watch
    self.keys = keys
    self.conditions = conditions
    self.clock = clock
  }
}

/// A row as it is now, and whether the conditions hold for it.
package struct RowAnswer: Hashable, Sendable {
  package let key: RowKey
  package let values: RowValues
  package let holds: Bool
  /// The customer's key: the watch's `customer:` column, or the row's own key; nil where that is NULL.
  package let customer: RowKey?
  /// Why the conditions could not be evaluated for this row, or the row could not be read, while others could.
  ///
  /// Then `holds` is false, and a row that could not be read has no values and no customer.
  package let fault: SourceProblem?
  /// Whether the row was not found, and may be one of those that could not be read; `fault` says which these are.
  package let mayBeAbsent: Bool

  package init(
    key: RowKey, values: RowValues, holds: Bool, customer: RowKey?, fault: SourceProblem? = nil,
    mayBeAbsent: Bool = false
  ) {
    self.key = key
    self.values = values
    self.holds = holds
    self.customer = customer
    self.fault = fault
    self.mayBeAbsent = mayBeAbsent
  }

  /// The answer about a row of which nothing is known but its key, because of a fault.
  package static func unknown(
    _ key: RowKey, because fault: SourceProblem, mayBeAbsent: Bool = false
  ) -> RowAnswer {
    RowAnswer(
      key: key, values: [:], holds: false, customer: nil, fault: fault, mayBeAbsent: mayBeAbsent)
  }
}

/// Asks which changes satisfy conditions that may name `this` and `old`.
package struct ChangeQuestion: Hashable, Sendable {
  package let watch: Watch
  /// At most 500, all of one watch.
  package let changes: [NoticedChange]
  package let conditions: [String]
  package let clock: QueryClock

  package init(watch: Watch, changes: [NoticedChange], conditions: [String], clock: QueryClock) {
    self.watch = watch
    self.changes = changes
    self.conditions = conditions
    self.clock = clock
  }
}

/// The result of judging changes.
package struct Judgement: Hashable, Sendable {
  /// The ids of the changes that satisfy the conditions.
  package var satisfied: Set<Int64>
  /// Why the conditions could not be evaluated, by the ids of the changes that they fail on.
  package var faults: [Int64: SourceProblem]

  package init(satisfied: Set<Int64> = [], faults: [Int64: SourceProblem] = [:]) {
    self.satisfied = satisfied
    self.faults = faults
  }
}

/// How many rows satisfy conditions.
package struct MatchCount: Hashable, Sendable {
  package var matching: Int
  /// Rows on which the conditions fail, and how; some of them, where there are very many.
  package var faults: [RowKey: SourceProblem]
  /// Whether all rows were counted; rows are counted piece by piece, and for a limited time, where some fail.
  package var isWhole: Bool

  package init(matching: Int = 0, faults: [RowKey: SourceProblem] = [:], isWhole: Bool = true) {
    self.matching = matching
    self.faults = faults
    self.isWhole = isWhole
  }

  /// How long rows are read piece by piece for a person who waits for the answer.
  package static let patience = Duration.seconds(10)
}

extension SourceProblem {
  /// The sentence for a problem that only some rows have: `a condition on watch t fails: malformed JSON, on rows 7, 9`.
  ///
  /// - Parameter count: how many rows have it, where `keys` holds only the first of them.
  package func sentence(on keys: [RowKey], of count: Int? = nil) -> String {
    let rows = count ?? keys.count
    return "\(description), on \(rows == 1 ? "row" : "rows") \(SourceProblem.named(keys, of: rows))"
  }

  /// The first few of the keys, and how many more there are: `7, 9 and 3 more`.
  static func named(_ keys: [RowKey], of count: Int) -> String {
    let named = keys.sorted().prefix(mostNamedRows).map { "\($0)" }
    let others = count > named.count ? " and \(count - named.count) more" : ""
    return named.joined(separator: ", ") + others
  }

  /// The most rows that a sentence names; a person looks up no more one by one.
  package static let mostNamedRows = 5
}

/// A change as the ledger keeps it.
package struct NoticedChange: Hashable, Sendable {
  /// The id in the ledger's `changes`; rising in the order of noticing.
  package let id: Int64
  package let operation: ChangeOperation
  package let key: RowKey
  /// The captured columns before; nil for an insert.
  package let old: RowValues?
  /// The row's image: its captured columns as the change log or the look found them. Nil means: ask the row as it is
  /// now.
  package let new: RowValues?
  /// The captured columns that differ; a plain `update` needs none.
  package let changed: [String]
  package let noticed: Instant
  /// Whether a person has accepted it, so that no fuse holds its reminders.
  package let isAccepted: Bool

  package init(
    id: Int64, operation: ChangeOperation, key: RowKey, old: RowValues?, new: RowValues?,
    changed: [String], noticed: Instant, isAccepted: Bool = false
  ) {
    self.id = id
    self.operation = operation
    self.key = key
    self.old = old
    self.new = new
    self.changed = changed
    self.noticed = noticed
    self.isAccepted = isAccepted
  }

  /// The same change without its image, so that the row as it is now is asked.
  package var withoutImage: NoticedChange {
    NoticedChange(
      id: id, operation: operation, key: key, old: old, new: nil, changed: changed,
      noticed: noticed, isAccepted: isAccepted)
  }
}

/// What `examine` prepares and explains.
package enum QuerySubject: Hashable, Sendable {
  case watch(Watch)
  case step(Watch, Step)
  case customers(Watch, PeopleDirectory)
  /// A condition on the rows of the customers' watch.
  case segment(Watch, Segment)
}

/// What preparing or explaining a query found.
package struct QueryFinding: Hashable, Sendable {
  /// Whether the rule cannot work like this, rather than work slowly or unexpectedly.
  package let isError: Bool
  package let text: String

  package init(isError: Bool, text: String) {
    self.isError = isError
    self.text = text
  }
}

/// The values of a column that has few, such as a language or a time zone, and how many rows have each.
package struct ValueTally: Sendable {
  /// A column with more different values is of another kind.
  package static let mostValues = 1000

  /// By text without blanks around it; rows with NULL or nothing are left out.
  package private(set) var rows: [(text: String, count: Int)] = []

  package init() {}

  /// Adds the rows with one value; returns false if the tally is full.
  package mutating func add(_ value: Value, _ count: Int) -> Bool {
    let text = value.text.trimmed
    guard !text.isEmpty else { return true }
    if let index = rows.firstIndex(where: { $0.text.utf8.elementsEqual(text.utf8) }) {
      rows[index].count += count
      return true
    }
    rows.append((text, count))
    return rows.count < ValueTally.mostValues
  }
}
