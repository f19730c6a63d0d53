import KindlyCore

/// Finds rules whose time of day is inside quiet hours, or outside send hours on every day.
///
/// Hours override a rule's own `at`, because customers were promised them. If the time is intended, the step must say
/// so, as in `quiet hours: none`. The deviation from the rule is reported before it happens.
struct QuietTimes {
  let configuration: Configuration
  let findings: Findings

  func check() {
    for rule in configuration.rules {
      for step in rule.steps {
        if let digest = step.digest {
          guard let time = digest.time else { continue }
          check(time, of: step, in: rule, writtenAs: "digest: \(digest)")
        } else if let at = step.when.schedule?.at {
          check(at, of: step, in: rule, writtenAs: "at \(at)")
        }
      }
    }
  }

  private func check(
    _ at: TimeOfDay, of step: Step, in rule: Rule, writtenAs written: String
  ) {
    var told: Set<ClosedTime> = []
    for channel in configuration.channels(of: step) {
      let hours = configuration.hours(of: step, over: channel)
      guard let closed = ClosedTime(at, in: hours), told.insert(closed).inserted else { continue }
      let name = step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
      let setting = closed.isQuiet ? step.quietHours : step.sendHours
      let hoursThere =
        if case .own? = setting { "the rule's own \(closed.hours)" } else {
          "the \(closed.hours) of channel \(channel.name)"
        }
      let outcome =
        isAlwaysSkipped(closed, step)
        ? "so its letters are never sent: they wait until \(closed.end), but `late` makes them expire before that"
        : "so its letters wait until \(closed.end), and those that expire before that are skipped"
      findings.warn(
        "rule \(name): `\(written)` is \(closed.side) \(hoursThere), \(outcome); "
          + "write \(closed.advice.map { "\(step.digest == nil ? "`at \($0)`" : "\($0)") or a later time" } ?? "another time"), or `\(closed.key): none` in the rule to send it at \(at) anyway",
        at: Spot(step.place))
    }
  }

  private func isAlwaysSkipped(_ closed: ClosedTime, _ step: Step) -> Bool {
    guard case .after(let period) = step.late else { return false }
    return period.roughly <= .minutes(closed.shortestWait)
  }

  /// A default time inside the quiet hours would hold every rule without an hour of its own.
  static func check(
    _ time: TimeOfDay, against hours: OpenHours, at spot: Spot?, _ findings: Findings
  ) {
    guard let spot, let closed = ClosedTime(time, in: hours) else { return }
    findings.warn(
      "`default time` \(time) is \(closed.side) the \(closed.hours), so letters that they hold wait until \(closed.end); "
        + "write a default time \(closed.isQuiet ? "outside" : "inside") them",
      at: spot)
  }
}

/// A time of day at which hours hold messages on every day of the week.
private struct ClosedTime: Hashable {
  /// Whether quiet hours close it, rather than send hours.
  let isQuiet: Bool
  /// `quiet hours 21:00-08:30`: what closes it.
  let hours: String
  /// Minutes.
  let shortestWait: Int
  /// When messages may leave next, where that is the same time every day.
  let advice: TimeOfDay?

  /// `quiet hours` or `send hours`: the key that closes it.
  var key: String { isQuiet ? HourSpots.quiet : HourSpots.send }

  /// On which side of them it is.
  var side: String { isQuiet ? "inside" : "outside" }

  /// `08:30`, or what to call it where it is not the same every day.
  var end: String { advice?.description ?? "the hours begin" }

  /// Nil where messages may leave at the time on some day, or never.
  init?(_ time: TimeOfDay, in hours: OpenHours) {
    guard !hours.isOpen(at: time), let waits = hours.waits(after: time),
      let shortest = waits.min()
    else { return nil }
    shortestWait = shortest
    let ends = Set(waits.map { (time.minutes + $0) % 1440 })
    advice = ends.count == 1 ? ends.first.flatMap { TimeOfDay(minutes: $0) } : nil
    let quiet = OpenHours(quiet: hours.quiet, send: nil, calendar: hours.calendar)
    isQuiet = !quiet.isOpen(at: time)
    let window = isQuiet ? hours.quiet : hours.send
    self.hours = "\(isQuiet ? HourSpots.quiet : HourSpots.send) \(window?.description ?? "")"
  }
}

extension TimeOfDay {
  fileprivate init?(minutes: Int) { self.init(hour: minutes / 60, minute: minutes % 60) }
}
