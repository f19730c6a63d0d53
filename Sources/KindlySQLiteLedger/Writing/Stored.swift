import KindlyCore

/// Converts stored numbers to enum cases. The schema's CHECKs limit them, so an unknown number means that the ledger is
/// damaged.
enum Stored {
  static func trigger(_ number: Int64) throws -> Trigger {
    try known(Trigger(rawValue: Int(number)), number, "trigger")
  }

  static func state(_ number: Int64) throws -> ReminderState {
    try known(ReminderState(rawValue: Int(number)), number, "state")
  }

  static func reason(_ number: Int64?) throws -> Reason? {
    guard let number else { return nil }
    return try known(Reason(rawValue: Int(number)), number, "reason")
  }

  static func messageClass(_ number: Int64) throws -> MessageClass {
    try known(MessageClass(rawValue: Int(number)), number, "class")
  }

  static func outcome(_ number: Int64) throws -> AttemptOutcome {
    try known(AttemptOutcome(rawValue: Int(number)), number, "outcome")
  }

  static func operation(_ number: Int64) throws -> ChangeOperation {
    try known(ChangeOperation(rawValue: Int(number)), number, "operation")
  }

  static func bounce(_ number: Int64) throws -> BounceKind {
    try known(BounceKind(rawValue: Int(number)), number, "kind of bounce")
  }

  static func answer(_ number: Int64) throws -> AnswerKind {
    try known(AnswerKind(rawValue: Int(number)), number, "kind of reply")
  }

  static func scope(_ number: Int64) throws -> SuppressionScope {
    try known(SuppressionScope(rawValue: Int(number)), number, "scope of a suppression")
  }

  static func pause(_ number: Int64, of name: String) throws -> PauseScope {
    switch try known(StoredScope(rawValue: Int(number)), number, "scope of a pause") {
    case .all: .all
    case .rule: .rule(name)
    case .channel: .channel(name)
    }
  }

  static func task(_ number: Int64) throws -> TaskState {
    try known(TaskState(rawValue: Int(number)), number, "state of a task")
  }

  static func fuse(_ number: Int64) throws -> FuseMark {
    try known(FuseMark(rawValue: Int(number)), number, "mark of a fuse")
  }

  static func standing(_ number: Int64) throws -> FuseStanding.State {
    try known(FuseStanding.State(rawValue: Int(number)), number, "state of a fuse")
  }

  private static func known<Known>(_ value: Known?, _ number: Int64, _ what: String) throws -> Known
  {
    guard let value else {
      throw LedgerProblem(
        .damaged, "the ledger holds the \(what) \(number), which does not exist",
        hint: "restore a backup, and report this to Kindly's authors")
    }
    return value
  }
}
