import KindlyCore

// The numbers that the ledger stores for states, reasons, scopes, triggers and outcomes, by their names in the text of
// a statement: `state = \(state: .waiting)`.
extension DefaultStringInterpolation {
  mutating func appendInterpolation(state: ReminderState) { appendInterpolation(state.rawValue) }

  /// A list for `IN`: `state IN \(states: .waiting, .uncertain)`.
  mutating func appendInterpolation(states: ReminderState...) {
    appendInterpolation(list: states.map(\.rawValue))
  }

  mutating func appendInterpolation(task: TaskState) { appendInterpolation(task.rawValue) }

  mutating func appendInterpolation(pause: StoredScope) { appendInterpolation(pause.rawValue) }

  mutating func appendInterpolation(reason: Reason) { appendInterpolation(reason.rawValue) }

  mutating func appendInterpolation(reasons: Reason...) {
    appendInterpolation(reasons: reasons)
  }

  mutating func appendInterpolation(reasons: [Reason]) {
    appendInterpolation(list: reasons.map(\.rawValue))
  }

  mutating func appendInterpolation(trigger: Trigger) { appendInterpolation(trigger.rawValue) }

  mutating func appendInterpolation(fuse: FuseMark) { appendInterpolation(fuse.rawValue) }

  mutating func appendInterpolation(standing: FuseStanding.State) {
    appendInterpolation(standing.rawValue)
  }

  mutating func appendInterpolation(outcome: AttemptOutcome) {
    appendInterpolation(outcome.rawValue)
  }

  mutating func appendInterpolation(triggers: Trigger...) {
    appendInterpolation(list: triggers.map(\.rawValue))
  }

  private mutating func appendInterpolation(list: [Int]) {
    appendInterpolation("(" + list.map(String.init).joined(separator: ", ") + ")")
  }
}

/// Assignments of `UPDATE reminder`.
enum Assignment {
  /// Puts a reminder into the queue: one that may have arrived stays uncertain, so that a person can settle it and no
  /// change in the data can cancel it.
  static let isOpen =
    "state = iif(uncertainties = 0, \(state: .waiting), \(state: .uncertain))"

  /// Lets today's fuse of the rule decide whether a reminder that waits again is held.
  static let isNotHeld = "fuse = iif(fuse = \(fuse: .held), \(fuse: .none), fuse)"

  /// Puts a reminder back to the start of its route. That of a follow-up is behind the channel of the message before it.
  static let startOfRoute =
    "route_position = iif(leg < \(FollowUp.legDistance), 0, route_position)"
}

/// The conditions of partial indexes: SQLite uses such an index only for a statement that contains its condition.
enum PartialIndex {
  /// The index on the queues: reminders that a dispatcher may claim, now or later, except those that wait for a digest.
  static let isOpen =
    "state IN \(states: .waiting, .uncertain) AND next_at IS NOT NULL AND reason IS NOT \(reason: .digest)"

  /// The same where the statement gives `reminder` another name.
  static func isOpen(_ table: String) -> String {
    """
    \(table).state IN \(states: .waiting, .uncertain) AND \(table).next_at IS NOT NULL
      AND \(table).reason IS NOT \(reason: .digest)
    """
  }

  /// The index on reminders that wait for a digest.
  static let isInDigest = "state = \(state: .waiting) AND reason = \(reason: .digest)"

  /// The index on reminders that wait for a reason, whether they are uncertain or not.
  static let isHeldBack = "state IN \(states: .waiting, .uncertain) AND reason IS NOT NULL"

  /// The index on reminders that wait for a fuse.
  static let isFused = "state = \(state: .waiting) AND reason = \(reason: .fuse)"

  /// The index on reminders that a person released.
  static let isLetGo = "fuse = \(fuse: .released)"

  /// The index on tasks that somebody has to do. `done` has the highest number of the states.
  static let isOpenTask = "state < \(task: .done)"

  /// The index on reminders that data or rules cancelled and that data can revive.
  static let isRevivable =
    "state = \(state: .cancelled) AND reason BETWEEN \(reason: .condition) AND \(reason: .ruleAbsent)"
}
