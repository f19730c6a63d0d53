import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

struct Rules: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show each rule as an English sentence, with counts of sent and waiting reminders.",
    discussion: """
      What was sent yesterday and today stands beside what was expected. Expected is the median of the same day of the \
      eight weeks before. Usual is the median of the last eight days on which the rule sent anything.

      EXAMPLES
        kindly rules
        kindly rules --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace()
    let rules = workplace.configuration.rules
    // Losing the error is right: before its first start there is no ledger, and the sentences hold without it.
    let status = try? await workplace.reading { try await $0.status(now: workplace.now) }
    // The same is true of this.
    let overviews = try? await workplace.reading { ledger in
      try await RuleOverview.all(workplace.configuration, ledger: ledger, now: workplace.now)
    }
    if json {
      try JSONOutput.print(
        rules.map { RuleView($0, status, overviews?[$0.name], workplace.time) })
      return
    }
    if rules.isEmpty { print("there are no rules") }
    for rule in rules {
      print("\(rule.name) (\(rule.place))\(counts(of: rule, status))")
      if let overview = overviews?[rule.name] { print("  \(overview.text(workplace.time))") }
      for step in rule.steps {
        print("  \(RuleSentence(step: step, watch: rule.watch).text.capitalizedFirst).")
      }
    }
  }

  private func counts(of rule: Rule, _ status: LedgerStatus?) -> String {
    guard let status else { return "" }
    let sent = status.sentByRule[rule.name] ?? 0
    let waiting = status.waitingByRule[rule.name] ?? 0
    return ": \(sent) sent in 24 h, \(waiting) waiting"
  }
}

/// A rule for scripts.
private struct RuleView: Encodable {
  let name: String
  let watch: String
  let file: String
  let line: Int
  let sent: Int?
  let waiting: Int?
  let yesterday: DayView?
  let today: DayView?
  let usual: Int?
  let oldestDue: String?
  let steps: [StepView]

  struct DayView: Encodable {
    let sent: Int
    let expected: Int?

    init(_ day: RuleOverview.Day) {
      sent = day.sent
      expected = day.expected
    }
  }

  struct StepView: Encodable {
    let name: String
    let when: String
    let `if`: [String]
    let to: [String]
    let send: [String]
    let template: String
    let `class`: String
    let sentence: String
  }

  init(_ rule: Rule, _ status: LedgerStatus?, _ overview: RuleOverview?, _ time: TimeText) {
    name = rule.name
    watch = rule.watch
    file = rule.place.file
    line = rule.place.line
    sent = status.map { $0.sentByRule[rule.name] ?? 0 }
    waiting = status.map { $0.waitingByRule[rule.name] ?? 0 }
    yesterday = overview.map { DayView($0.yesterday) }
    today = overview.map { DayView($0.today) }
    usual = overview?.usual?.count
    oldestDue = time.stamp(overview?.oldestDue)
    steps = rule.steps.map { step in
      StepView(
        name: step.name, when: step.when.text, if: step.conditions,
        to: step.recipients.map(\.text),
        send: step.legs.filter { $0.recipient == step.legs.first?.recipient }
          .map(\.route.description), template: step.template,
        class: step.messageClass.word,
        sentence: RuleSentence(step: step, watch: rule.watch).text)
    }
  }
}

extension String {
  /// The text with its first letter in upper case.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
