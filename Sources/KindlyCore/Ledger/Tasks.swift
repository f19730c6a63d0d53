/// Where the task channel puts what colleagues have to do.
package protocol TaskLedger: Sendable {
  /// Keeps a task once; keeping the same public id again changes nothing.
  func keep(_ task: TaskDelivery, now: Instant) async throws
}

/// The tasks as people read them.
package protocol TaskReadingLedger: Sendable {
  /// The selected tasks, at most `limit`; those that are due first come first.
  func tasks(_ selection: TaskSelection, now: Instant, limit: Int) async throws -> [TaskRecord]

  /// A task with its history; nil where there is none.
  func task(_ id: Int64) async throws -> (task: TaskRecord, events: [TaskEvent])?
}

/// A task as the channel hands it to the ledger.
package struct TaskDelivery: Hashable, Sendable {
  /// The reminder's public id.
  package let publicID: String
  package let rule: String
  /// The key of the customer whom it is about, as people type it; nil for nobody.
  package let customer: String?
  /// The key of the colleague or team who has it, as people type it.
  package let assignee: String
  package let subject: String
  package let card: String
  /// The customer lists on the card.
  package let lists: [ShownList]
  /// When it should be done.
  package let due: Instant

  package init(
    publicID: String, rule: String, customer: String?, assignee: String, subject: String,
    card: String, lists: [ShownList] = [], due: Instant
  ) {
    self.publicID = publicID
    self.rule = rule
    self.customer = customer
    self.assignee = assignee
    self.subject = subject
    self.card = card
    self.lists = lists
    self.due = due
  }
}

/// Where a task is; stored by number, and the schema's CHECK repeats the numbers.
package enum TaskState: Int, Hashable, Sendable, CaseIterable {
  case open = 0
  /// A colleague is at work on it.
  case taken = 1
  case done = 2

  package var word: String {
    switch self {
    case .open: "open"
    case .taken: "taken"
    case .done: "done"
    }
  }

  package var isFinal: Bool {
    switch self {
    case .open, .taken: false
    case .done: true
    }
  }
}

/// What became of the task whose card is carried over another channel.
package enum CarriedTask: Hashable, Sendable {
  /// It is not made yet.
  case expected
  /// It was made, and somebody has to do it.
  case open
  case done
  /// Its reminder ended for this reason, so there is no task.
  case ended(Reason)
}

/// A task as people see it.
package struct TaskRecord: Hashable, Sendable {
  package let id: Int64
  package let publicID: String
  package let rule: String
  /// Nil for a task about nobody.
  package let customer: String?
  package let assignee: String
  package let subject: String
  /// Nil once it is older than texts are kept.
  package let card: String?
  /// The customer lists on the card; empty once the retention time of texts has passed.
  package let lists: [ShownList]
  package let state: TaskState
  package let created: Instant
  package let due: Instant
  /// Lists leave the task out until then; nil if it is not put off.
  package let sleepsUntil: Instant?
  /// Who is at work on it.
  package let takenBy: String?
  /// How it ended, with what a person noted; nil while it is open.
  package let outcome: String?
  package let kind: String?
  package let note: String?
  package let decided: Instant?

  package init(
    id: Int64, publicID: String, rule: String, customer: String?, assignee: String, subject: String,
    card: String?, lists: [ShownList] = [], state: TaskState, created: Instant, due: Instant,
    sleepsUntil: Instant?,
    takenBy: String?, outcome: String?, kind: String?, note: String?, decided: Instant?
  ) {
    self.id = id
    self.publicID = publicID
    self.rule = rule
    self.customer = customer
    self.assignee = assignee
    self.subject = subject
    self.card = card
    self.lists = lists
    self.state = state
    self.created = created
    self.due = due
    self.sleepsUntil = sleepsUntil
    self.takenBy = takenBy
    self.outcome = outcome
    self.kind = kind
    self.note = note
    self.decided = decided
  }

  /// Whether it should have been done by now.
  package func isOverdue(_ now: Instant) -> Bool { !state.isFinal && due < now }
}

/// One line of a task's history.
package struct TaskEvent: Hashable, Sendable {
  package let at: Instant
  /// The colleague, or the Unix user of someone who acts for all.
  package let by: String
  package let text: String

  package init(at: Instant, by: String, text: String) {
    self.at = at
    self.by = by
    self.text = text
  }
}

/// Selects tasks; all given criteria must match.
package struct TaskSelection: Hashable, Sendable {
  /// Keys of colleagues and teams; nil for those of everybody.
  package var assignees: [String]?
  /// Whether finished tasks, and those that are put off, are listed too.
  package var includesAll: Bool
  /// Whether those that are put off are listed, but no finished ones.
  package var includesSleeping: Bool

  package init(
    assignees: [String]? = nil, includesAll: Bool = false, includesSleeping: Bool = false
  ) {
    self.assignees = assignees
    self.includesAll = includesAll
    self.includesSleeping = includesSleeping
  }
}

/// What a colleague does with a task.
package enum TaskAction: Hashable, Sendable, Codable {
  /// Begins to work on it; nobody else takes it meanwhile.
  case take
  case done(outcome: String, kind: String?, note: String?)
  /// Ends an attempt, and puts the task off until a date; `date` is local time for the person who will do it.
  case again(until: Instant, date: String, kind: String?, note: String?)
  /// Puts it off until a time; it is due then at the earliest.
  case snooze(until: Instant, note: String?)
  /// Hands it to another colleague or team.
  case give(to: String, note: String?)

  /// The verb as it is typed.
  package var verb: String {
    switch self {
    case .take: "task take"
    case .done, .again: "task done"
    case .snooze: "task snooze"
    case .give: "task give"
    }
  }

  /// The outcome of a task that nobody has to do any more.
  package static let closed = "closed"
}
