/// The chain of reminders that led to a row of Kindly's own ledger, back to the first one.
package struct Lineage: Hashable, Sendable {
  /// The reminder that made the row; nil if there is none, or if it is no longer kept.
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

  /// The lineage of a row that no reminder led to.
  package static let none = Lineage(cause: nil, depth: 0, rules: [])

  /// The depth at which a chain ends. A longer chain is a loop of rules or a mistake: a reminder, its task and two
  /// escalations of that task make three.
  package static let deepest = 3

  /// Whether a rule may make a reminder about the row.
  package enum Verdict: Hashable, Sendable {
    case made(depth: Int)
    /// The rule itself led to the row, and a rule never acts on rows that it caused.
    case ownDoing
    case tooDeep
  }

  /// Decides whether a rule may make a reminder about the row.
  package func verdict(for rule: String) -> Verdict {
    if rules.contains(ExactText(rule)) { return .ownDoing }
    return depth < Lineage.deepest ? .made(depth: depth + 1) : .tooDeep
  }
}

/// A reminder that was not made because too many others led to its row.
package struct TooDeep: Hashable, Sendable {
  package let rule: String
  package let key: RowKey

  package init(rule: String, key: RowKey) {
    self.rule = rule
    self.key = key
  }

  /// The explanation in the journal and in `kindly why`.
  package static let words =
    "the chain of reminders would reach depth \(Lineage.deepest + 1), and the limit is \(Lineage.deepest)"
}
