package import KindlyCore

/// What a command asks of the running daemon: one case for each verb that writes.
///
/// `because` is what a person gave as the reason; it is recorded with who asked.
package enum ControlRequest: Hashable, Sendable, Codable {
  /// No further hand-over begins; without `seconds`, until it is resumed.
  case pause(Scope, seconds: Int?, because: String)
  case resume(Scope)
  /// Retries waiting reminders whose due time has come.
  case outboxRetry(Selection)
  case outboxCancel(Selection, because: String)
  /// Restores reminders that a person cancelled, while they are still useful.
  case outboxRestore(Selection, because: String)
  /// Sends the reminders that a rule's blown fuse holds: those made no later than reminder number `through`, or only
  /// the `first` of them by due time.
  case release(rule: String, first: Int?, through: Int64?, because: String)
  /// Cancels the reminders that a rule's blown fuse holds: those made no later than reminder number `through`.
  case drop(rule: String, through: Int64?, because: String)
  /// Records a person's decision about an uncertain reminder.
  case outboxSettle(id: String, as: Settlement, because: String)
  /// Makes a new reminder linked to the one of that public id.
  case resend(id: String, because: String)
  /// Lets the held changes of a watch, or of all watches of a source, take effect.
  case sourceAccept(String, because: String)
  /// Discards the held changes and treats the present rows as known.
  case sourceIgnore(String, because: String)
  case inboxRead(ids: [Int64])
  /// Does something with a task in the name of a colleague, or of a Unix user who acts for all.
  case task(Int64, TaskAction, by: String)
  /// Sends nothing to an address any more; `customer` is the canonical text of the key of who has it now, where known.
  case suppressionAdd(address: String, customer: String?, because: String)
  /// Lifts suppressions, and requeues the reminders they held back that are still useful.
  case suppressionLift(SuppressionSelection, because: String)
  /// Reads the configuration again; `acceptDrop` allows that over half of the rules are gone.
  case reload(acceptDrop: Bool)
  case sendTest(channel: String, address: String, template: String?, parameters: [String])
  /// Deletes what is kept of a customer's texts and values; `customer` is the canonical text of the key.
  case forget(customer: String, because: String)
  /// Lets a disarmed ledger send again, after a person has looked at why it was disarmed.
  case arm(because: String)
  /// Takes the machine's clock for right, which was doubted.
  case clockAccept(because: String)
  /// Asks for the daemon's version, ledger and channels that are down.
  case standing
  case ping

  /// What is paused or resumed.
  package enum Scope: Hashable, Sendable, Codable {
    case all
    case rule(String)
    case channel(String)
  }

  /// A person's decision about a hand-over without an answer.
  package enum Settlement: String, Hashable, Sendable, Codable, CaseIterable {
    case sent, failed
  }

  /// The verb as it is typed, for the log and the record.
  package var verb: String {
    switch self {
    case .pause: "pause"
    case .resume: "resume"
    case .outboxRetry: "outbox retry"
    case .outboxCancel: "outbox cancel"
    case .outboxRestore: "outbox restore"
    case .release: "release"
    case .drop: "drop"
    case .outboxSettle: "outbox settle"
    case .resend: "resend"
    case .sourceAccept: "source accept"
    case .sourceIgnore: "source ignore"
    case .inboxRead: "inbox read"
    case .task(_, let action, _): action.verb
    case .suppressionAdd: "suppression add"
    case .suppressionLift: "suppression lift"
    case .reload: "reload"
    case .sendTest: "send-test"
    case .forget: "forget"
    case .arm: "arm"
    case .clockAccept: "clock accept"
    case .standing: "standing"
    case .ping: "ping"
    }
  }
}
