import KindlyCore

/// The time from which a rule and its steps apply.
struct RuleStart {
  /// Nil where the daemon has not loaded the rule yet.
  private let standing: RuleStanding?
  private let rule: Rule

  init(_ rule: Rule, _ standing: RuleStanding?) {
    self.standing = standing
    self.rule = rule
  }

  /// What the rule reached when a step was first seen; nil where it did not look back.
  func backfill(of step: Step) -> Backfill? { Backfill(rule, begun: standing?.begun[step.name]) }

  /// Why something that happened at an instant and is still useful has made no reminder yet, or when it will.
  func remark(
    on instant: Instant, of step: Step, _ turn: String, _ time: TimeText
  ) -> String {
    guard let standing else { return ", but the daemon has not loaded the rule yet" }
    let start = standing.start(ofStep: step.name, backfill: rule.backfill)
    guard instant <= start else { return ": it is planned at the daemon's next \(turn)" }
    let subject = start > standing.activated ? "step" : "rule"
    let since =
      rule.backfill == nil
      ? "the \(subject) has been active since" : "the \(subject) looks back to"
    return ", but \(since) \(time(start)); reminders due before that are not sent"
  }
}
