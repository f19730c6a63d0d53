package import KindlyCore

/// What a command asks of the running daemon: one case for each verb that writes.
///
/// `because` is what a person gave as the reason; it is recorded with who asked.
package enum ControlRequest: Hashable, Sendable, Codable {
  /// No further hand-over begins; without `seconds`, until it is resumed.
  case pause(Scope, seconds: Int?, because: String)
  case resume(Scope)
  /// Makes waiting reminders go now whose due time has come.
  case outboxRetry(Selection)
  case outboxCancel(Selection, because: String)
  /// Takes back what a person cancelled, while it is still of use.
  case outboxRestore(Selection, because: String)
  /// Says what became of an uncertain reminder.
  case outboxSettle(id: String, as: Settlement, because: String)
  /// Makes a new reminder linked to the one of that public id.
  case resend(id: String, because: String)
  /// Lets the held changes of a watch, or of all watches of a source, take effect.
  case sourceAccept(String, because: String)
  /// Drops the held changes and takes what is there now as known.
  case sourceIgnore(String, because: String)
  case inboxRead(ids: [Int64])
  /// Sends nothing to an address any more.
  case suppressionAdd(address: String, because: String)
  /// Lets suppressed addresses be written to again, and what they kept back go while it is of use.
  case suppressionLift(SuppressionSelection, because: String)
  /// Reads the configuration again; `acceptDrop` allows that over half of the rules are gone.
  case reload(acceptDrop: Bool)
  case sendTest(channel: String, address: String)
  /// Lets a disarmed ledger send again, after a person has looked at why it was disarmed.
  case arm(because: String)
  /// Takes the machine's clock for right, which was doubted.
  case clockAccept(because: String)
  /// What the daemon is at work with, and which channels are down.
  case standing
  case ping

  /// What is paused or resumed.
  package enum Scope: Hashable, Sendable, Codable {
    case all
    case rule(String)
    case channel(String)
  }

  /// What came of a hand-over that got no answer.
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
    case .outboxSettle: "outbox settle"
    case .resend: "resend"
    case .sourceAccept: "source accept"
    case .sourceIgnore: "source ignore"
    case .inboxRead: "inbox read"
    case .suppressionAdd: "suppression add"
    case .suppressionLift: "suppression lift"
    case .reload: "reload"
    case .sendTest: "send-test"
    case .arm: "arm"
    case .clockAccept: "clock accept"
    case .standing: "standing"
    case .ping: "ping"
    }
  }
}
