import KindlyCore

/// What a lane hands over at once: one reminder, or those that a digest puts into one message.
struct Parcel: Sendable {
  /// The reminder whose name and identity the message has.
  let lead: ReadyReminder
  /// The others of the message, in the order of their due times.
  let others: [ReadyReminder]

  init(_ lead: ReadyReminder) {
    self.lead = lead
    others = []
  }

  /// The reminders in the order of their due times; nil if there is none.
  init?(_ members: some Sequence<ReadyReminder>) {
    let sorted = members.sorted {
      ($0.reminder.due, $0.reminder.id) < ($1.reminder.due, $1.reminder.id)
    }
    guard let first = sorted.first else { return nil }
    lead = first
    others = Array(sorted.dropFirst())
  }

  var members: [ReadyReminder] { [lead] + others }

  /// Whether the message lists rows.
  var isDigest: Bool { lead.step.digest != nil }

  /// The customer whom the message is about, or its recipient if it is about several.
  var about: Person {
    others.allSatisfy { $0.about.key == lead.about.key } ? lead.about : lead.recipient
  }

  /// Moves of all reminders, each by itself: nothing was handed over.
  func moves(_ move: Transition.Move) -> [Transition] { members.map { $0.reminder.move(move) } }

  /// The move of the message: the others move with the lead.
  func move(_ move: Transition.Move, followUp: FollowUp? = nil) -> Transition {
    Transition(
      reminder: lead.reminder.id, lease: lead.reminder.lease, move: move, followUp: followUp,
      leads: lead.reminder.leads || !others.isEmpty)
  }
}
