/// What one handing-over came to. Channels classify, policy decides; nothing unknown counts as success.
package enum Outcome: Hashable, Sendable {
  /// The other side has taken it; `evidence` is its answer, `250 2.0.0 queued as 4F1`.
  case sent(evidence: String)
  /// Not taken, and trying again may help.
  case retry(Refusal)
  /// Not taken, and this address will never take it.
  case rejected(Refusal)
  /// The channel itself is set up wrongly; every reminder of it waits until a person mends it.
  case misconfigured(Refusal)
  /// Handed over without an answer: it may or may not have arrived.
  case unknown(Refusal)
  /// Broken off by Kindly itself before anything was handed over, because the channel closes; it does not count as tried.
  case withdrawn(Refusal)

  package var word: String {
    switch self {
    case .sent: "sent"
    case .retry: "retry"
    case .rejected: "rejected"
    case .misconfigured: "misconfigured"
    case .unknown: "unknown"
    case .withdrawn: "withdrawn"
    }
  }

  /// What the other side said, or what happened instead.
  package var text: String {
    switch self {
    case .sent(let evidence): evidence
    case .retry(let refusal), .rejected(let refusal), .misconfigured(let refusal),
      .unknown(let refusal), .withdrawn(let refusal):
      refusal.text
    }
  }

  /// The same outcome with its text masked: what another side said may repeat the letter.
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

/// Why a message was not taken.
package struct Refusal: Hashable, Sendable {
  /// For the operator; holds no address and no text of the message.
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
  /// What it takes is kept in Kindly's own ledger, so that a secret may not be in it.
  package let isKeptHere: Bool

  package enum AfterUnknown: Hashable, Sendable {
    /// The other side recognises the id: try again, as often as policy allows.
    case tryAgain
    /// Send once more with the same Message-ID, then wait for a person.
    case resendOnce
    /// It costs money or rings a phone: wait for a person.
    case waitForPerson

    /// So many unanswered hand-overs a reminder may have behind it and still be handed over again by itself.
    package var repeats: Int {
      switch self {
      case .tryAgain: RetryPolicy.standard.mostAttempts
      case .resendOnce: 1
      case .waitForPerson: 0
      }
    }

    /// Whether a repeat must be the very bytes that were handed over first, which are stored for it.
    ///
    /// A side that recognises the id may refuse other bytes under it. Mail's one repeat is written anew: its Message-ID
    /// and date are what make it the same mail.
    package var repeatsStoredPayload: Bool {
      switch self {
      case .tryAgain: true
      case .resendOnce, .waitForPerson: false
      }
    }
  }

  package enum AddressKind: String, Hashable, Sendable {
    case email, phone
    /// The customer's own key; never missing.
    case key
  }

  package init(
    rings: Bool, afterUnknown: AfterUnknown, address: AddressKind, isKeptHere: Bool = false
  ) {
    self.isKeptHere = isKeptHere
    self.rings = rings
    self.afterUnknown = afterUnknown
    self.address = address
  }
}
