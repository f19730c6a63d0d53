/// A time over which the reminders of a step are spread evenly, so that not all of them leave in one minute.
package struct Spread: Hashable, Sendable {
  package let time: Duration

  /// Over more than a day, a letter would leave its day.
  package static let times = Duration.minutes(1)...Duration.hours(24)

  package init(_ time: Duration) {
    self.time = time
  }

  /// When a reminder is due instead.
  ///
  /// The delay follows from the row and the cycle alone, so planning the same occurrence again gives the same time, and
  /// a new name for the rule or step does too.
  package func due(
    _ due: Instant, of key: RowKey, _ cycle: Cycle, before end: Instant
  ) -> Instant {
    let most = min(time, end - due).wholeMilliseconds
    guard most > 0 else { return due }
    let delay = Spread.number(of: key, cycle).multipliedFullWidth(by: UInt64(most)).high
    return Instant(milliseconds: due.milliseconds + Int64(delay))
  }

  /// A number of all 64 bits that is as good as random; rows that differ in one digit are far apart.
  private static func number(of key: RowKey, _ cycle: Cycle) -> UInt64 {
    var hash = RowHash()
    hash.combine(.text(key.text))
    hash.combine(.text(cycle.text))
    // The finalizer of MurmurHash3 (Austin Appleby): the last bytes hardly reach the high bits of FNV-1a.
    var number = hash.value
    number = (number ^ (number >> 33)) &* 0xff51_afd7_ed55_8ccd
    number = (number ^ (number >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return number ^ (number >> 33)
  }
}

extension Step {
  /// A moment as the step serves it: spread, but within its day where the recipient lives, and within its use.
  package func spread(_ moment: Moment, of key: RowKey, in zone: Zone) -> Moment {
    Moment(
      cycle: moment.cycle,
      due: spread(moment.due, until: moment.useUntil, of: key, moment.cycle, in: zone),
      useUntil: moment.useUntil)
  }

  /// The time at which the step serves what is due at an instant, within the same bounds.
  package func spread(
    _ due: Instant, until end: Instant, of key: RowKey, _ cycle: Cycle, in zone: Zone
  ) -> Instant {
    guard let spread else { return due }
    let midnight = zone.instant(
      of: WallClock(date: zone.date(at: due).adding(days: 1), secondOfDay: 0))
    return spread.due(due, of: key, cycle, before: min(midnight, end))
  }
}

extension Step {
  /// A moment as the step serves it: spread, and of use for longer where the rule looked back at it.
  package func served(
    _ moment: Moment, of key: RowKey, by schedule: Schedule, late: Lateness, _ backfill: Backfill?,
    in zone: Zone
  ) -> Moment {
    let spread = spread(moment, of: key, in: zone)
    return backfill?.extended(spread, of: schedule, late: late, zone: zone) ?? spread
  }
}

extension Spread: CustomStringConvertible {
  /// The time as configuration writes it: `2h`, `90m`.
  package var description: String {
    let minutes = time.wholeMilliseconds / 60_000
    if minutes * 60_000 != time.wholeMilliseconds { return "\(time.wholeMilliseconds / 1000)s" }
    return minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)m"
  }
}
