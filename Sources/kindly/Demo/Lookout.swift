import KindlyCore

/// Sees what Kindly does: in its ledger, and in the folder where mail arrives.
struct Lookout {
  private let ledger: any ReadingLedger
  private let folder: DemoFolder
  private let providers: DemoProviders
  private var states: [Int64: ReminderState] = [:]

  /// More reminders than the demo can have.
  private static let most = 500

  init(ledger: any ReadingLedger, folder: DemoFolder, providers: DemoProviders) {
    self.ledger = ledger
    self.providers = providers
    self.folder = folder
  }

  /// Whether every watch with changes has had its first look, which fires nothing.
  func hasBaselines() async throws -> Bool {
    let standings = try await ledger.standings()
    return ["customers", "leases", "orders", "complaints"].allSatisfy {
      standings[$0]?.hasBaseline == true
    }
  }

  /// What has happened since the last call, in the order in which the reminders were made.
  mutating func look() async throws -> [Happening] {
    let reminders = try await ledger.reminders(
      ReminderSelection(), before: nil, limit: Lookout.most)
    var happenings: [Happening] = []
    for reminder in reminders.reversed() {
      let before = states.updateValue(reminder.state, forKey: reminder.id)
      guard before != reminder.state, let outcome = try await outcome(of: reminder, before: before)
      else { continue }
      happenings.append(
        Happening(
          event: Event(outcome.kind, rule: reminder.rule, customer: Lookout.customer(of: reminder)),
          due: reminder.due, text: outcome.text, recipient: outcome.recipient, place: outcome.place,
          card: outcome.card)
      )
    }
    return happenings
  }

  private struct Outcome {
    let kind: Event.Kind
    var text = ""
    var recipient = ""
    var place = ""
    var card: [String] = []
  }

  private func outcome(
    of reminder: ReminderSummary, before: ReminderState?
  ) async throws -> Outcome? {
    switch reminder.state {
    case .waiting:
      // A change's reminder goes at once; only what has a moment is worth announcing.
      return before == nil && reminder.cycle.anchor != nil ? Outcome(kind: .planned) : nil
    case .claimed, .sending: return nil
    case .sent where reminder.channel == "inbox": return try await task(reminder)
    case .sent where reminder.channel == "tasks": return try await call(reminder)
    case .sent where reminder.channel != "email":
      // The story sends one message over each.
      let message = providers.messages.last { $0.way.rawValue == reminder.channel }
      return Outcome(
        kind: .message, text: message?.text ?? "", recipient: message?.recipient ?? "",
        place: reminder.channel == "sms" ? "sms" : "wechat")
    case .sent:
      let name = "mail/new/\(reminder.publicID).kindly.eml"
      let mail = try MailFile(path: folder.path + "/" + name)
      return Outcome(
        kind: .letter, text: mail.subject, recipient: mail.recipient, place: name)
    case .cancelled: return Outcome(kind: .cancelled, text: Lookout.sentence(for: reminder.reason))
    case .uncertain, .skipped, .failed:
      throw DemoProblem(
        """
        the reminder of rule \(reminder.rule) for row \(reminder.key) is \(reminder.state.word) \
        (\(reminder.reason?.words ?? "no reason")), and should have been sent; \(folder.log) may say why
        """)
    }
  }

  /// A reason as a person would put it who has not read the manual yet.
  private static func sentence(for reason: Reason?) -> String {
    if reason == .condition { return "its condition no longer holds" }
    if reason == .dateMoved { return "its date has moved" }
    // The story leads to no other.
    return reason?.words ?? "no reason given"
  }

  private func task(_ reminder: ReminderSummary) async throws -> Outcome {
    let entries = try await ledger.inbox(unreadOnly: false, before: nil, limit: Lookout.most)
    let entry = entries.first { $0.publicID == reminder.publicID }
    return Outcome(kind: .task, text: entry?.subject ?? "")
  }

  /// A task with the customer lists on its card.
  private func call(_ reminder: ReminderSummary) async throws -> Outcome {
    let tasks = try await ledger.tasks(
      TaskSelection(includesAll: true), now: reminder.due, limit: Lookout.most)
    guard let task = tasks.first(where: { $0.publicID == reminder.publicID }) else {
      throw DemoProblem("the task of rule \(reminder.rule) is missing; \(folder.log) may say why")
    }
    let card = task.lists.flatMap { list in
      list.rows.map { "\(list.name): \($0.joined(separator: " "))" }
    }
    return Outcome(
      kind: reminder.step.isExactly("lead") ? .escalation : .call, text: task.subject,
      recipient: task.assignee, card: card)
  }

  /// The demo's customers have a number as their key.
  private static func customer(of reminder: ReminderSummary) -> Int {
    reminder.customer.flatMap { Int($0.description) } ?? 0
  }
}

/// Something that Kindly has done, by which the demo recognises it.
struct Event: Hashable {
  enum Kind: Hashable {
    case planned, letter, message, task, cancelled
    /// A task for the customer's owner, and its escalation to the lead.
    case call, escalation
  }

  let kind: Kind
  let rule: String
  let customer: Int

  init(_ kind: Kind, rule: String, customer: Int) {
    self.kind = kind
    self.rule = rule
    self.customer = customer
  }
}

/// An event with what is told about it.
struct Happening {
  let event: Event
  let due: Instant
  /// The subject of a letter or task, or the reason of a cancellation.
  let text: String
  /// To whom a letter went, as its head says; a phone number or an OpenID.
  let recipient: String
  /// The letter's file; what a message was sent over.
  let place: String
  /// The lines of the customer lists on a task's card.
  let card: [String]
}

/// Why the demo could not go on.
struct DemoProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
