/// Of several overdue steps of one row only the newest useful one is sent; the others are superseded.
///
/// A correction counts as the newest of all, because it alone tells that the date moved.
package enum Precedence {
  /// What makes reminders rivals: the same rule, row and leg, and the same recipient.
  private struct Rivals: Hashable {
    let rule: String
    let key: RowKey
    let leg: Int
    let recipient: RecipientRole?

    init(_ reminder: ClaimedReminder, leg: Int, _ recipients: [Int64: RecipientRole]) {
      rule = reminder.rule
      key = reminder.key
      self.leg = leg
      recipient = recipients[reminder.id]
    }
  }

  /// The given reminders that a newer one supersedes, with the one that does, by their ids. All of them must have passed
  /// their recheck.
  ///
  /// Changes neither supersede nor are superseded, because each of them really happened. A follow-up is as old as the
  /// message before it, and supersedes only other follow-ups.
  ///
  /// - Parameters:
  ///   - recipients: to whom the steps write, by the reminders' ids: whoever is told of a later step must not keep
  ///     somebody else from being told of an earlier one.
  ///   - unable: those that supersede none, because they cannot be sent; otherwise the recipient would get nothing.
  ///   - followed: the messages that follow-ups follow.
  package static func superseded(
    among passed: [ClaimedReminder], recipients: [Int64: RecipientRole] = [:],
    besides unable: Set<Int64> = [], _ followed: [Int64: FollowUp.Followed] = [:]
  ) -> [Int64: Int64] {
    var newest: [Rivals: ClaimedReminder] = [:]
    for reminder in passed where reminder.trigger.isDated && !unable.contains(reminder.id) {
      let rivals = Rivals(reminder, leg: reminder.leg, recipients)
      guard let other = newest[rivals] else {
        newest[rivals] = reminder
        continue
      }
      if reminder.seniority > other.seniority { newest[rivals] = reminder }
    }
    var superseded: [Int64: Int64] = [:]
    for reminder in passed where reminder.trigger.isDated {
      let rivals = Rivals(reminder, leg: reminder.leg, recipients)
      if let winner = newest[rivals], winner.seniority > reminder.seniority {
        superseded[reminder.id] = winner.id
      }
      guard let followed = followed[reminder.id] else { continue }
      let main = Rivals(
        reminder, leg: FollowUp.writtenLeg(of: reminder.leg), recipients)
      if let other = newest[main], other.due > followed.due { superseded[reminder.id] = other.id }
    }
    return superseded
  }

  /// A dated reminder that will leave, where one looks ahead.
  package struct Leaving: Hashable, Sendable {
    /// The row; reminders of one rule only are compared.
    package let row: RowHash
    package let leg: Int
    /// To whom its step writes.
    package let recipient: RecipientRole?
    package let due: Instant
    /// The place of its step in the rule; of two that are due at once the later step is the newer one.
    package let step: Int
    package let leaves: Instant
    package let isCorrection: Bool

    package init(
      row: RowHash, leg: Int, recipient: RecipientRole? = nil, due: Instant, step: Int,
      leaves: Instant, isCorrection: Bool = false
    ) {
      self.row = row
      self.leg = leg
      self.recipient = recipient
      self.due = due
      self.step = step
      self.leaves = leaves
      self.isCorrection = isCorrection
    }

    /// Whether this one is sent instead of the other: it is newer and leaves no later, or both leave at once and only
    /// this one is a correction.
    ///
    /// Days off may move several recurrences of a step to the same time; of these, the one that was found last is the
    /// newest, as it is the last to be planned.
    fileprivate func supersedes(_ other: Leaving, wasFoundLater: Bool) -> Bool {
      guard leg == other.leg, recipient == other.recipient, leaves <= other.leaves else {
        return false
      }
      if isCorrection != other.isCorrection, leaves == other.leaves { return isCorrection }
      if (due, step) == (other.due, other.step) { return wasFoundLater }
      return (due, step) > (other.due, other.step)
    }
  }

  /// The indices of those that a newer one of their row supersedes, because it leaves no later. Those of a step must be
  /// in the order in which they were found.
  package static func superseded(among leaving: [Leaving]) -> [Int] {
    var rivals: [RowHash: [Int]] = [:]
    for (index, one) in leaving.enumerated() { rivals[one.row, default: []].append(index) }
    return rivals.values.filter { $0.count > 1 }.flatMap { indices in
      indices.filter { index in
        indices.contains { leaving[$0].supersedes(leaving[index], wasFoundLater: $0 > index) }
      }
    }
  }
}

extension ClaimedReminder {
  fileprivate var seniority: (Int, Instant, Int64) { (cycle.isCorrection ? 1 : 0, due, id) }
}
