/// Of several overdue steps of one row only the newest useful one is sent; the others are superseded.
package enum Precedence {
  /// What makes reminders rivals: the same rule, row and leg.
  private struct Rivals: Hashable {
    let rule: String
    let key: RowKey
    let leg: Int
  }

  /// The given reminders that a newer one supersedes, with the one that does, by their ids. All of them must have passed
  /// their recheck.
  ///
  /// Changes neither supersede nor are superseded, because each of them really happened. A follow-up is as old as the
  /// message before it, and supersedes only other follow-ups.
  ///
  /// - Parameter followed: the messages that follow-ups follow.
  package static func superseded(
    among passed: [ClaimedReminder], _ followed: [Int64: FollowUp.Followed] = [:]
  ) -> [Int64: Int64] {
    var newest: [Rivals: ClaimedReminder] = [:]
    for reminder in passed where reminder.trigger.isDated {
      let rivals = Rivals(rule: reminder.rule, key: reminder.key, leg: reminder.leg)
      guard let other = newest[rivals] else {
        newest[rivals] = reminder
        continue
      }
      if (reminder.due, reminder.id) > (other.due, other.id) { newest[rivals] = reminder }
    }
    var superseded: [Int64: Int64] = [:]
    for reminder in passed where reminder.trigger.isDated {
      let rivals = Rivals(rule: reminder.rule, key: reminder.key, leg: reminder.leg)
      if let winner = newest[rivals], winner.id != reminder.id {
        superseded[reminder.id] = winner.id
      }
      guard let followed = followed[reminder.id] else { continue }
      let main = Rivals(
        rule: reminder.rule, key: reminder.key, leg: FollowUp.writtenLeg(of: reminder.leg))
      if let other = newest[main], other.due > followed.due { superseded[reminder.id] = other.id }
    }
    return superseded
  }

  /// A dated reminder that will leave, where one looks ahead.
  package struct Leaving: Hashable, Sendable {
    /// The row; reminders of one rule only are compared.
    package let row: RowHash
    package let leg: Int
    package let due: Instant
    /// The place of its step in the rule; of two that are due at once the later step is the newer one.
    package let step: Int
    package let leaves: Instant

    package init(row: RowHash, leg: Int, due: Instant, step: Int, leaves: Instant) {
      self.row = row
      self.leg = leg
      self.due = due
      self.step = step
      self.leaves = leaves
    }
  }

  /// The indices of those that a newer one of their row supersedes, because it leaves no later.
  package static func superseded(among leaving: [Leaving]) -> [Int] {
    var rivals: [RowHash: [Int]] = [:]
    for (index, one) in leaving.enumerated() { rivals[one.row, default: []].append(index) }
    return rivals.values.filter { $0.count > 1 }.flatMap { indices in
      indices.filter { index in
        let one = leaving[index]
        return indices.contains { other in
          let other = leaving[other]
          return other.leg == one.leg && (other.due, other.step) > (one.due, one.step)
            && other.leaves <= one.leaves
        }
      }
    }
  }
}
