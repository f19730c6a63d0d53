/// A view of Kindly's own ledger that rules may watch as a table of the source `kindly`.
///
/// The views are a stable interface: their names and columns stay the same, even if the tables behind them change. This
/// is the only list of them; tests compare the documentation and the ledger's SQL with it.
package enum LedgerView: String, Hashable, Sendable, CaseIterable {
  case reminders, tasks, inbox, replies, suppressions, attempts

  /// The ledger's name as a source, which needs no entry in `sources:`.
  package static let source = "kindly"

  /// One column of a view.
  package struct Column: Hashable, Sendable {
    package let name: String
    /// What it holds, for the documentation.
    package let meaning: String
    package let isTime: Bool
    /// Whether a purge empties it: it holds a text that is kept for a limited time, or is read from a reminder that may
    /// have been deleted.
    package let isEmptied: Bool

    static func text(_ name: String, _ meaning: String) -> Column {
      Column(name: name, meaning: meaning, isTime: false, isEmptied: false)
    }

    static func time(_ name: String, _ meaning: String) -> Column {
      Column(name: name, meaning: meaning, isTime: true, isEmptied: false)
    }

    /// The same column, marked as emptied by a purge.
    var emptied: Column { Column(name: name, meaning: meaning, isTime: isTime, isEmptied: true) }
  }

  /// The names of all views, in a fixed order.
  package static let names = allCases.map(\.rawValue)

  package var columns: [Column] {
    switch self {
    case .reminders: LedgerView.reminderColumns
    case .tasks: LedgerView.taskColumns
    case .inbox: LedgerView.inboxColumns
    case .replies: LedgerView.replyColumns
    case .suppressions: LedgerView.suppressionColumns
    case .attempts: LedgerView.attemptColumns
    }
  }

  /// The columns that name a row.
  package var key: [String] {
    switch self {
    case .reminders, .tasks, .inbox, .replies: ["number"]
    case .suppressions: ["id", "scope"]
    case .attempts: ["reminder_number", "number"]
    }
  }

  /// The column that holds the customer's key.
  package var customer: String { "customer" }

  /// How the columns that hold times are written.
  package var dates: DateStatements {
    DateStatements(
      columns: Dictionary(
        uniqueKeysWithValues: columns.filter(\.isTime).map { column in
          (ExactText(column.name), [DateForm.milliseconds, .time])
        }))
  }

  package func hasColumn(_ name: String) -> Bool {
    columns.contains { $0.name.folded == name.folded }
  }
}

extension LedgerView {
  private static let customer = Column.text(
    "customer", "the customer's key; NULL if the row is about nobody")
  private static let rule = Column.text("rule", "the rule that made the reminder")
  private static let reminder = Column.text("reminder", "the public id of the reminder")
  private static let depth = Column.text(
    "depth", "how many reminders led to it: 0 if a row of a customer database made it")

  private static let reminderColumns: [Column] = [
    .text("number", "the key: the reminder's number, as `kindly outbox list` shows it"),
    .text("id", "the public id, as in Message-IDs"),
    rule,
    .text("step", "the step of the rule; `only` for a rule without steps"),
    customer,
    .text("row_key", "the key of the row that the reminder is about"),
    .text("class", "`service`, `care` or `marketing`"),
    .text(
      "state",
      "`waiting`, `claimed`, `sending`, `uncertain`, `sent`, `skipped`, `cancelled` or `failed`"),
    .text("reason", "why it waits or ended, in the words that `kindly why` uses"),
    .text("channel", "the channel that it used last"),
    .text("attempts", "the number of attempts"),
    depth,
    .text("cause", "the number of the reminder that led to it").emptied,
    .time("due", "when it is or was due"),
    .time("use_until", "the latest time at which it is useful"),
    .time("created_at", "when it was planned"),
    .time("decided_at", "when it was sent, skipped or cancelled, or failed"),
  ]

  private static let taskColumns: [Column] = [
    .text("number", "the key: the task's number, as `kindly task list` shows it"),
    reminder, rule, customer,
    .text("assignee", "the key of the colleague, or the name of the team, that has it"),
    .text("state", "`open`, `taken` or `done`"),
    .text(
      "kind",
      "what it is about: the outcome of the task that led to it, such as `complaint`; otherwise its own outcome"
    ),
    .text("outcome", "how it ended: one of `task outcomes:`, or `closed`"),
    .text("outcome_kind", "the kind of the outcome, from `kindly task done --kind`"),
    .text("note", "the note made when it ended; kept for 90 days").emptied,
    .text("taken_by", "who is working on it"),
    depth.emptied,
    .time("created_at", "when it was handed over"),
    .time("due", "when it should be done"),
    .time("sleeps_until", "until when it is put off"),
    .time("decided_at", "when it was done or closed"),
  ]

  private static let inboxColumns: [Column] = [
    .text("number", "the key: the message's number, as `kindly inbox list` shows it"),
    reminder, rule, customer,
    .text("read_by", "who read it"),
    depth.emptied,
    .time("delivered_at", "when it was delivered"),
    .time("read_at", "when it was read"),
  ]

  private static let replyColumns: [Column] = [
    .text("number", "the key"),
    reminder, rule, customer,
    .text("row_key", "the key of the row that the answered reminder is about"),
    .text(
      "kind",
      "`reply`, `opt-out` or `complaint` (reported as unwanted) of the customer, or `\(acknowledgementWord)`: a colleague's reply to a message that they got"
    ),
    .text("text", "the writer's own words, shortened; kept for 90 days").emptied,
    depth,
    .time("received_at", "when it was read from the mailbox"),
  ]

  private static let suppressionColumns: [Column] = [
    .text("id", "part of the key, with `scope`: the id that `kindly suppression list` shows"),
    .text("scope", "`everything` or `marketing`"),
    reminder.emptied, rule.emptied, customer,
    .text("channel", "the channel that refused the address"),
    .text("added_by", "who suppressed it, if a person did"),
    depth.emptied,
    .time("since", "when Kindly stopped sending to the address"),
  ]

  private static let attemptColumns: [Column] = [
    .text("reminder_number", "part of the key, with `number`: the reminder's number"),
    .text("number", "the number of the attempt, counted from 1 for each reminder"),
    reminder, rule, customer,
    .text("channel", "the channel"),
    .text("outcome", "`sent`, `retry`, `rejected`, `misconfigured` or `unknown`"),
    depth,
    .time("began_at", "when the hand-over began"),
    .time("ended_at", "when it ended"),
  ]
}

extension Watch {
  /// The view of Kindly's own ledger that is watched; nil for a watch of a customer database.
  package var ledgerView: LedgerView? {
    guard source.isExactly(LedgerView.source), case .table(let name) = relation else { return nil }
    return LedgerView(rawValue: name)
  }

  /// A watch of a whole view, for queries that belong to no configured watch.
  package init(of view: LedgerView) {
    self.init(
      name: "\(LedgerView.source).\(view.rawValue)", source: LedgerView.source,
      relation: .table(view.rawValue), key: view.key, about: .customer(column: view.customer),
      dates: view.dates)
  }
}
