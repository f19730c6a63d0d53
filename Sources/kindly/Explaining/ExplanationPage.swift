import KindlyCore
import KindlyDesk

/// An explanation as a person reads it: the newest decisions whole, older ones in numbers.
struct ExplanationPage {
  private let explanation: Explanation
  private let time: TimeText
  /// Whether nothing is summarised.
  private let showsAll: Bool

  /// So many reminders, of a few lines each, fit on two screens.
  private static let mostReminders = 10
  /// So many rows show how a step judges the others of its watch.
  private static let mostRows = 3

  init(_ explanation: Explanation, time: TimeText, showsAll: Bool = false) {
    self.explanation = explanation
    self.time = time.about(readerIn: explanation.zone)
    self.showsAll = showsAll
  }

  var text: String {
    var lines = [subject]
    lines += explanation.remarks.map { "  \(OneLine.text($0))" }
    let reminders = explanation.reminders
    let whole = showsAll ? reminders.count : ExplanationPage.mostReminders
    lines += reminders.prefix(whole).flatMap(story)
    lines += summary(of: Array(reminders.dropFirst(whole)))
    if reminders.isEmpty { lines.append(emptiness) }
    if !explanation.absent.isEmpty { lines.append("rules that made no reminder:") }
    lines += absences
    lines += explanation.former.flatMap(former)
    return lines.joined(separator: "\n")
  }

  /// The customer, with their zone where it is not the configured one.
  private var subject: String {
    guard let zone = explanation.zone, zone != time.zone else {
      return "customer \(explanation.customer)"
    }
    return
      "customer \(explanation.customer), in \(zone.identifier) (\(zone.abbreviation(at: time.now)))"
  }

  /// That there are no reminders, of those that were asked for.
  private var emptiness: String {
    let since = explanation.since.map { " due since \(time($0))" } ?? ""
    if let rule = explanation.rule {
      return "rule \(rule) made no reminder\(since) for this customer"
    }
    if !since.isEmpty { return "no reminder\(since)" }
    return explanation.former.isEmpty
      ? "no reminder was ever made" : "no reminder was made for this customer yet"
  }

  // MARK: Reminders

  private func story(of detail: ReminderDetail) -> [String] {
    let story = ReminderStory(detail, time: time)
    return [story.headline] + story.events.map { "    \($0)" }
      + ["    id \(detail.summary.publicID)"]
  }

  /// That the key belonged to another customer, and with `--all` what was decided about them.
  private func former(_ former: FormerCustomer) -> [String] {
    let letters = former.letters == 0 ? "no letter" : counted(former.letters, "letter")
    let sentence = "another customer had this key until \(time(former.until)) and got \(letters)"
    let reminders = former.reminders
    guard showsAll, !reminders.isEmpty else {
      return [sentence + (reminders.isEmpty ? "" : "; `--all` shows that customer's reminders")]
    }
    return [sentence + ":"] + reminders.flatMap(story).map { "  \($0)" }
  }

  /// How many older reminders each step has in each state, and from when to when.
  private func summary(of older: [ReminderDetail]) -> [String] {
    guard let newest = older.first, let oldest = older.last else { return [] }
    var steps: [(subject: String, states: [(word: String, count: Int)])] = []
    for detail in older {
      let subject = self.subject(detail.summary.rule, detail.summary.step)
      let word = ReminderStory.state(of: detail.summary)
      let step = steps.firstIndex { $0.subject == subject } ?? steps.endIndex
      if step == steps.endIndex { steps.append((subject, [])) }
      if let state = steps[step].states.firstIndex(where: { $0.word == word }) {
        steps[step].states[state].count += 1
      } else {
        steps[step].states.append((word, 1))
      }
    }
    let head =
      "and \(counted(older.count, "older reminder")), from \(time(oldest.moment)) to \(time(newest.moment)); `--all` shows each:"
    return [head]
      + steps.map { step in
        let states = step.states.map { "\($0.count) \($0.word)" }
        return "  \(step.subject): \(states.joined(separator: ", "))"
      }
  }

  // MARK: What made none

  private var absences: [String] {
    var lines: [String] = []
    var rest = explanation.absent[...]
    while let first = rest.first {
      // The rows of a step stand together.
      let step = rest.prefix { $0.rule == first.rule && $0.step == first.step }
      rest = rest[step.endIndex...]
      let whole = showsAll ? step.count : ExplanationPage.mostRows
      lines += step.prefix(whole).map { "  " + sentence($0) }
      let others = step.dropFirst(whole)
      guard !others.isEmpty else { continue }
      let outside = others.count { $0.finding.cause == .window }
      lines.append(
        "  \(subject(first.rule, first.step)): \(counted(others.count, "more row")), of which \(outside) not planned now; "
          + "`--all` shows each")
    }
    return lines
  }

  private func sentence(_ absent: Explanation.Absent) -> String {
    let row = absent.row.map { ", row \($0)" } ?? ""
    return "\(subject(absent.rule, absent.step))\(row): \(OneLine.text(absent.finding.sentence))"
  }

  private func subject(_ rule: String, _ step: String) -> String {
    step.isEmpty || step == Step.only ? rule : "\(rule), step \(step)"
  }
}

/// An explanation for scripts.
struct ExplanationView: Encodable {
  let customer: String
  /// The zone that the customer's row names.
  let timezone: String?
  let remarks: [String]
  let reminders: [ReminderDetailView]
  let formerCustomers: [FormerCustomerView]
  let absent: [AbsentView]

  struct AbsentView: Encodable {
    let rule: String
    let step: String?
    let row: String?
    let cause: Absence.Cause
    let text: String
  }

  init(_ explanation: Explanation, _ time: TimeText) {
    customer = explanation.customer.description
    timezone = explanation.zone?.identifier
    remarks = explanation.remarks
    reminders = explanation.reminders.map { ReminderDetailView($0, time) }
    formerCustomers = explanation.former.map { FormerCustomerView($0, time) }
    absent = explanation.absent.map { absent in
      AbsentView(
        rule: absent.rule, step: absent.step.isEmpty ? nil : absent.step,
        row: absent.row?.description, cause: absent.finding.cause, text: absent.finding.text)
    }
  }
}

/// A former customer for scripts.
struct FormerCustomerView: Encodable {
  let until: String
  let letters: Int
  let reminders: [ReminderDetailView]

  init(_ former: FormerCustomer, _ time: TimeText) {
    until = time.stamp(former.until)
    letters = former.letters
    reminders = former.reminders.map { ReminderDetailView($0, time) }
  }
}
