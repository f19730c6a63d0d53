/// When the reminders of one recipient are sent together, as one message: `digest: daily at 08:45`.
///
/// All times are local times of the recipient.
package enum Digest: Hashable, Sendable {
  /// Every hour on the hour.
  case hourly
  case daily(at: TimeOfDay)
  case weekly(on: Weekday, at: TimeOfDay)

  /// The time of day at which it is sent; nil if it is sent at several.
  package var time: TimeOfDay? {
    switch self {
    case .hourly: nil
    case .daily(let time), .weekly(_, let time): time
    }
  }

  /// The longest time between a reminder's moment and its digest.
  package var interval: Duration {
    switch self {
    case .hourly: .hours(1)
    case .daily: .days(1)
    case .weekly: .days(7)
    }
  }

  /// The first time of the digest that is not before an instant.
  package func first(notBefore instant: Instant, in zone: Zone) -> Instant {
    switch self {
    case .hourly: return Digest.fullHour(before: instant + .hours(1) - Digest.tick, in: zone)
    case .daily, .weekly:
      let date = zone.date(at: instant)
      // One day more than the period, because today's time may have passed.
      return times(on: (0...7).map { date.adding(days: $0) }, in: zone).first { $0 >= instant }
        ?? instant
    }
  }

  /// The first time of the digest after an instant.
  package func first(after instant: Instant, in zone: Zone) -> Instant {
    first(notBefore: instant + Digest.tick, in: zone)
  }

  /// The digest time for a reminder that is due at an instant: the next digest after that instant or, if it has passed,
  /// the latest digest up to now.
  package func time(ofDue due: Instant, now: Instant, in zone: Zone) -> Instant {
    let next = first(notBefore: due, in: zone)
    return next > now ? next : last(notAfter: now, in: zone)
  }

  /// The last time of the digest that is not after an instant.
  private func last(notAfter instant: Instant, in zone: Zone) -> Instant {
    switch self {
    case .hourly: return Digest.fullHour(before: instant, in: zone)
    case .daily, .weekly:
      let date = zone.date(at: instant)
      return times(on: (0...7).map { date.adding(days: -$0) }, in: zone).first { $0 <= instant }
        ?? instant
    }
  }

  /// The digest times on these dates. A time that the clocks skip becomes the end of the gap; of a time that occurs
  /// twice, the first counts.
  private func times(on dates: [CivilDate], in zone: Zone) -> [Instant] {
    switch self {
    case .hourly: []
    case .daily(let time): dates.map { zone.instant(of: WallClock(date: $0, at: time)) }
    case .weekly(let weekday, let time):
      dates.filter { $0.dayOfWeek == weekday }
        .map { zone.instant(of: WallClock(date: $0, at: time)) }
    }
  }

  /// The full hour of the zone's clocks at or before an instant.
  private static func fullHour(before instant: Instant, in zone: Zone) -> Instant {
    let local = instant.milliseconds + Int64(zone.offset(at: instant)) * 1000
    let hour: Int64 = 3_600_000
    let past = ((local % hour) + hour) % hour
    return Instant(milliseconds: instant.milliseconds - past)
  }

  /// The resolution of an instant.
  private static let tick = Duration.milliseconds(1)
}

extension Digest {
  /// Reads `hourly`, `daily at 08:45` and `weekly on Monday at 09:00`; nil for anything else.
  package init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    switch (words.first, words.count) {
    case ("hourly", 1): self = .hourly
    case ("daily", 3):
      guard words[1] == "at", let time = TimeOfDay(words[2]) else { return nil }
      self = .daily(at: time)
    case ("weekly", 5):
      guard words[1] == "on", let day = Weekday(words[2]), words[3] == "at",
        let time = TimeOfDay(words[4])
      else { return nil }
      self = .weekly(on: day, at: time)
    default: return nil
    }
  }
}

extension Digest: CustomStringConvertible {
  /// The digest as configuration writes it.
  package var description: String {
    switch self {
    case .hourly: "hourly"
    case .daily(let time): "daily at \(time)"
    case .weekly(let day, let time): "weekly on \(day) at \(time)"
    }
  }
}

extension Step {
  /// The digest that a reminder waits for; nil if the step has none, or if a person sends the reminder again.
  package func awaitedDigest(of cycle: Cycle) -> Digest? {
    if case .resend = cycle { nil } else { digest }
  }

  /// The digest time for a reminder that is due at an instant; nil if it waits for no digest.
  ///
  /// The follow-ups of one message are due together, and late already, so they are sent when they are due.
  package func digestTime(
    of leg: Int, _ cycle: Cycle, due: Instant, now: Instant, in zone: Zone
  ) -> Instant? {
    awaitedDigest(of: cycle).map { digest in
      FollowUp.isFollowUp(leg: leg) ? due : digest.time(ofDue: due, now: now, in: zone)
    }
  }
}
