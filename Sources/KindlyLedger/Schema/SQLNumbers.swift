import KindlyCore

// The numbers that the ledger stores for states, reasons and triggers, by their names in the text of a statement:
// `state = \(state: .waiting)`.
extension DefaultStringInterpolation {
  mutating func appendInterpolation(state: ReminderState) { appendInterpolation(state.rawValue) }

  /// A list for `IN`: `state IN \(states: .waiting, .uncertain)`.
  mutating func appendInterpolation(states: ReminderState...) {
    appendInterpolation(list: states.map(\.rawValue))
  }

  mutating func appendInterpolation(reason: Reason) { appendInterpolation(reason.rawValue) }

  mutating func appendInterpolation(reasons: Reason...) {
    appendInterpolation(list: reasons.map(\.rawValue))
  }

  mutating func appendInterpolation(trigger: Trigger) { appendInterpolation(trigger.rawValue) }

  mutating func appendInterpolation(triggers: Trigger...) {
    appendInterpolation(list: triggers.map(\.rawValue))
  }

  private mutating func appendInterpolation(list: [Int]) {
    appendInterpolation("(" + list.map(String.init).joined(separator: ", ") + ")")
  }
}

/// Assignments of `UPDATE reminder`.
enum Assignment {
  /// Puts a reminder into the queue: one that may have arrived stays uncertain, so that a person can settle it and no data
  /// can take it back.
  static let isOpen =
    "state = iif(uncertainties = 0, \(state: .waiting), \(state: .uncertain))"
}

/// The conditions of partial indexes: SQLite uses such an index only for a statement that contains its condition.
enum PartialIndex {
  /// Of the queues: what a dispatcher may claim, now or later.
  ///
  /// - Parameter table: the name that the statement gives to `reminder`.
  static func isOpen(_ table: String? = nil) -> String {
    let prefix = table.map { $0 + "." } ?? ""
    return
      "\(prefix)state IN \(states: .waiting, .uncertain) AND \(prefix)next_at IS NOT NULL"
  }

  /// Of the reminders that data or rules cancelled, which data can revive.
  static let isRevivable =
    "state = \(state: .cancelled) AND reason BETWEEN \(reason: .condition) AND \(reason: .ruleAbsent)"
}
