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
    /// How long the message is of use; of a digest, its longest useful reminder decides.
    package let useUntil: Instant
    /// The place in the route of the channel that was tried.
    package let routePosition: Int
    /// The position of the recipient's next channel; nil if the channel that was tried is the last one.
    package let nextPosition: Int?
    package let now: Instant
    /// When the hand-over began.
    package let began: Instant
    package let policy: RetryPolicy
    /// Whether a refusal for good is believed.
    package let doubt: RefusalDoubt.Verdict

    package init(
      outcome: Outcome, traits: ChannelTraits, reminder: ClaimedReminder,
      useUntil: Instant? = nil, routePosition: Int,
      nextPosition: Int?, now: Instant, began: Instant, policy: RetryPolicy,
      doubt: RefusalDoubt.Verdict = .proven
    ) {
      self.outcome = outcome
      self.traits = traits
      self.reminder = reminder
      self.useUntil = useUntil ?? reminder.useUntil
      self.routePosition = routePosition
      self.nextPosition = nextPosition
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
    case .misconfigured: question.misconfigured()
    case .unknown: question.unanswered()
    case .withdrawn: .release
    }
  }
}

extension Disposition.Question {
  /// The instant, or the end of the reminder's usefulness if that comes first; the gate then ends the reminder.
  fileprivate func bounded(_ instant: Instant) -> Instant { min(instant, useUntil) }

  /// The position of the channel that may still take the reminder after this one. `else` never follows an uncertain
  /// hand-over.
  private var successor: Int? { reminder.uncertainties == 0 ? nextPosition : nil }

  /// Whether a wait until an instant would leave the next channel no time, or the reminder no use.
  private func isTurnOver(at instant: Instant) -> Bool {
    successor == nil
      ? instant >= useUntil
      : RouteTurn(due: reminder.due, useUntil: useUntil).isOver(at: instant)
  }

  fileprivate func misconfigured() -> Disposition {
    let next = now + Disposition.misconfiguredPause
    if successor != nil, isTurnOver(at: next) { return nextChannel(orEnd: .uselessByNow) }
    return .wait(
      .channelMisconfigured, until: bounded(next), routePosition: routePosition)
  }

  fileprivate func retry(_ refusal: Refusal) -> Disposition {
    if reminder.attempts + 1 >= policy.mostAttempts { return nextChannel(orEnd: .rejected) }
    let wait = policy.wait(
      afterAttempt: reminder.attemptsOnChannel + 1, of: reminder.publicID)
    let pause = max(wait, refusal.retryAfter ?? .zero)
    let next = now + pause
    // A retry would be too late on this channel, but the next channel may still be in time.
    if isTurnOver(at: next) {
      // The channel may be up again earlier than it says, and a person may change it.
      guard refusal.isChannelWide, successor == nil else {
        return nextChannel(orEnd: .uselessByNow)
      }
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
      if isTurnOver(at: now + wait) { return nextChannel(orEnd: .rejected) }
      return .wait(.recipientRefused, until: now + wait, routePosition: routePosition)
    }
  }

  /// The route's next channel at once, or the end.
  fileprivate func nextChannel(orEnd reason: Reason) -> Disposition {
    successor.map { .wait(.nextChannel, until: now, routePosition: $0) }
      ?? .end(mayHaveArrived ? .unresolved : reason)
  }

  /// Whether an earlier hand-over may have arrived, whatever the answer to this one says.
  ///
  /// A channel that can be asked was asked before this one, and had not taken the earlier one.
  private var mayHaveArrived: Bool {
    reminder.uncertainties > 0 && traits.afterUnknown != .ask
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
    case .ask: return .uncertain(again: bounded(now + EarlierSend.firstPause))
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
