extension Zone {
  /// An instant as this zone's clocks show it, with the zone's abbreviation: `2026-02-10 09:30 CST`.
  package func text(of instant: Instant, withSeconds: Bool = false) -> String {
    "\(date(at: instant)) \(timeOfDay(at: instant, withSeconds: withSeconds))"
  }

  /// The time of day alone: `09:30 CST`.
  package func timeOfDay(at instant: Instant, withSeconds: Bool = false) -> String {
    let time = wallClock(at: instant).timeText
    return "\(withSeconds ? time : String(time.prefix(5))) \(abbreviation(at: instant))"
  }

  /// An instant as scripts read it, RFC 3339 with this zone's offset: `2026-02-10T09:30:00+08:00`.
  ///
  /// It has milliseconds only where there are some.
  package func stamp(of instant: Instant) -> String {
    let wall = wallClock(at: instant)
    let fraction = Int(instant.milliseconds - instant.seconds * 1000)
    let milliseconds = fraction == 0 ? "" : "." + padded(fraction, to: 3)
    return "\(wall.date)T\(wall.timeText)\(milliseconds)\(offsetText(at: instant))"
  }

  /// The zone's abbreviation at an instant, such as `CST` or `CEST`; its offset where tzdata has no letters for it.
  package func abbreviation(at instant: Instant) -> String {
    abbreviations[offset(at: instant)] ?? offsetText(at: instant)
  }

  /// `+08:00`.
  private func offsetText(at instant: Instant) -> String {
    // Before 1900 offsets had seconds, which RFC 3339 cannot write.
    let minutes = offset(at: instant) / 60
    let hours = padded(abs(minutes) / 60, to: 2)
    return "\(minutes < 0 ? "-" : "+")\(hours):\(padded(abs(minutes) % 60, to: 2))"
  }
}
