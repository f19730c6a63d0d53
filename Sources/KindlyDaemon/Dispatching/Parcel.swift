import KindlyCore

/// The reminders that a lane hands over as one message: a single one, or those of a digest.
struct Parcel: Sendable {
  /// The reminder from which the message takes its name and identity.
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

  /// The customer of the message; nil if it is about nobody, or about several customers.
  var about: Person? {
    others.allSatisfy { $0.about?.key == lead.about?.key } ? lead.about : nil
  }

  /// A transition for each reminder by itself, for when nothing was handed over.
  func moves(_ move: Transition.Move) -> [Transition] { members.map { $0.reminder.move(move) } }

  /// The transition for the message: the other reminders move with the lead.
  func move(_ move: Transition.Move, followUp: FollowUp? = nil) -> Transition {
    Transition(
      reminder: lead.reminder.id, lease: lead.reminder.lease, move: move, followUp: followUp,
      leads: lead.reminder.leads || !others.isEmpty)
  }
}
