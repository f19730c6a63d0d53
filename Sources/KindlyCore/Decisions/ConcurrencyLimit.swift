/// How many hand-overs of a channel may be under way at once: grows with success, shrinks with failure.
///
/// Additive increase, multiplicative decrease, as TCP does (RFC 5681): one more after a round of successes, half as many
/// after a failure of the channel. It begins at the configured concurrency, because a healthy channel is the usual case,
/// and never exceeds it. When the channel's breaker opens, a single hand-over probes whether the channel works again.
package struct ConcurrencyLimit: Hashable, Sendable {
  package let most: Int
  package private(set) var current: Int
  /// Successes since the last change.
  private var successes = 0
  private var lastShrink: Instant?

  package init(most: Int) {
    self.most = max(most, 1)
    current = self.most
  }

  /// Adapts the limit to an outcome.
  ///
  /// - Parameters:
  ///   - began: when the hand-over began. What began before the limit last shrank failed for the same cause.
  ///   - opensBreaker: whether the channel's breaker opened because of the outcome.
  package mutating func note(
    _ outcome: Outcome, began: Instant, opensBreaker: Bool, now: Instant
  ) {
    switch outcome {
    case .sent: grow()
    case .retry(let refusal):
      if refusal.isChannelWide || opensBreaker { shrink(began, opensBreaker, now) }
    case .unknown: shrink(began, opensBreaker, now)
    // The other side answered at once, so fewer at a time would change nothing but for a breaker that opens.
    case .rejected, .misconfigured: if opensBreaker { shrink(began, opensBreaker, now) }
    case .withdrawn: break
    }
  }

  private mutating func grow() {
    guard current < most else { return }
    successes += 1
    guard successes >= current else { return }
    current += 1
    successes = 0
  }

  private mutating func shrink(_ began: Instant, _ opensBreaker: Bool, _ now: Instant) {
    successes = 0
    guard opensBreaker || lastShrink.map({ began > $0 }) ?? true else { return }
    current = opensBreaker ? 1 : max(current / 2, 1)
    lastShrink = now
  }
}
