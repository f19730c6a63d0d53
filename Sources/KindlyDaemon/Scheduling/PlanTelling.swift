import KindlyCore
import Logging

extension Logger {
  /// Whether what happens to each reminder is told, which costs a question to the ledger for each that is planned.
  var tellsEachReminder: Bool { logLevel <= .debug }

  /// Tells the journal at debug what a plan did to each reminder, and forgets it; `KINDLY_CUSTOMER=42` finds the lines.
  func tell(_ summary: inout PlanSummary, in zone: Zone) {
    tell(summary.events, in: zone)
    summary.events = []
  }

  func tell(_ events: [PlanEvent], in zone: Zone) {
    for event in events {
      tell(
        of: event.publicID, rule: event.rule, customer: event.customer,
        event.kind.words(due: zone.text(of: event.due)))
    }
  }

  /// Logs the reminders that were not made because their chain would be too long.
  func tell(_ tooDeep: [TooDeep], of watch: Watch) {
    for one in tooDeep {
      warning(
        "rule \(one.rule) made no reminder about row \(one.key) of \(watch.name): \(TooDeep.words)",
        metadata: ["rule": "\(one.rule)", "watch": "\(watch.name)"])
    }
  }

  /// Tells the journal at debug what happened to one reminder.
  func tell(of id: String, rule: String, customer: RowKey?, _ words: String) {
    debug("reminder \(id): \(words)", metadata: .of(id, rule: rule, customer: customer))
  }
}

extension Logger.Metadata {
  /// What a line about a reminder is found by; the customer is left out for a reminder about nobody.
  static func of(_ id: String, rule: String, customer: RowKey?) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["rule": "\(rule)", "reminder": "\(id)"]
    metadata["customer"] = customer.map { "\($0)" }
    return metadata
  }
}

extension PlanEvent.Kind {
  fileprivate func words(due: String) -> String {
    switch self {
    case .planned: "planned, due \(due)"
    case .dropped: "planned, due \(due), and dropped, as a person has decided"
    case .retimed: "now due \(due)"
    case .revived: "revived, because its data is right again; due \(due)"
    case .orphaned: "cancelled (\(Reason.rowGone.words)): another row has the key of its row now"
    case .moved: "cancelled (\(Reason.dateMoved.words))"
    }
  }
}
