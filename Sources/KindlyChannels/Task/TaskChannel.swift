package import KindlyCore

/// Keeps what colleagues have to do.
package typealias TaskChannel = LedgerChannel<TaskPayload>

extension LedgerChannel<TaskPayload> {
  /// - Parameters:
  ///   - time: how long a colleague has for a task.
  ///   - zone: the zone in which days are counted.
  package convenience init(
    name: String, time: Period, zone: Zone, ledger: any TaskLedger, clock: any Timekeeper
  ) {
    self.init(name: name) { delivery, assignee in
      TaskPayload(
        delivery, to: assignee, due: Schedule.add(time, to: delivery.date, zone: zone))
    } keep: { entry in
      try await ledger.keep(entry.task, now: clock.now)
    }
  }
}

/// A task as a task channel keeps it.
package struct TaskPayload: LedgerEntry {
  private let publicID: String
  private let rule: String
  /// Nil for a task about nobody.
  private let customer: String?
  private let assignee: String
  private let subject: String
  private let card: String
  /// Nil in payloads that an older version stored.
  private let lists: [ShownList]?
  private let due: Int64

  package static var word: String { TaskSettings.word }
  package static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: .key, hidesSecrets: true,
    isForColleagues: true)
  package static let evidence = "kept as a task"

  init(_ delivery: Delivery, to assignee: String, due: Instant) {
    publicID = delivery.publicID
    rule = delivery.rule
    customer = delivery.about
    self.assignee = assignee
    subject = delivery.message.subject
    card = delivery.message.text
    lists = delivery.lists
    self.due = due.milliseconds
  }

  var task: TaskDelivery {
    TaskDelivery(
      publicID: publicID, rule: rule, customer: customer, assignee: assignee, subject: subject,
      card: card, lists: lists ?? [], due: Instant(milliseconds: due))
  }
}
