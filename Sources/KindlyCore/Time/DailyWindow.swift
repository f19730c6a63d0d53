/// A stretch of each day, such as quiet hours from 21:00 to 08:30; it may pass midnight.
package struct DailyWindow: Hashable, Sendable, CustomStringConvertible {
  package let from: TimeOfDay
  package let to: TimeOfDay

  /// A window, or nil where it would be empty.
  package init?(from: TimeOfDay, to: TimeOfDay) {
    guard from != to else { return nil }
    self.from = from
    self.to = to
  }

  /// Whether a time of day is inside; the end is not.
  package func contains(_ time: TimeOfDay) -> Bool {
    from < to ? from <= time && time < to : time >= from || time < to
  }

  package var description: String { "\(from)-\(to)" }
}
