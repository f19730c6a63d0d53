import KindlyCore

/// Finds rules whose time of day is inside quiet hours, or outside send hours on every day.
///
/// Hours override a rule's own `at`, because customers were promised them. If the time is intended, the step must say
/// so, as in `quiet hours: no`. The deviation from the rule is reported before it happens.
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
    var told: Set<OpenHours> = []
    for channel in configuration.channels(of: step) {
      let hours = configuration.hours(of: step, over: channel)
      guard let closed = ClosedTime(at, in: hours), told.insert(hours).inserted else { continue }
      let name = step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
      let outcome =
        isAlwaysSkipped(closed, step)
        ? "so its letters are never sent: they wait until \(closed.end), but `late` makes them expire before that"
        : "so its letters wait until \(closed.end), and those that expire before that are skipped"
      findings.warn(
        "rule \(name): `\(written)` is \(closed.place) of channel \(channel.name), \(outcome); "
          + "write \(closed.advice.map { "\(step.digest == nil ? "`at \($0)`" : "\($0)") or a later time" } ?? "another time"), or `\(closed.key): no` in the rule to send it at \(at) anyway",
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
      "`default time` \(time) is \(closed.place), so letters that they hold wait until \(closed.end); "
        + "write a default time \(closed.key.isExactly(HourSpots.quiet) ? "outside" : "inside") them",
      at: spot)
  }
}

/// A time of day at which hours hold messages on every day of the week.
private struct ClosedTime {
  /// `quiet hours` or `send hours`: the key that closes it.
  let key: String
  /// `inside the quiet hours 21:00-08:30`.
  let place: String
  /// Minutes.
  let shortestWait: Int
  /// When messages may leave next, where that is the same time every day.
  let advice: TimeOfDay?

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
    if let window = hours.quiet, !quiet.isOpen(at: time) {
      key = HourSpots.quiet
      place = "inside the quiet hours \(window)"
    } else {
      key = HourSpots.send
      place = "outside the send hours \(hours.send?.description ?? "")"
    }
  }
}

extension TimeOfDay {
  fileprivate init?(minutes: Int) { self.init(hour: minutes / 60, minute: minutes % 60) }
}
