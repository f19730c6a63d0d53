package import KindlyCore

/// A customer whose key another customer has now, with what was decided about them.
package struct FormerCustomer {
  /// When their row was noticed to be gone.
  package let until: Instant
  /// The newest first.
  package var reminders: [ReminderDetail] = []

  /// How many letters they got.
  package var letters: Int { reminders.count { $0.summary.state == .sent } }

  /// Divides reminders between the customer who has a key now and those who had it before.
  ///
  /// What was planned for another row, such as a lease, and was still open when the key passed on goes to the present
  /// customer, where the row still names the key.
  package static func divide(
    _ reminders: [ReminderDetail], by rows: [FormerRow]
  ) -> (present: [ReminderDetail], former: [FormerCustomer]) {
    var present: [ReminderDetail] = []
    var former = rows.map { FormerCustomer(until: $0.gone) }
    for reminder in reminders {
      // The first of the former rows that was gone only after the reminder was planned.
      if let index = rows.lastIndex(where: { $0.isSubject(of: reminder) }) {
        former[index].reminders.append(reminder)
      } else {
        present.append(reminder)
      }
    }
    return (present, former)
  }
}

extension FormerRow {
  fileprivate func isSubject(of reminder: ReminderDetail) -> Bool {
    guard reminder.created < gone else { return false }
    return !reminder.attempts.isEmpty || reminder.summary.decided.map { $0 <= passed } ?? false
  }
}
