/// What tells one letter from another.
struct Identity: Hashable, CustomStringConvertible {
  let rule: String
  let step: String
  let key: Int
  /// `insert`, `change 17`, `2026-02-10`, `2026-02-10#3`.
  let cycle: String
  let leg: Int

  var description: String { "\(step) of row \(key), \(cycle), leg \(leg)" }

  /// What supersedes each other.
  var rivals: Rivals { Rivals(rule: rule, key: key, leg: leg) }

  struct Rivals: Hashable {
    let rule: String
    let key: Int
    let leg: Int
  }
}

/// What a channel was given.
struct HandedOver {
  enum Outcome { case sent, retry, rejected, unknown, channelDown }

  var identity: Identity
  let channel: String
  let outcome: Outcome
  let text: String
  let attempt: Int
}

/// What is remembered of a letter.
struct Track {
  var due = 0
  /// The end of its use when it was handed over first.
  var until: Int?
  var sent = 0
  var unanswered = 0
  var handedOver = 0
  /// The end of its use as it is now, and whether it lies ahead.
  var useUntil = 0
  var isUseful = false
  /// Why it must not be sent any more.
  var closed: String?
  /// What superseded it.
  var closedBy: Identity?
  /// Why the definitions leave open whether it is still sent.
  var open: String?
  /// It may wait until then for a reason that was true when it was looked at last.
  var waitsUntil = 0
  /// The channel that may have taken it.
  var stays: String?
  /// Whether a turn came after its use.
  var isOver = false
  /// Whether it applied at some turn.
  var hasApplied = false
  /// When it was sent.
  var sentAt = 0
  /// Since when its customer has had no address, as far as that is known.
  var lacking: Int?
  /// Since when Kindly surely knows that, and the last turn at which it was so.
  var surelyLacking: (since: Int, turn: Int)?
}

/// A noticed change, numbered from 1.
struct SimChange {
  enum Operation { case insert, update, delete }

  let number: Int
  let operation: Operation
  let key: Int
  /// The row before an update or a delete.
  let old: SimRow?
  let changed: Set<SimColumn>
  let noticed: Int
  /// When the application committed it.
  let happened: Int
}

/// An occurrence of a rule at one time, whether or not anything is sent for it now.
struct Occurrence {
  let rule: SimRule
  let step: SimStep
  let key: Int
  let cycle: String
  var due: Int
  var until: Int
  /// The deleted row of a delete.
  var old: SimRow?
  /// What a change did.
  var operation: SimChange.Operation?
  /// The period and the number of a recurrence.
  var period: SimSpan?
  var number: Int?
  var shift = SimMoments.Shift.none
  /// How far away the nearest other recurrence of its date is, if days off may move it.
  var distance: Int?
  /// Whether an edit has moved it before the step's beginning.
  var isFormer = false
  /// The only leg that it is for, if it is a correction.
  var onlyLeg: Int?

  /// Whether it is sent instead of another one; a correction counts as the newest of all.
  func isNewer(than other: Occurrence) -> Bool {
    let isCorrection = onlyLeg != nil
    return isCorrection != (other.onlyLeg != nil) ? isCorrection : due > other.due
  }

  var legs: Range<Int> { onlyLeg.map { $0..<$0 + 1 } ?? step.legs.indices }

  func identity(_ leg: Int) -> Identity {
    Identity(rule: rule.name, step: step.name, key: key, cycle: cycle, leg: leg)
  }
}
