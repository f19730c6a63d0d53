/// Decides when to retry a reminder that a channel did not accept.
///
/// Exponential backoff with jitter: 30 seconds, doubled each time, at most an hour. The jitter is derived from the
/// reminder's own id, so the same reminder always waits the same time and tests are deterministic.
package struct RetryPolicy: Hashable, Sendable {
  package var first: Duration
  package var longest: Duration
  /// The reminder is given up after this many attempts over all channels.
  package var mostAttempts: Int

  /// 30 attempts with these waits span more than a day, longer than most reminders are useful.
  package static let standard = RetryPolicy(
    first: .seconds(30), longest: .hours(1), mostAttempts: 30)

  package init(first: Duration, longest: Duration, mostAttempts: Int) {
    self.first = first
    self.longest = longest
    self.mostAttempts = mostAttempts
  }

  /// The wait after the n-th attempt on a channel, n counted from one.
  package func wait(afterAttempt attempt: Int, of publicID: String) -> Duration {
    let doublings = min(max(attempt - 1, 0), 20)
    let full = min(
      first.wholeMilliseconds << Int64(doublings), longest.wholeMilliseconds)
    var hash = RowHash()
    hash.combine(.text(publicID))
    hash.combine(.integer(Int64(attempt)))
    // Between 80 and 120 percent, so that reminders that failed together are not all retried together.
    let share = Int64(hash.value % 401) + 800
    return .milliseconds(full * share / 1000)
  }
}
