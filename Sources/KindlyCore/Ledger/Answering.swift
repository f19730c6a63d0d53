/// The ledger as the reader of the mailbox sees it.
package protocol AnswerLedger: Sendable {
  /// How far the mailbox was read; nil before its first mail.
  func mailboxPosition() async throws -> MailboxPosition?

  /// The mails that were recorded and not marked yet.
  func unmarkedMails() async throws -> [UInt32]

  /// Records what mails came to, and how far the mailbox was read, in one transaction.
  ///
  /// A mail that was recorded before changes nothing. Mails of another mailbox that were to be marked are forgotten.
  /// Returns what became of each mail, in their order.
  func record(_ mails: [ReadMail], through position: MailboxPosition, marking: Bool, now: Instant)
    async throws -> [AnswerOutcome]

  /// Says that mails are marked in the mailbox.
  func noteMarked(_ mails: [UInt32]) async throws
}

/// How far a mailbox was read.
package struct MailboxPosition: Hashable, Sendable {
  /// Which mailbox it is in. Nil if the ledger does not say: then it is the mailbox that is configured.
  package let account: ExactText?
  /// The number of the folder's numbering, to which the UID belongs. Folders of different mailboxes may share it.
  package let validity: UInt32
  package let uid: UInt32

  package init(account: ExactText? = nil, validity: UInt32, uid: UInt32) {
    self.account = account
    self.validity = validity
    self.uid = uid
  }
}

/// A mail as it was read and judged.
package struct ReadMail: Hashable, Sendable {
  package let uid: UInt32
  /// Tells the mail from every other, whatever number it has in its folder.
  package let hash: [UInt8]
  /// The public ids of the reminders that it may be about, the most certain first.
  package let references: [String]
  package let content: AnswerContent
  /// The addresses that a bounce names; empty if it names none.
  package let recipients: [String]

  package init(
    uid: UInt32, hash: [UInt8], references: [String], content: AnswerContent,
    recipients: [String] = []
  ) {
    self.uid = uid
    self.hash = hash
    self.references = references
    self.content = content
    self.recipients = recipients
  }
}

/// What a mail says about one of our messages.
package enum AnswerContent: Hashable, Sendable {
  case bounce(BounceKind, status: String?, text: String)
  case reply(AnswerKind, text: String)
  /// An opt-out if the message was marketing, and an ordinary reply to any other message.
  case optOutIfMarketing(text: String)
  /// A program wrote it, and it says nothing.
  case nothing
}

/// How a customer answered; stored by number.
package enum AnswerKind: Int, Hashable, Sendable, CaseIterable {
  case reply = 1
  /// The whole text was a word that ends marketing.
  case optOut = 2
  /// The customer marked the message as unwanted, and the mailbox provider reported it.
  case complaint = 3

  package var word: String {
    switch self {
    case .reply: "reply"
    case .optOut: "opt-out"
    case .complaint: "complaint"
    }
  }
}

/// The word for a colleague's reply to a message that they got.
package let acknowledgementWord = "acknowledgement"

/// Which reminders replies end.
package struct Replied: Hashable, Sendable {
  /// Those that a customer's reply ends.
  package var byCustomers: Set<Int64> = []
  /// Those that a colleague's reply ends if they go to colleagues.
  package var byColleagues: Set<Int64> = []

  package init() {}
}

/// What became of a mail.
package enum AnswerOutcome: Hashable, Sendable {
  /// It is about none of our messages.
  case unknown
  /// It was recorded before, or says nothing.
  case nothing
  /// It was recorded with a reminder.
  case recorded(Recorded)

  package struct Recorded: Hashable, Sendable {
    package let reminder: Int64
    package let rule: String
    package let customer: RowKey?
    /// What is not sent to the address any more.
    package let suppressed: SuppressionScope?
    /// How many open reminders it ended.
    package let ended: Int
    /// Whether a colleague wrote it.
    package let isByColleague: Bool

    package init(
      reminder: Int64, rule: String, customer: RowKey?, suppressed: SuppressionScope?, ended: Int,
      isByColleague: Bool = false
    ) {
      self.reminder = reminder
      self.rule = rule
      self.customer = customer
      self.suppressed = suppressed
      self.ended = ended
      self.isByColleague = isByColleague
    }
  }
}

/// A bounce or a reply as it is kept with its reminder.
package struct AnswerEntry: Hashable, Sendable {
  package let at: Instant
  package let content: Content

  package enum Content: Hashable, Sendable {
    case bounce(BounceKind, status: String?, text: String)
    /// The text is nil once it is older than texts are kept.
    case reply(AnswerKind, text: String?)
    /// What a colleague replied to a message that they got.
    case acknowledgement(text: String?)
  }

  package init(at: Instant, content: Content) {
    self.at = at
    self.content = content
  }
}
