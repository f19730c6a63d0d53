/// The result of one attempt. Channels classify, policy decides; nothing unknown counts as success.
package enum Outcome: Hashable, Sendable {
  /// The other side has taken it; `evidence` is its answer, `250 2.0.0 queued as 4F1`.
  case sent(evidence: String)
  /// Not taken, and trying again may help.
  case retry(Refusal)
  /// Not taken, and this address will never take it.
  case rejected(Refusal)
  /// The channel itself is misconfigured; all its reminders wait until a person fixes it.
  case misconfigured(Refusal)
  /// Handed over without an answer: it may or may not have arrived.
  case unknown(Refusal)
  /// Cancelled by Kindly itself before anything was handed over, because the channel is closing. It does not count as
  /// an attempt.
  case withdrawn(Refusal)

  /// How the attempt ended; nil where there was none.
  package var attempt: AttemptOutcome? {
    switch self {
    case .sent: .sent
    case .retry: .retry
    case .rejected: .rejected
    case .misconfigured: .misconfigured
    case .unknown: .unknown
    case .withdrawn: nil
    }
  }

  package var word: String { attempt?.word ?? "withdrawn" }

  /// The other side's answer, or a description of what happened instead.
  package var text: String {
    switch self {
    case .sent(let evidence): evidence
    case .retry(let refusal), .rejected(let refusal), .misconfigured(let refusal),
      .unknown(let refusal), .withdrawn(let refusal):
      refusal.text
    }
  }

  /// The same outcome with its text masked, because an answer may repeat parts of the letter.
  package func masked(by mask: Mask) -> Outcome {
    switch self {
    case .sent(let evidence): .sent(evidence: mask.line(evidence))
    case .retry(let refusal): .retry(refusal.masked(by: mask))
    case .rejected(let refusal): .rejected(refusal.masked(by: mask))
    case .misconfigured(let refusal): .misconfigured(refusal.masked(by: mask))
    case .unknown(let refusal): .unknown(refusal.masked(by: mask))
    case .withdrawn(let refusal): .withdrawn(refusal.masked(by: mask))
    }
  }
}

/// How an attempt ended, as the ledger keeps it; the raw value is the stored number.
package enum AttemptOutcome: Int, Hashable, Sendable, CaseIterable {
  case sent = 1
  case retry = 2
  case rejected = 3
  case misconfigured = 4
  case unknown = 5

  package var word: String {
    switch self {
    case .sent: "sent"
    case .retry: "retry"
    case .rejected: "rejected"
    case .misconfigured: "misconfigured"
    case .unknown: "unknown"
    }
  }
}

/// Why a message was not taken.
package struct Refusal: Hashable, Sendable {
  /// A text for the operator; contains neither the address nor any text of the message.
  package let text: String
  /// The soonest time at which the other side wants to be asked again.
  package let retryAfter: Duration?
  /// The whole channel is affected, not this address: its other reminders need not try now.
  package let isChannelWide: Bool
  /// The address does not exist and should not be tried again by anyone.
  package let suppressesAddress: Bool
  /// The other side has taken nothing, so asking again can repeat nothing.
  ///
  /// A refusal for good that can be repeated is doubted while it stands alone: see `RefusalDoubt`.
  package let isRepeatable: Bool

  package init(
    _ text: String, retryAfter: Duration? = nil, isChannelWide: Bool = false,
    suppressesAddress: Bool = false, isRepeatable: Bool = false
  ) {
    self.text = text
    self.retryAfter = retryAfter
    self.isChannelWide = isChannelWide
    self.suppressesAddress = suppressesAddress
    self.isRepeatable = isRepeatable
  }

  fileprivate func masked(by mask: Mask) -> Refusal {
    Refusal(
      mask.line(text), retryAfter: retryAfter, isChannelWide: isChannelWide,
      suppressesAddress: suppressesAddress, isRepeatable: isRepeatable)
  }
}

/// How a channel type behaves, as far as policy must know.
package struct ChannelTraits: Hashable, Sendable {
  /// It rings: quiet hours hold even service messages of care that would otherwise go.
  package let rings: Bool
  /// What becomes of a reminder whose hand-over got no answer.
  package let afterUnknown: AfterUnknown
  /// Which of the customer's addresses it needs.
  package let address: AddressKind
  /// Whether others than the recipient may read its messages, so that secrets are written as dots.
  package let hidesSecrets: Bool
  /// Whether it finds out that a message was read, so that `after 24 hours unread` may follow it.
  package let knowsReading: Bool
  /// How long after its first hand-over the other side recognises a repeat; nil for always. Only for `tryAgain`.
  package let repeatWindow: Duration?
  /// Whether hand-overs wait while everybody else's scheduled messages leave: see `RushMinute`.
  package let avoidsHalfHours: Bool
  /// Whether its messages carry files; over other channels a message goes without.
  package let carriesAttachments: Bool
  /// Whether only colleagues and teams get its messages.
  package let isForColleagues: Bool

  package enum AfterUnknown: Hashable, Sendable {
    /// The other side recognises the id: try again, as often as policy allows.
    case tryAgain
    /// Send once more with the same Message-ID, then wait for a person.
    case resendOnce
    /// Ask the other side whether it took the message, and send once more only if it did not: see `EarlierSend`.
    case ask
    /// It costs money or rings a phone: wait for a person.
    case waitForPerson

    /// How many unanswered hand-overs a reminder may have and still be resent, or asked about, automatically.
    package var repeats: Int {
      switch self {
      case .tryAgain, .ask: RetryPolicy.standard.mostAttempts
      case .resendOnce: 1
      case .waitForPerson: 0
      }
    }

    /// Whether a repeat must consist of the same bytes as the first hand-over, which are stored for this.
    ///
    /// A channel that recognises the id may refuse other bytes under it. A channel that can be asked finds a message by
    /// its bytes. A resent mail is rendered again; its Message-ID and date mark it as the same mail.
    package var repeatsStoredPayload: Bool {
      switch self {
      case .tryAgain, .ask: true
      case .resendOnce, .waitForPerson: false
      }
    }
  }

  package init(
    rings: Bool, afterUnknown: AfterUnknown, address: AddressKind, hidesSecrets: Bool = false,
    knowsReading: Bool = false, repeatWindow: Duration? = nil, avoidsHalfHours: Bool = false,
    carriesAttachments: Bool = false, isForColleagues: Bool = false
  ) {
    self.repeatWindow = repeatWindow
    self.hidesSecrets = hidesSecrets
    self.knowsReading = knowsReading
    self.avoidsHalfHours = avoidsHalfHours
    self.carriesAttachments = carriesAttachments
    self.isForColleagues = isForColleagues
    self.rings = rings
    self.afterUnknown = afterUnknown
    self.address = address
  }
}
