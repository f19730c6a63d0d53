import KindlyCore

/// Finds marketing messages that could leave at hours at which carriers or the law refuse them.
///
/// Quiet hours and send hours that close the refused hours keep everything from leaving then: what is planned for the
/// night, what is noticed at night, and what was delayed until night.
struct RefusedTimes {
  let configuration: Configuration
  let findings: Findings

  func check() {
    for rule in configuration.rules {
      for step in rule.steps where step.messageClass == .marketing {
        for channel in configuration.channels(of: step) {
          let country = configuration.customers?.country
          guard let hours = channel.type.sendingHours(in: country) else { continue }
          check(step, of: rule, over: channel, hours)
        }
      }
    }
  }

  private func check(
    _ step: Step, of rule: Rule, over channel: ChannelSettings, _ hours: SendingHours
  ) {
    let refused = hours.refused
    let open = configuration.hours(of: step, over: channel)
    if open.closes(refused) { return }
    let name = step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
    let reason = "\(hours.authority) marketing messages from \(refused.from) to \(refused.to)"
    var advice: [String] = []
    let planned = planned(step, in: open, hours)
    if let planned { advice.append(planned.advice) }
    if step.quietHours == .off {
      advice.append("remove `quiet hours: none` from the rule")
    }
    let own = configuration.hours(of: channel)
    if !OpenHours(quiet: own.quiet, send: own.send).closes(refused) {
      advice.append("write `quiet hours: \(refused)` in channel \(channel.name)")
    }
    findings.warn(
      "rule \(name): its messages over channel \(channel.name) \(planned?.text ?? "can leave at night"), and \(reason); "
        + advice.joined(separator: ", and "),
      at: Spot(step.place))
  }

  /// The time of day that a step is planned for, if messages leave then although they are refused.
  private func planned(
    _ step: Step, in open: OpenHours, _ hours: SendingHours
  ) -> (text: String, advice: String)? {
    guard let schedule = step.when.schedule else { return nil }
    let time = step.digest?.time ?? schedule.timeOfDay(orElse: configuration.defaultTime)
    guard hours.refused.contains(time), open.isOpen(at: time) else { return nil }
    let allowed = "of \(hours.refused.to) or later and before \(hours.refused.from)"
    if let digest = step.digest {
      return ("leave with `digest: \(digest)`", "write a digest with a time \(allowed)")
    }
    return schedule.at == nil
      ? ("leave at the `default time` \(time)", "write `at` with a time \(allowed)")
      : ("leave at \(time)", "write `at` with a time \(allowed)")
  }
}

extension OpenHours {
  /// Whether no message may leave inside a window, on any day of the week.
  fileprivate func closes(_ window: DailyWindow) -> Bool {
    // Hours that are not set close nothing.
    guard quiet != nil || send != nil else { return false }
    return !zip(week, OpenHours(quiet: nil, send: WeekHours(window)).week).contains { $0 && $1 }
  }
}
