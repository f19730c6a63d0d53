import KindlyCore

/// Finds digests that could never leave, or that would tell less than their reminders.
struct DigestCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    for step in configuration.rules.flatMap(\.steps) {
      guard let digest = step.digest else { continue }
      checkUse(of: step, digest)
      if step.onMove == .correct {
        findings.error(
          "expected `on move: correct` only without `digest:`, because a correction tells one date at once; write `digest: none` or `on move: nothing`",
          at: Spot(step.place))
      }
      if let channel = configuration.channels(of: step).first(where: \.type.traits.isForColleagues)
      {
        findings.error(
          "expected `digest:` only over channels that send messages, got channel \(channel.name), whose tasks are each about one customer; send the list over another channel",
          at: Spot(step.place))
      }
    }
  }

  /// Refuses a digest that comes when most of its reminders are of no use any more.
  private func checkUse(of step: Step, _ digest: Digest) {
    let use: (time: Duration, words: String)
    switch step.late {
    case .after(let period): use = (period.roughly, "`late: \(step.late)`")
    case .standard where step.when.isChange: use = (Lateness.afterChange, "24 hours after a change")
    // What announces a date is of use until then, however long that is.
    case .standard where step.when.schedule?.announces == true: return
    case .standard: use = (Lateness.afterMoment, "3 days after its moment")
    case .afterColumn, .until, .never: return
    }
    guard use.time < digest.interval else { return }
    findings.error(
      "expected reminders to be of use until the next digest (`digest: \(digest)`), got a shorter use (\(use.words)), so most would be skipped as too late; write `late: skip after 10 days`",
      at: Spot(step.place))
  }
}
