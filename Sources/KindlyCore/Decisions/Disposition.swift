/// What becomes of a reminder after a hand-over; the one place where outcomes turn into states.
package enum Disposition: Hashable, Sendable {
  case sent
  case wait(Reason, until: Instant, routePosition: Int)
  case uncertain(again: Instant?)
  case end(Reason)
  /// Given back as if it had not been taken up.
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
    package let policy: RetryPolicy
    /// Whether a refusal for good is believed.
    package let doubt: RefusalDoubt.Verdict

    package init(
      outcome: Outcome, traits: ChannelTraits, reminder: ClaimedReminder, routePosition: Int,
      routeLength: Int, now: Instant, policy: RetryPolicy, doubt: RefusalDoubt.Verdict = .proven
    ) {
      self.outcome = outcome
      self.traits = traits
      self.reminder = reminder
      self.routePosition = routePosition
      self.routeLength = routeLength
      self.now = now
      self.policy = policy
      self.doubt = doubt
    }
  }

  /// How long after an unanswered mail the one repeat is sent; long enough for a server to come back.
  package static let uncertainPause = Duration.minutes(5)
  /// How soon a channel is asked again that a person must mend; a reload asks at once.
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
  /// An instant, or the end of the reminder's use where that comes first: then the gate ends it.
  fileprivate func bounded(_ instant: Instant) -> Instant { min(instant, reminder.useUntil) }

  fileprivate func retry(_ refusal: Refusal) -> Disposition {
    if reminder.attempts + 1 >= policy.mostAttempts { return nextChannel(orEnd: .rejected) }
    let wait = policy.wait(
      afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
    let pause = max(wait, refusal.retryAfter ?? .zero)
    let next = now + pause
    // What would come too late on this channel may still be in time on the next one.
    if next >= reminder.useUntil { return nextChannel(orEnd: .uselessByNow) }
    return .wait(
      refusal.isChannelWide ? .channelDown : .retry, until: next,
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
    return .wait(.retry, until: now, routePosition: routePosition + 1)
  }

  fileprivate func unanswered() -> Disposition {
    switch traits.afterUnknown {
    case .tryAgain:
      // Nobody tries it again, but the end of its use ends it: what is uncertain must not stay so for ever.
      if reminder.attempts + 1 >= policy.mostAttempts {
        return .uncertain(again: reminder.useUntil)
      }
      let wait = policy.wait(
        afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
      return .uncertain(again: bounded(now + wait))
    case .resendOnce:
      let again = reminder.uncertainties == 0 ? now + Disposition.uncertainPause : reminder.useUntil
      return .uncertain(again: bounded(again))
    case .waitForPerson:
      return .uncertain(again: reminder.useUntil)
    }
  }
}
