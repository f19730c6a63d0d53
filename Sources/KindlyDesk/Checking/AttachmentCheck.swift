import KindlyConfig
import KindlyCore
import KindlyTemplates

/// Says what the letters of rules attach, and warns of channels that do not carry it.
struct AttachmentCheck {
  private let configuration: Configuration
  private let letters: TemplateLibrary

  init(_ configuration: Configuration, _ letters: TemplateLibrary) {
    self.configuration = configuration
    self.letters = letters
  }

  func check(_ report: inout CheckReport) {
    for template in Set(texts: configuration.templates.map(\.template)).sorted().map(\.string) {
      let files = letters.attachments(of: template)
      guard !files.isEmpty else { continue }
      report.notes.append("letter \(template) attaches \(files.joined(separator: ", "))")
    }
    for rule in configuration.rules { check(rule, &report) }
  }

  /// One warning for a rule, however many of its steps attach something.
  private func check(_ rule: Rule, _ report: inout CheckReport) {
    let steps = rule.steps.filter { step in
      !letters.attachments(of: step.template).isEmpty && !channels(without: step).isEmpty
    }
    guard let first = steps.first else { return }
    let templates = unique(steps.map(\.template))
    let lacking = unique(steps.flatMap(channels(without:)))
    report.warn(
      "rule \(rule.name): \(listed("letter", templates)) \(templates.count == 1 ? "attaches" : "attach") files, which "
        + "\(listed("channel", lacking)) cannot carry; messages over \(lacking.count == 1 ? "it" : "them") are sent without the files",
      at: first.place)
  }

  /// The channels of a step that carry no files; where rows decide, any that a customer may prefer.
  private func channels(without step: Step) -> [String] {
    configuration.channels(of: step).filter { !$0.type.traits.carriesAttachments }.map(\.name)
  }

  /// Each name once, in the order of the steps.
  private func unique(_ names: [String]) -> [String] {
    var seen: Set<ExactText> = []
    return names.filter { seen.insert($0) }
  }

  /// `letter a`, `letters a, b`.
  private func listed(_ noun: String, _ names: [String]) -> String {
    "\(noun)\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
  }
}
