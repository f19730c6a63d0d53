package import KindlyCore

/// How many reminders of a forecast leave on each day and over each channel, and why others do not.
package struct ForecastCount: Sendable {
  /// The text messages over a channel with a price.
  package struct Bill: Hashable, Sendable {
    package private(set) var messages = 0
    package private(set) var segments = 0
    /// How many of the messages have no known size; their segments are not counted.
    package private(set) var unknown = 0
    /// Whether some of the segments are estimates.
    package private(set) var isEstimated = false

    package init() {}

    fileprivate mutating func add(_ size: MessageSize) {
      messages += 1
      switch size {
      case .written(let count): segments += count
      case .estimated(let count):
        segments += count
        isEstimated = true
      case .unknown: unknown += 1
      }
    }

    package static func += (left: inout Bill, right: Bill) {
      left.messages += right.messages
      left.segments += right.segments
      left.unknown += right.unknown
      left.isEstimated = left.isEstimated || right.isEstimated
    }
  }

  private let zone: Zone
  /// By the company's date.
  package private(set) var days: [CivilDate: [ExactText: Int]] = [:]
  /// By the company's date.
  package private(set) var bills: [CivilDate: [ExactText: Bill]] = [:]
  package private(set) var steps: [StepName: [ExactText: Int]] = [:]
  package private(set) var staying: [StepName: [Reason: Int]] = [:]
  /// How many leave.
  package private(set) var leaving = 0

  package init(zone: Zone) {
    self.zone = zone
  }

  package mutating func add(_ entry: ForecastEntry) {
    let name = StepName(rule: entry.rule, step: entry.step)
    switch entry.fate {
    case .leaves(let time, let channel):
      let channel = ExactText(channel)
      let date = zone.date(at: time)
      days[date, default: [:]][channel, default: 0] += 1
      if let size = entry.size { bills[date, default: [:]][channel, default: Bill()].add(size) }
      steps[name, default: [:]][channel, default: 0] += 1
      leaving += 1
    case .stays(let reason):
      staying[name, default: [:]][reason, default: 0] += 1
    }
  }

  /// The names of all channels that something leaves over, in order.
  package var channels: [ExactText] { Set(days.values.flatMap(\.keys)).sorted() }
}
