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
        metadata: ["\(kind.one)": "\(key)", "rule": "\(reminder.rule)"])
    }
    return reminder.waiting(
      forFixOf: .addressInvalid, now: now, evidence: JSONText.object([column: .text(fault)]))
  }
}

extension Generation {
  /// The column that holds a person's addresses of a kind, as people name it: `customers.email`.
  func column(of kind: AddressKind, of person: Person) -> ExactText {
    switch person.kind {
    case .customers: column(of: kind, in: directory)
    case .colleagues: column(of: kind, in: databases.colleagues?.people)
    }
  }

  /// The column that holds the customers' keys.
  var keyColumn: ExactText { column(of: .key, in: directory) }

  private func column(of kind: AddressKind, in directory: PeopleDirectory?) -> ExactText {
    guard let directory, !directory.watch.isEmpty else { return ExactText(kind.word) }
    let key = watches[directory.watch]?.key.joined(separator: ",")
    return ExactText("\(directory.watch).\(directory.column(of: kind) ?? key ?? kind.word)")
  }
}
