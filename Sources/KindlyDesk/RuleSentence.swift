package import KindlyCore

/// A rule's step as an English sentence: what makes it fire, for which rows, and what it sends.
package struct RuleSentence {
  package let step: Step
  package let watch: String

  package init(step: Step, watch: String) {
    self.step = step
    self.watch = watch
  }

  /// `7 days after trial_started_on in customers, if status = 'trial', send trial/care by email (care)`; what the rule says
  /// of hours stands in the brackets too.
  package var text: String {
    var text = step.when.sentence(in: watch)
    if !step.conditions.isEmpty {
      text += ", if \(step.conditions.map(RuleSentence.folded).joined(separator: " and "))"
    }
    if !step.segments.isEmpty {
      text += ", for \(step.segments.map(\.name).joined(separator: " and "))"
    }
    if !step.unless.isEmpty {
      text += ", unless \(step.unless.map(RuleSentence.folded).joined(separator: " or "))"
    }
    if !step.lists.isEmpty {
      text += ", show \(step.lists.map(\.name).joined(separator: " and "))"
    }
    text += ", send \(step.template)\(recipients) by \(routes)"
    return text + " (\(([step.messageClass.word] + policies).joined(separator: ", ")))"
  }

  /// What the rule itself says about its times.
  private var policies: [String] {
    [
      step.spread.map { "spread over \($0)" },
      step.digest.map { "digest \($0)" },
      step.onMove == .correct ? "moved dates corrected" : nil,
      step.late == .standard ? nil : "\(step.late)",
      step.quietHours.map { "\(Reason.quietHours.words) \($0)" },
      step.sendHours.map { "\(Reason.sendHours.words) \($0)" },
    ].compactMap(\.self)
  }

  /// ` to owner and team service`; empty if it goes to the customer alone.
  private var recipients: String {
    let roles = step.recipients
    return roles == [.customer] ? "" : " to \(roles.map(\.text).joined(separator: " and "))"
  }

  /// The channels to the first recipient.
  private var routes: String { step.recipients.first.map { channels(to: $0) } ?? "" }

  /// The channels of each member of `send:` to a recipient: `sms, else email and by inbox`.
  package func channels(to role: RecipientRole) -> String {
    let routes = step.legs.filter { $0.recipient == role }.map(\.route)
    return routes.map { $0.text(separator: ", ") }.joined(separator: " and by ")
  }

  /// SQL on one line, as much of it as a person takes in.
  static func folded(_ sql: String) -> String {
    let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count <= longest ? line : line.prefix(longest - 1) + "…"
  }

  private static let longest = 160
}
