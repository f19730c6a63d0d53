import KindlyCore

/// A reminder whose row is there, and whose customer is not in the directory.
///
/// An import may bring orders before customers, or a person may correct the row, so the reminder waits.
struct CustomerAbsence {
  /// Nil if the row names no customer.
  let customer: RowKey?
  let reminder: ClaimedReminder
  let subject: Subject
  let directory: PeopleDirectory?

  /// The fault to tell of; nil in the first minutes, in which an import may still be under way.
  func fault(now: Instant) -> RowFault? {
    guard reminder.waitReason == .customerMissing, let since = reminder.waitingSince,
      now >= since + Recheck.grace
    else { return nil }
    guard let customer, let directory else {
      return RowFault(
        watch: subject.watch.name, key: reminder.key,
        problem: SourceProblem(.watch, of: .watch(subject.watch.name), "the row names no customer"))
    }
    return RowFault(
      RowFault.Place(watch: directory.watch, key: customer, stage: .customer),
      SourceProblem(.watch, "not in the directory (watch \(directory.watch))"))
  }

  /// The reminder's wait for the customer; the column is the directory's key.
  func wait(in column: ExactText, now: Instant) -> Transition {
    let why = customer.map { "customer \($0) is not there" } ?? "the row names no customer"
    return reminder.waiting(
      forFixOf: .customerMissing, now: now, evidence: JSONText.object([column: .text(why)]))
  }
}
