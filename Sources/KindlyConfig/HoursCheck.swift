import KindlyCore

/// Finds rules that may send in no minute, or in few hours of the week, over some channel.
struct HoursCheck {
  let configuration: Configuration
  let spots: HourSpots
  /// Where `kindly.yaml` begins.
  let main: Place
  let findings: Findings

  /// Fewer hours than this a week are easily missed by what is of use for a few days.
  private static let fewHours = 10

  func check() {
    var told: Set<Told> = []
    for rule in configuration.rules {
      for step in rule.steps {
        for channel in configuration.channels(of: step) {
          check(step, of: rule, over: channel, &told)
        }
      }
    }
  }

  /// What is told once.
  private struct Told: Hashable {
    let hours: OpenHours
    let spot: Spot
  }

  private func check(
    _ step: Step, of rule: Rule, over channel: ChannelSettings, _ told: inout Set<Told>
  ) {
    let hours = configuration.hours(of: step, over: channel)
    guard hours.send != nil || hours.quiet != nil else { return }
    let spot =
      spots.first(of: [step.place, rule.place, channel.place, main])
      ?? Spot(step.place)
    guard told.insert(Told(hours: hours, spot: spot)).inserted else { return }
    let minutes = hours.week.count { $0 }
    let name = step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
    if minutes == 0 {
      findings.error(
        "expected the hours of rule \(name) over channel \(channel.name) to leave some time for sending, got none: "
          + "\(hours.words) leave no minute of the week; change one of them, or write `quiet hours: none` in the rule",
        at: spot)
    } else if minutes < HoursCheck.fewHours * 60 {
      findings.warn(
        "rule \(name): only \(HoursCheck.text(ofMinutes: minutes)) a week are left for sending over channel \(channel.name), by \(hours.words)",
        at: spot)
    }
  }

  /// `9 hours`, `7 h 30 min`.
  private static func text(ofMinutes minutes: Int) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60)
    if rest == 0 { return counted(hours, "hour") }
    return hours == 0 ? counted(rest, "minute") : "\(hours) h \(rest) min"
  }
}

extension OpenHours {
  /// `the send hours weekdays 09:00-18:00 and the quiet hours 21:00-08:30`.
  var words: String {
    [send.map { "the send hours \($0)" }, quiet.map { "the quiet hours \($0)" }]
      .compactMap(\.self).joined(separator: " and ")
  }

  /// Whether messages may leave at a time of day on some day of the week.
  func isOpen(at time: TimeOfDay) -> Bool {
    Weekday.allCases.indices.contains { isOpen(minuteOfWeek: $0 * 1440 + time.minutes) }
  }

  /// How many minutes after a time of day messages may leave, by the day of the week; nil where they never may.
  func waits(after time: TimeOfDay) -> [Int]? {
    let week = week
    let waits = stride(from: time.minutes, to: week.count, by: 1440).map { minute in
      (0..<week.count).first { week[(minute + $0) % week.count] }
    }
    let found = waits.compactMap(\.self)
    return found.count == waits.count ? found : nil
  }
}
