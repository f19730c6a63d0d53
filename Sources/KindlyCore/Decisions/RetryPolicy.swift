/// When a reminder that a channel would not take is tried again.
///
/// Exponential backoff with jitter: 30 seconds doubled each time, at most an hour. The jitter is drawn from the
/// reminder's own id, so that the same reminder always waits the same time and a test needs no luck.
package struct RetryPolicy: Hashable, Sendable {
  package var first: Duration
  package var longest: Duration
  /// After so many attempts on all channels a reminder is given up.
  package var mostAttempts: Int

  /// 30 attempts with these waits span more than a day, longer than most reminders are of use.
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
    // Between 80 and 120 percent, so that what failed together does not come back together.
    let share = Int64(hash.value % 401) + 800
    return .milliseconds(full * share / 1000)
  }
}
