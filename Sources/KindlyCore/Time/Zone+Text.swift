extension Zone {
  /// An instant as this zone's clocks show it, with the zone's name: `2026-02-10 09:30 (Asia/Shanghai)`.
  package func text(of instant: Instant) -> String {
    let wall = wallClock(at: instant)
    return "\(wall.date) \(wall.timeText.prefix(5)) (\(identifier))"
  }
}
