/// Whether a reminder may leave now: the last question before it is rendered.
package enum GateDecision: Hashable, Sendable {
  case pass
  case wait(Reason, until: Instant)
  case end(Reason)
}

/// The conditions that can hold a reminder back even though its row and condition are right.
package struct Gate: Sendable {
  package let now: Instant
  package let quietHours: DailyWindow?
  /// The customer's zone.
  package let zone: Zone
  /// When the channel may be tried again after failing as a whole; nil while it is up.
  package let channelDownUntil: Instant?
  /// When the recipient's destination may be tried again after turning everyone away; nil while it is up.
  package let destinationDownUntil: Instant?
  /// When the pause ends: `distantFuture` if a person must resume it, nil if nothing is paused.
  package let pausedUntil: Instant?
  /// Whether changes of the rule's watch are held until a person accepts or ignores them.
  package let isHeld: Bool

  /// How soon a reminder is looked at again that only a person can set free; resuming awakens it at once.
  package static let heldPause = Duration.minutes(5)

  package init(
    now: Instant, quietHours: DailyWindow?, zone: Zone, channelDownUntil: Instant? = nil,
    destinationDownUntil: Instant? = nil, pausedUntil: Instant? = nil, isHeld: Bool = false
  ) {
    self.now = now
    self.quietHours = quietHours
    self.zone = zone
    self.channelDownUntil = channelDownUntil
    self.destinationDownUntil = destinationDownUntil
    self.pausedUntil = pausedUntil
    self.isHeld = isHeld
  }

  /// The decision for a reminder on a channel, the most lasting obstacle first.
  package func decide(
    useUntil: Instant, messageClass: MessageClass, traits: ChannelTraits, quietHoursHold: Bool?
  ) -> GateDecision {
    if isHeld { return .wait(.massChange, until: min(now + Gate.heldPause, useUntil)) }
    if let pausedUntil, pausedUntil > now {
      return .wait(.paused, until: min(pausedUntil, now + Gate.heldPause, useUntil))
    }
    if let end = quietEnd(messageClass, traits, quietHoursHold) {
      return .wait(.quietHours, until: min(end, useUntil))
    }
    if let end = channelDownUntil, end > now {
      return .wait(.channelDown, until: min(end, useUntil))
    }
    if let end = destinationDownUntil, end > now {
      return .wait(.destinationDown, until: min(end, useUntil))
    }
    return .pass
  }

  /// The end of the quiet hours that hold this reminder; nil if none do.
  ///
  /// Quiet hours hold everything that rings, and mail of class care and marketing. Service mail goes at once unless the
  /// rule says otherwise.
  private func quietEnd(
    _ messageClass: MessageClass, _ traits: ChannelTraits, _ ruleSays: Bool?
  ) -> Instant? {
    let applies = ruleSays ?? (traits.rings || messageClass != .service)
    guard applies, let quietHours else { return nil }
    return quietHours.end(at: now, in: zone)
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
    case .quietHours, .sendHours, .atMost, .fuse, .paused, .channelDown, .sourceUnreachable,
      .templateError, .channelMisconfigured, .massChange, .clock, .retry, .ruleError, .channelBusy,
      .rowInDoubt, .columnMissing, .dueLater, .nextChannel, .destinationDown, .unread,
      nil:
      .tooLate
    // A waiting reminder has none of these.
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .condition, .rowGone,
      .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson, .rejected, .unresolved, .uselessByNow:
      .tooLate
    }
  }
}
