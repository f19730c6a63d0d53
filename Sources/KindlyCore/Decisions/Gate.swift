/// Whether a reminder may leave now: the last question before it is rendered.
package enum GateDecision: Hashable, Sendable {
  case pass
  case wait(Reason, until: Instant)
  /// Quiet hours or send hours hold it, and do not let it leave before an instant at which it is of no use any more.
  case never(Reason, before: Instant)
}

extension GateDecision {
  /// Why the reminder may not leave now; nil if it may.
  package var reason: Reason? {
    switch self {
    case .pass: nil
    case .wait(let reason, _), .never(let reason, _): reason
    }
  }
}

/// The conditions that can hold a reminder back even though its row and condition are right.
package struct Gate: Sendable {
  package let now: Instant
  package let hours: OpenHours
  /// The recipient's zone.
  package let zone: Zone
  /// When the channel may be tried again after failing as a whole; nil while it is up.
  package let channelDownUntil: Instant?
  /// When the recipient's destination may be tried again after turning everyone away; nil while it is up.
  package let destinationDownUntil: Instant?
  /// When the pause ends: `distantFuture` if a person must resume it, nil if nothing is paused.
  package let pausedUntil: Instant?
  /// Whether changes of the rule's watch are held until a person accepts or ignores them.
  package let isHeld: Bool
  /// Whether the rule's fuse holds the reminder.
  package let isFused: Bool

  /// How soon a reminder is looked at again that only a person can set free; resuming awakens it at once.
  package static let heldPause = Duration.minutes(5)

  package init(
    now: Instant, hours: OpenHours, zone: Zone, channelDownUntil: Instant? = nil,
    destinationDownUntil: Instant? = nil, pausedUntil: Instant? = nil, isHeld: Bool = false,
    isFused: Bool = false
  ) {
    self.now = now
    self.hours = hours
    self.zone = zone
    self.channelDownUntil = channelDownUntil
    self.destinationDownUntil = destinationDownUntil
    self.pausedUntil = pausedUntil
    self.isHeld = isHeld
    self.isFused = isFused
  }

  /// The decision for a reminder on a channel, the most lasting obstacle first.
  package func decide(useUntil: Instant) -> GateDecision {
    if isHeld { return .wait(.massChange, until: min(now + Gate.heldPause, useUntil)) }
    if isFused { return .wait(.fuse, until: useUntil) }
    if let pausedUntil, pausedUntil > now {
      return .wait(.paused, until: min(pausedUntil, now + Gate.heldPause, useUntil))
    }
    if let closure = hours.closure(at: now, in: zone) {
      return closure.until < useUntil
        ? .wait(closure.reason, until: closure.until)
        : .never(closure.reason, before: closure.until)
    }
    if let end = channelDownUntil, end > now {
      return .wait(.channelDown, until: min(end, useUntil))
    }
    if let end = destinationDownUntil, end > now {
      return .wait(.destinationDown, until: min(end, useUntil))
    }
    return .pass
  }

  /// The final reason for a reminder that is no longer useful, derived from what it was waiting for.
  package static func end(ofUseless reminder: ClaimedReminder) -> Reason {
    if reminder.uncertainties > 0 { return .unresolved }
    let wasTried = reminder.firstAttempt != nil
    return switch reminder.waitReason {
    case .addressInvalid: .invalidAddress
    case .recipientRefused: .rejected
    // That it was tried tells more than any other reason to wait.
    case _ where wasTried: .uselessByNow
    case .ruleAbsentWaiting: .ruleAbsent
    case .rowMissing: .rowGone
    case .addressMissing: .noAddress
    case .customerMissing: .noCustomer
    case .recipientMissing: .noRecipient
    case .quietHours, .sendHours, .atMost, .fuse, .paused, .channelDown, .sourceUnreachable,
      .templateError, .channelMisconfigured, .massChange, .clock, .retry, .ruleError, .channelBusy,
      .rowInDoubt, .columnMissing, .dueLater, .nextChannel, .destinationDown, .unread,
      .digest, nil:
      .tooLate
    // A waiting reminder has none of these.
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied,
      .condition,
      .rowGone,
      .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson, .rejected, .unresolved, .uselessByNow:
      .tooLate
    }
  }
}
