package import KindlyCore

/// How many reminders of a forecast leave on each day and over each channel, and why others do not.
package struct ForecastCount: Sendable {
  private let zone: Zone
  /// By the company's date.
  package private(set) var days: [CivilDate: [ExactText: Int]] = [:]
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
      days[zone.date(at: time), default: [:]][channel, default: 0] += 1
      steps[name, default: [:]][channel, default: 0] += 1
      leaving += 1
    case .stays(let reason):
      staying[name, default: [:]][reason, default: 0] += 1
    }
  }

  /// The names of all channels that something leaves over, in order.
  package var channels: [ExactText] { Set(days.values.flatMap(\.keys)).sorted() }
}
