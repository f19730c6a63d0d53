import KindlyCore
import Logging

/// The key by which claimed reminders are grouped: one step of one rule, and the source of its rows.
struct Subject: Hashable, Sendable {
  let rule: Rule
  let step: Step
  let watch: Watch
  let source: any CustomerSource

  var metadata: Logger.Metadata { ["rule": "\(rule.name)", "watch": "\(watch.name)"] }

  var order: ExactText { ExactText(rule.name + "\u{0}" + step.name) }

  static func == (left: Subject, right: Subject) -> Bool { left.order == right.order }

  func hash(into hasher: inout Hasher) { hasher.combine(order) }
}

/// A reminder whose row, condition and moment passed the recheck.
struct Passed: Sendable {
  let reminder: ClaimedReminder
  let subject: Subject
  /// The customer (nil for a row about nobody) and the recipient of the message.
  let about: Person?
  let recipient: Person
  /// The colleague who looks after the customer; nil if there is none.
  let owner: Person?
  /// The person by whose clock the moment was counted; nil for the company's.
  let timekeeper: Person?
  let this: RowValues
  let old: RowValues?
  /// The `unless:` that holds now and ends the reminder if it would leave now; nil if none holds.
  var unless: String?

  /// The rows that were read and are in order.
  func places(in generation: Generation) -> [RowFault.Place] {
    let databases = generation.databases
    let own = RowFault.Place(watch: subject.watch.name, key: reminder.key)
    var places = [own, own.at(.recipient)]
    if let about, let directory = databases.directory {
      let customer = RowFault.Place(watch: directory.watch, key: about.key)
      places += [customer, customer.at(.customer), customer.at(.recipient)]
    }
    if let people = databases.colleagues?.people, recipient.kind == .colleagues {
      let colleague = RowFault.Place(watch: people.watch, key: recipient.key)
      places += [colleague, colleague.at(.recipient)]
    }
    return places
  }
}
