/// Writes times the one way in which Kindly writes them: for people by the clocks of the configured zone, with its
/// abbreviation, and for scripts as RFC 3339 with that zone's offset.
package struct TimeText: Sendable {
  /// The configured zone.
  package let zone: Zone
  package let now: Instant
  /// The zone of the customer whom an answer is about; nil where it is about no one customer.
  private let reader: Zone?

  package init(zone: Zone, now: Instant, reader: Zone? = nil) {
    self.zone = zone
    self.now = now
    self.reader = reader
  }

  /// The same for an answer about a customer.
  package func about(readerIn reader: Zone?) -> TimeText {
    TimeText(zone: zone, now: now, reader: reader)
  }

  /// For people: `2026-02-10 09:30 CST`.
  package func callAsFunction(_ instant: Instant) -> String { zone.text(of: instant) }

  package func callAsFunction(_ instant: Instant?) -> String { instant.map { self($0) } ?? "" }

  /// A time that follows the customer's clock, such as when a reminder is due: where that clock shows another time, it is
  /// added, `2026-02-10 09:30 CST (02:30 CET for the customer)`.
  package func due(_ instant: Instant) -> String {
    guard let reader, reader.offset(at: instant) != zone.offset(at: instant) else {
      return self(instant)
    }
    let isSameDay = reader.date(at: instant) == zone.date(at: instant)
    let there = isSameDay ? reader.timeOfDay(at: instant) : reader.text(of: instant)
    return "\(self(instant)) (\(there) for the customer)"
  }

  package func due(_ instant: Instant?) -> String { instant.map { due($0) } ?? "" }

  /// For scripts: `2026-02-10T09:30:00+08:00`.
  package func stamp(_ instant: Instant) -> String { zone.stamp(of: instant) }

  package func stamp(_ instant: Instant?) -> String? { instant.map { stamp($0) } }

  /// How long ago an instant was, or how far it is: `3 min`, `2 h`, `5 days`.
  package func distance(to instant: Instant) -> String { (instant - now).lengthText }
}

extension Duration {
  /// The length for people, whatever its sign, rounded down: `40 s`, `3 min`, `2 h`, `5 days`.
  package var lengthText: String {
    let seconds = abs(wholeMilliseconds) / 1000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) days"  // everything longer
    }
  }
}
