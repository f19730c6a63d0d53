package import KindlyCore

/// Formats times for people here: by the configured zone's clock, `2026-02-10 09:30`.
///
/// The output names the zone once: in a heading, or beside its only time, as in `2026-02-10 09:30 (Asia/Shanghai)`.
package struct TimeText {
  package let zone: Zone
  package let now: Instant

  package init(zone: Zone, now: Instant) {
    self.zone = zone
    self.now = now
  }

  package func callAsFunction(_ instant: Instant) -> String {
    let wall = zone.wallClock(at: instant)
    return "\(wall.date) \(wall.timeText.prefix(5))"
  }

  package func callAsFunction(_ instant: Instant?) -> String { instant.map { self($0) } ?? "" }

  /// The time with its zone's name, for a sentence that stands alone.
  package func named(_ instant: Instant) -> String { zone.text(of: instant) }

  package var zoneName: String { zone.identifier }

  /// The heading of a column of times.
  package func heading(_ name: String) -> String { "\(name) (\(zoneName))" }

  /// How long ago an instant was, or how far it is: `3 min`, `2 h`, `5 days`.
  package func distance(to instant: Instant) -> String {
    let seconds = abs((instant - now).wholeMilliseconds) / 1000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) days"  // everything longer
    }
  }
}
