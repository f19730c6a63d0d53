import KindlyCore

/// Finds digests that could never be sent, and steps that cannot be part of a digest.
struct DigestCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    for step in configuration.rules.flatMap(\.steps) {
      guard let digest = step.digest else { continue }
      checkUse(of: step, digest)
      if step.onMove == .correct {
        findings.error(
          "expected `on move: correct` only without `digest:`, because a correction is about one date and is sent at once; write `digest: none` or `on move: nothing`",
          at: Spot(step.place))
      }
      if let channel = configuration.channels(of: step).first(where: \.type.traits.isForColleagues)
      {
        findings.error(
          "expected `digest:` only over channels that send messages, got channel \(channel.name), each of whose tasks is about one customer; send the digest over another channel",
          at: Spot(step.place))
      }
    }
  }

  /// Refuses a digest that comes when it is too late for most of its reminders.
  private func checkUse(of step: Step, _ digest: Digest) {
    let use: (time: Duration, words: String)
    var advice = "write `late: skip after 10 days`"
    switch step.late {
    case .after(let period): use = (period.roughly, "`late: \(step.late)`")
    case .standard where step.when.isChange: use = (Lateness.afterChange, "24 hours after a change")
    case .standard:
      if let notice = step.when.schedule?.notice {
        use = (notice, "until the date that it announces")
        advice = "announce the date earlier, or send the digest more often"
      } else {
        use = (Lateness.afterMoment, "3 days after its moment")
      }
    case .afterColumn, .until, .never: return
    }
    guard use.time < digest.interval else { return }
    findings.error(
      "expected reminders to be useful until the next digest (`digest: \(digest)`), got a shorter time (\(use.words)), so most would be skipped as too late; \(advice)",
      at: Spot(step.place))
  }
}
