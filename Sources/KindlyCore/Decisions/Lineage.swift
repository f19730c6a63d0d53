/// The reminders that led to a row of Kindly's own ledger, as far back as they go.
package struct Lineage: Hashable, Sendable {
  /// The reminder that made the row; nil where none did, or where it is no longer kept.
  package let cause: Int64?
  /// The depth of that reminder.
  package let depth: Int
  /// The rules of that reminder and of all that led to it.
  package let rules: Set<ExactText>

  package init(cause: Int64?, depth: Int, rules: Set<ExactText>) {
    self.cause = cause
    self.depth = depth
    self.rules = rules
  }

  /// What no reminder led to.
  package static let none = Lineage(cause: nil, depth: 0, rules: [])

  /// A longer chain is a loop of rules, or a mistake: a reminder, its task, and two escalations of it make three.
  package static let deepest = 3

  /// Whether a rule makes a reminder of the row.
  package enum Verdict: Hashable, Sendable {
    case made(depth: Int)
    /// The row comes of the rule itself, which never sees what it caused.
    case ownDoing
    case tooDeep
  }

  /// What becomes of a reminder that a rule would make of the row.
  package func verdict(for rule: String) -> Verdict {
    if rules.contains(ExactText(rule)) { return .ownDoing }
    return depth < Lineage.deepest ? .made(depth: depth + 1) : .tooDeep
  }
}

/// A reminder that was not made, because too many others led to its row.
package struct TooDeep: Hashable, Sendable {
  package let rule: String
  package let key: RowKey

  package init(rule: String, key: RowKey) {
    self.rule = rule
    self.key = key
  }

  /// What happened, as the journal and `kindly why` say it.
  package static let words =
    "\(Lineage.deepest + 1) reminders would have led to each other, and no chain is longer than \(Lineage.deepest)"
}
