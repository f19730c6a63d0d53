import KindlyCore

/// How many hand-overs a channel may begin in a stretch of time: `20/s`, `100/min`, `1000/h`.
package struct Rate: Hashable, Sendable, CustomStringConvertible {
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case second = "s"
    case minute = "min"
    case hour = "h"
    case day = "d"

    package var duration: Duration {
      switch self {
      case .second: .seconds(1)
      case .minute: .minutes(1)
      case .hour: .hours(1)
      case .day: .days(1)
      }
    }
  }

  /// One or more.
  package let count: Int
  package let unit: Unit

  /// The average time between two hand-overs.
  package var interval: Duration { unit.duration / count }

  /// More than any channel does; a larger number is a slip.
  private static let most = 1_000_000

  package init?(count: Int, per unit: Unit) {
    guard (1...Rate.most).contains(count) else { return nil }
    self.count = count
    self.unit = unit
  }

  /// A rate from `20/s`, `100/min`, `1000/h` or `5000/d`; blanks around the slash are allowed.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
      $0.trimmed
    }
    guard parts.count == 2, parts[0].allSatisfy(\.isASCIIDigit), let count = Int(parts[0]),
      let unit = Unit(rawValue: parts[1])
    else { return nil }
    self.init(count: count, per: unit)
  }

  package var description: String { "\(count)/\(unit.rawValue)" }
}
