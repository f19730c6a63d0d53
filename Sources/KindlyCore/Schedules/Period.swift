/// A number of calendar units: `7 days`, `1 month`.
package struct Period: Hashable, Sendable, CustomStringConvertible {
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case minute, hour, day, week, month, year
  }

  /// One or more.
  package let count: Int
  package let unit: Unit

  package init(_ count: Int, _ unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// Whether the unit counts elapsed time rather than days of a calendar.
  package var isElapsed: Bool { unit == .minute || unit == .hour }

  /// The length with months as 30 and years as 365 days; for bounds, never for moments.
  package var roughly: Duration {
    switch unit {
    case .minute: .minutes(count)
    case .hour: .hours(count)
    case .day: .days(count)
    case .week: .days(7 * count)
    case .month: .days(30 * count)
    case .year: .days(365 * count)
    }
  }

  /// No less than its length ever is, with months as 31 and years as 366 days; clocks that change may add hours.
  package var atMost: Duration {
    switch unit {
    case .minute, .hour, .day, .week: roughly
    case .month: .days(31 * count)
    case .year: .days(366 * count)
    }
  }

  /// The period by ISO 8601, as a cycle names it: `P2W`, `PT30M`.
  var code: String {
    switch unit {
    case .minute: "PT\(count)M"
    case .hour: "PT\(count)H"
    case .day: "P\(count)D"
    case .week: "P\(count)W"
    case .month: "P\(count)M"
    case .year: "P\(count)Y"
    }
  }

  /// `7 days`, `1 month`.
  package var description: String { "\(count) \(unit.rawValue)\(count == 1 ? "" : "s")" }
}

extension Period {
  /// The longest period that is accepted: a typing slip in a number must not plan for another geological age.
  package static let longest = Duration.days(366 * 100)

  /// Reads `7 days`, `1 month`, `90 minutes`.
  package static func parse(_ text: String) throws(WhenProblem) -> Period {
    var words = try WhenWords(text)
    let period = try words.period(expected: "a period such as 2 days")
    try words.end(expected: "nothing after \(period)")
    return period
  }
}
