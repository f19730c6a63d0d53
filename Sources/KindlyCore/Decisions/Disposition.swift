/// The next state of a reminder after a hand-over. Outcomes are turned into states only here.
package enum Disposition: Hashable, Sendable {
  case sent
  case wait(Reason, until: Instant, routePosition: Int)
  case uncertain(again: Instant?)
  case end(Reason)
  /// Put back as if it had never been claimed.
  case release

  /// Everything the decision depends on.
  package struct Question: Sendable {
    package let outcome: Outcome
    package let traits: ChannelTraits
    package let reminder: ClaimedReminder
    /// The channel's place in the route that was tried, and how many channels the route has now.
    package let routePosition: Int
    package let routeLength: Int
    package let now: Instant
    /// When the hand-over began.
    package let began: Instant
    package let policy: RetryPolicy
    /// Whether a refusal for good is believed.
    package let doubt: RefusalDoubt.Verdict

    package init(
      outcome: Outcome, traits: ChannelTraits, reminder: ClaimedReminder, routePosition: Int,
      routeLength: Int, now: Instant, began: Instant, policy: RetryPolicy,
      doubt: RefusalDoubt.Verdict = .proven
    ) {
      self.outcome = outcome
      self.traits = traits
      self.reminder = reminder
      self.routePosition = routePosition
      self.routeLength = routeLength
      self.now = now
      self.began = began
      self.policy = policy
      self.doubt = doubt
    }
  }

  /// How long after an unanswered mail the one repeat is sent; long enough for a server to come back.
  package static let uncertainPause = Duration.minutes(5)
  /// How soon a misconfigured channel is tried again. A reload tries it at once.
  package static let misconfiguredPause = Duration.minutes(10)

  package static func decide(_ question: Question) -> Disposition {
    switch question.outcome {
    case .sent: .sent
    case .retry(let refusal): question.retry(refusal)
    case .rejected: question.refused()
    case .misconfigured:
      .wait(
        .channelMisconfigured, until: question.bounded(question.now + misconfiguredPause),
        routePosition: question.routePosition)
    case .unknown: question.unanswered()
    case .withdrawn: .release
    }
  }
}

extension Disposition.Question {
  /// The instant, or the end of the reminder's usefulness if that comes first; the gate then ends the reminder.
  fileprivate func bounded(_ instant: Instant) -> Instant { min(instant, reminder.useUntil) }

  fileprivate func retry(_ refusal: Refusal) -> Disposition {
    if reminder.attempts + 1 >= policy.mostAttempts { return nextChannel(orEnd: .rejected) }
    let wait = policy.wait(
      afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
    let pause = max(wait, refusal.retryAfter ?? .zero)
    let next = now + pause
    // A retry would be too late on this channel, but the next channel may still be in time.
    if next >= reminder.useUntil {
      // The channel may be up again earlier than it says, and a person may change it.
      let isLast = routePosition + 1 >= routeLength || reminder.uncertainties > 0
      guard refusal.isChannelWide, isLast else { return nextChannel(orEnd: .uselessByNow) }
    }
    return .wait(
      refusal.isChannelWide ? .channelDown : .retry, until: bounded(next),
      routePosition: routePosition)
  }

  /// A refusal for good: doubted it is asked for again, while there is time; believed it ends the channel's turn.
  fileprivate func refused() -> Disposition {
    switch doubt {
    case .believed, .proven: return nextChannel(orEnd: .rejected)
    case .doubted:
      if reminder.attempts + 1 >= policy.mostAttempts { return nextChannel(orEnd: .rejected) }
      let wait = policy.wait(
        afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
      if now + wait >= reminder.useUntil { return nextChannel(orEnd: .rejected) }
      return .wait(.recipientRefused, until: now + wait, routePosition: routePosition)
    }
  }

  /// The route's next channel at once, or the end. `else` never follows an uncertain hand-over.
  fileprivate func nextChannel(orEnd reason: Reason) -> Disposition {
    guard routePosition + 1 < routeLength, reminder.uncertainties == 0 else {
      return .end(reason)
    }
    return .wait(.nextChannel, until: now, routePosition: routePosition + 1)
  }

  fileprivate func unanswered() -> Disposition {
    switch traits.afterUnknown {
    case .tryAgain:
      // Not retried any more, but it still needs an end: an uncertain reminder must not stay uncertain forever.
      if reminder.attempts + 1 >= policy.mostAttempts {
        return .uncertain(again: reminder.useUntil)
      }
      let wait = policy.wait(
        afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
      guard reminder.mayRepeat(at: now + wait, began: began, traits) else {
        return .uncertain(again: reminder.useUntil)
      }
      return .uncertain(again: bounded(now + wait))
    case .resendOnce:
      let again = reminder.uncertainties == 0 ? now + Disposition.uncertainPause : reminder.useUntil
      return .uncertain(again: bounded(again))
    case .waitForPerson:
      return .uncertain(again: reminder.useUntil)
    }
  }
}

extension ClaimedReminder {
  /// Whether a hand-over at an instant would still be recognised as a repeat of the first one.
  ///
  /// - Parameter began: when the hand-over in question began, which is the first where no other was before.
  package func mayRepeat(at instant: Instant, began: Instant, _ traits: ChannelTraits) -> Bool {
    guard let window = traits.repeatWindow else { return true }
    return instant < (firstAttempt ?? began) + window
  }
}
