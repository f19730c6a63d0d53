import KindlyCore

/// The time from which a rule applies.
struct RuleStart {
  /// Nil where the daemon has not loaded the rule yet.
  private let activated: Instant?
  private let looksBack: Bool
  private let rule: Rule
  private let begun: [ExactText: Instant]

  init(_ rule: Rule, _ standing: RuleStanding?) {
    activated = standing?.activated
    looksBack = rule.backfill != nil
    self.rule = rule
    begun = standing?.begun ?? [:]
  }

  /// What the rule reached when a step was first seen; nil where it did not look back.
  func backfill(of step: Step) -> Backfill? { Backfill(rule, begun: begun[step.name]) }

  /// Why something that happened at an instant and is still useful has made no reminder yet, or when it will.
  func remark(on instant: Instant, _ turn: String, _ time: TimeText) -> String {
    guard let activated else { return ", but the daemon has not loaded the rule yet" }
    guard instant <= activated else { return ": it is planned at the daemon's next \(turn)" }
    let since = looksBack ? "the rule looks back to" : "the rule has been active since"
    return ", but \(since) \(time(activated)); reminders due before that are not sent"
  }
}
