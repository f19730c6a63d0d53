import KindlyCore

/// An explanation as a person reads it.
struct ExplanationPage {
  private let explanation: Explanation
  private let time: TimeText

  init(_ explanation: Explanation, time: TimeText) {
    self.explanation = explanation
    self.time = time
  }

  var text: String {
    var lines = ["customer \(explanation.customer)"]
    lines += explanation.remarks.map { "  \(OneLine.text($0))" }
    for detail in explanation.reminders {
      let story = ReminderStory(detail, time: time)
      lines.append(story.headline)
      lines += story.events.map { "    \($0)" }
      lines.append("    id \(detail.summary.publicID)")
    }
    if explanation.reminders.isEmpty { lines.append("no reminder was ever made") }
    if !explanation.absent.isEmpty { lines.append("what made no reminder:") }
    for absent in explanation.absent { lines.append("  " + sentence(absent)) }
    return lines.joined(separator: "\n")
  }

  private func sentence(_ absent: Explanation.Absent) -> String {
    var subject = [absent.rule]
    if !absent.step.isEmpty, absent.step != Step.only { subject.append("step \(absent.step)") }
    if let row = absent.row { subject.append("row \(row)") }
    return "\(subject.joined(separator: ", ")): \(OneLine.text(absent.finding.sentence))"
  }
}

/// An explanation for scripts.
struct ExplanationView: Encodable {
  let customer: String
  let remarks: [String]
  let reminders: [ReminderDetailView]
  let absent: [AbsentView]

  struct AbsentView: Encodable {
    let rule: String
    let step: String?
    let row: String?
    let cause: Absence.Cause
    let text: String
  }

  init(_ explanation: Explanation) {
    customer = explanation.customer.description
    remarks = explanation.remarks
    reminders = explanation.reminders.map(ReminderDetailView.init)
    absent = explanation.absent.map { absent in
      AbsentView(
        rule: absent.rule, step: absent.step.isEmpty ? nil : absent.step,
        row: absent.row?.description, cause: absent.finding.cause, text: absent.finding.text)
    }
  }
}
