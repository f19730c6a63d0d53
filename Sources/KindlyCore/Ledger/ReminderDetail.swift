/// Everything that the ledger keeps about one reminder.
package struct ReminderDetail: Hashable, Sendable {
  package var summary: ReminderSummary
  package var messageID: String
  package var trigger: Trigger
  package var messageClass: MessageClass
  package var change: Int64?
  package var depth: Int
  /// The reminder that led to its row, if the row belongs to Kindly's own ledger.
  package var cause: Int64?
  package var created: Instant
  package var reasonSince: Instant?
  package var routePosition: Int
  package var uncertainties: Int
  package var revivals: Int
  package var configuration: Int64
  package var place: Place
  package var templateHash: String?
  /// The values behind the decision, as one JSON object.
  package var evidence: String?
  /// The channels of its route that it passed over without an attempt.
  package var passedOver: [PassedOver]
  /// The reminder that replaced it when its date moved, and those that it replaced.
  package var successor: Int64?
  package var predecessors: [Int64]
  /// The date in the earlier message to the customer, if this reminder is a correction.
  package var was: AnnouncedDate?
  /// The reminder that this one resends, and those that resend this one.
  package var resendOf: Int64?
  package var resends: [Int64]
  /// The reminder whose message carried this one, and the number of others that its own message carried: see `Digest`.
  package var lead: Int64?
  package var others: Int
  package var attempts: [AttemptEntry]
  package var actions: [ActionRecord]
  /// The bounces and the customer's replies.
  package var answers: [AnswerEntry]

  package init(
    summary: ReminderSummary, messageID: String, trigger: Trigger, messageClass: MessageClass,
    change: Int64?, depth: Int, created: Instant, reasonSince: Instant?, routePosition: Int,
    uncertainties: Int, revivals: Int, configuration: Int64, place: Place, templateHash: String?,
    evidence: String?, passedOver: [PassedOver] = [], successor: Int64?, predecessors: [Int64],
    was: AnnouncedDate? = nil, resendOf: Int64?, resends: [Int64], lead: Int64? = nil,
    others: Int = 0, attempts: [AttemptEntry], actions: [ActionRecord], answers: [AnswerEntry] = []
  ) {
    self.lead = lead
    self.others = others
    self.answers = answers
    self.summary = summary
    self.messageID = messageID
    self.trigger = trigger
    self.messageClass = messageClass
    self.change = change
    self.depth = depth
    self.created = created
    self.reasonSince = reasonSince
    self.routePosition = routePosition
    self.uncertainties = uncertainties
    self.revivals = revivals
    self.configuration = configuration
    self.place = place
    self.templateHash = templateHash
    self.evidence = evidence
    self.passedOver = passedOver
    self.successor = successor
    self.predecessors = predecessors
    self.was = was
    self.resendOf = resendOf
    self.resends = resends
    self.attempts = attempts
    self.actions = actions
  }
}

/// One recorded attempt.
package struct AttemptEntry: Hashable, Sendable {
  package let channel: String
  package let began: Instant
  package let ended: Instant
  package let outcome: AttemptOutcome
  package let text: String
  /// The recipient in words, such as `colleague anna`; nil if it is the customer.
  package let recipient: String?

  package init(
    channel: String, began: Instant, ended: Instant, outcome: AttemptOutcome, text: String,
    recipient: String? = nil
  ) {
    self.channel = channel
    self.began = began
    self.ended = ended
    self.outcome = outcome
    self.text = text
    self.recipient = recipient
  }
}
