/// The minute around each full and half hour, when the scheduled messages of everybody leave.
///
/// WeCom and Feishu refuse or delay messages then, and advise to send at other times.
package enum RushMinute {
  /// Clocks differ by seconds, so it begins a little early.
  private static let before = Duration.seconds(15)
  private static let after = Duration.seconds(60)

  /// The end of the rush at an instant; nil at every other time.
  package static func end(at now: Instant) -> Instant? {
    let half = Duration.minutes(30).wholeMilliseconds
    let place = ((now.milliseconds % half) + half) % half
    if place < after.wholeMilliseconds {
      return Instant(milliseconds: now.milliseconds - place) + after
    }
    guard place >= half - before.wholeMilliseconds else { return nil }
    return Instant(milliseconds: now.milliseconds - place + half) + after
  }
}
