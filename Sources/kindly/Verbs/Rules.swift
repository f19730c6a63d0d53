import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

struct Rules: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show each rule as an English sentence, with counts of sent and waiting reminders.",
    discussion: """
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
    if json {
      try JSONOutput.print(rules.map { RuleView($0, status) })
      return
    }
    if rules.isEmpty { print("there are no rules") }
    for rule in rules {
      print("\(rule.name) (\(rule.place))\(counts(of: rule, status))")
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
  let steps: [StepView]

  struct StepView: Encodable {
    let name: String
    let when: String
    let `if`: [String]
    let send: [String]
    let template: String
    let `class`: String
    let sentence: String
  }

  init(_ rule: Rule, _ status: LedgerStatus?) {
    name = rule.name
    watch = rule.watch
    file = rule.place.file
    line = rule.place.line
    sent = status.map { $0.sentByRule[rule.name] ?? 0 }
    waiting = status.map { $0.waitingByRule[rule.name] ?? 0 }
    steps = rule.steps.map { step in
      StepView(
        name: step.name, when: step.when.text, if: step.conditions,
        send: step.legs.map(\.description), template: step.template,
        class: step.messageClass.word,
        sentence: RuleSentence(step: step, watch: rule.watch).text)
    }
  }
}

extension String {
  /// The text with its first letter in upper case.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
