import KindlyCore

extension RecipientAbsence {
  /// The wait of a reminder without a recipient, until a person corrects a row.
  func wait(of reminder: ClaimedReminder, now: Instant) -> Transition {
    reminder.waiting(
      forFixOf: .recipientMissing, now: now,
      evidence: JSONText.object([ExactText("recipient"): .text(words)]))
  }

  /// The fault to report; nil in the first minutes, in which an import may still be under way.
  func fault(
    of reminder: ClaimedReminder, _ subject: Subject, in generation: Generation,
    now: Instant
  ) -> RowFault? {
    guard reminder.waitReason == .recipientMissing, let since = reminder.waitingSince,
      now >= since + Recheck.grace
    else { return nil }
    return RowFault(
      place(of: reminder, subject, in: generation), SourceProblem(.watch, plural))
  }

  /// Whose row a person must correct.
  private func place(
    of reminder: ClaimedReminder, _ subject: Subject, in generation: Generation
  ) -> RowFault.Place {
    let databases = generation.databases
    switch self {
    case .noOwner(let customer):
      return RowFault.Place(
        watch: databases.directory?.watch ?? "", key: customer, stage: .recipient)
    case .noCustomer, .notNamed, .noTeam:
      return RowFault.Place(watch: subject.watch.name, key: reminder.key, stage: .recipient)
    case .unknown(let key), .left(let key), .noLead(let key), .circle(let key):
      return RowFault.Place(
        watch: databases.colleagues?.people.watch ?? "", key: key, stage: .recipient)
    }
  }
}
