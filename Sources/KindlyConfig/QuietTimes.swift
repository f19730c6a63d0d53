package import KindlyCore

/// Finds rules whose time of day is inside quiet hours.
///
/// Quiet hours override a rule's own `at`, because customers were promised them. If the time is intended, the step must
/// say `quiet hours: no`. The deviation from the rule is reported before it happens.
struct QuietTimes {
  let configuration: Configuration
  let findings: Findings

  func check() {
    for rule in configuration.rules {
      for step in rule.steps {
        guard let schedule = step.when.schedule, let at = schedule.at else { continue }
        check(at, of: step, schedule, in: rule)
      }
    }
  }

  private func check(_ at: TimeOfDay, of step: Step, _ schedule: Schedule, in rule: Rule) {
    var told: Set<DailyWindow> = []
    for channel in configuration.channels(of: step) {
      guard let window = configuration.quietHours(of: channel, for: step), window.contains(at),
        told.insert(window).inserted
      else { continue }
      let name = step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
      let outcome =
        isAlwaysSkipped(at, until: window.to, step)
        ? "so its letters are never sent: they wait until \(window.to), but `late` makes them expire before that"
        : "so its letters wait until \(window.to), and those that expire before that are skipped"
      findings.warn(
        "rule \(name): `at \(at)` is inside the quiet hours \(window) of channel \(channel.name), \(outcome); "
          + "write `at \(window.to)` or a later time, or `quiet hours: no` in the rule to send it at \(at) all the same",
        at: Spot(file: step.place.file, line: step.place.line, column: 1))
    }
  }

  private func isAlwaysSkipped(_ at: TimeOfDay, until end: TimeOfDay, _ step: Step) -> Bool {
    guard case .after(let period) = step.late else { return false }
    let minutesOfDay = 24 * 60
    let wait = (end.minutes - at.minutes + minutesOfDay) % minutesOfDay
    return period.roughly <= .minutes(wait)
  }

  /// A default time inside the quiet hours would hold every rule without an hour of its own.
  static func check(
    _ time: TimeOfDay, against window: DailyWindow?, at spot: Spot?, _ findings: Findings
  ) {
    guard let window, let spot, window.contains(time) else { return }
    findings.warn(
      "`default time` \(time) is inside the quiet hours \(window), so letters that they hold wait until \(window.to); "
        + "write a default time outside them", at: spot)
  }
}

extension Configuration {
  /// The quiet hours that hold a step's letters over a channel; nil where none do.
  func quietHours(of channel: ChannelSettings, for step: Step) -> DailyWindow? {
    let applies = step.quietHours ?? (channel.type.traits.rings || step.messageClass != .service)
    return applies ? quietHours(of: channel) : nil
  }

  /// The quiet hours of a channel: its own, or everybody's.
  package func quietHours(of channel: ChannelSettings) -> DailyWindow? {
    switch channel.quietHours {
    case .inherited: quietHours
    case .none: nil
    case .window(let window): window
    }
  }
}
