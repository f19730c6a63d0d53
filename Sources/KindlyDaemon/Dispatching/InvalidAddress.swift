import KindlyCore
import Logging

extension InvalidAddress {
  /// The wait of a reminder with this address. It is recorded for `kindly status` and logged once.
  func wait(
    of reminder: ClaimedReminder, now: Instant, in surroundings: Surroundings
  ) -> Transition {
    if surroundings.health.record(self, now: now) {
      surroundings.log.warning(
        "\(words); the reminders wait, and are sent once the row is fixed, if they are still useful then",
        metadata: ["customer": "\(customer)", "rule": "\(reminder.rule)"])
    }
    return reminder.waiting(
      forFixOf: .addressInvalid, now: now, evidence: JSONText.object([column: .text(fault)]))
  }
}

extension Generation {
  /// The column that holds customers' addresses of a kind, as people name it: `customers.email`.
  func column(of kind: AddressKind) -> ExactText {
    guard let directory else { return ExactText(kind.word) }
    let key = watches[directory.watch]?.key.joined(separator: ",")
    return ExactText("\(directory.watch).\(directory.column(of: kind) ?? key ?? kind.word)")
  }
}
