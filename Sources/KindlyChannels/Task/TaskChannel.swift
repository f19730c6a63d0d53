import Foundation
package import KindlyCore

/// Keeps what colleagues have to do.
package final class TaskChannel: Channel {
  static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: .key, hidesSecrets: true,
    isForColleagues: true)

  package let name: String
  private let time: Period
  private let zone: Zone
  private let ledger: any TaskLedger
  private let clock: any Timekeeper
  private let sends = SendsInHand()

  package var traits: ChannelTraits { TaskChannel.traits }

  /// - Parameters:
  ///   - time: how long a colleague has for a task.
  ///   - zone: the zone in which days are counted.
  package init(
    name: String, time: Period, zone: Zone, ledger: any TaskLedger, clock: any Timekeeper
  ) {
    self.name = name
    self.time = time
    self.zone = zone
    self.ledger = ledger
    self.clock = clock
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let assignee = try recipient(of: delivery.recipient.address)
    let due = Schedule.add(time, to: delivery.date, zone: zone)
    return Payload(
      publicID: delivery.publicID, recipient: assignee,
      bytes: try PayloadJSON.bytes(of: TaskPayload(delivery, to: assignee, due: due)))
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await sends.run { await keep(payload) }
      ?? .withdrawn(Refusal("the channel is closed; nothing was kept"))
  }

  package func close() async {
    await sends.close()
  }

  private func keep(_ payload: Payload) async -> Outcome {
    guard let task = PayloadJSON.value(TaskPayload.self, from: payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was not made by a task channel: was the channel's type changed?"))
    }
    do {
      try await ledger.keep(task.task, now: clock.now)
      return .sent(evidence: "kept as a task")
    } catch {
      // Keeping is idempotent, so even a failure after the fact may simply be tried again.
      return .retry(Refusal("the task could not be written: \(error)", isChannelWide: true))
    }
  }
}

/// A task in the bytes of a payload.
private struct TaskPayload: Codable {
  let publicID: String
  let rule: String
  let customer: String
  let assignee: String
  let subject: String
  let card: String
  let due: Int64

  init(_ delivery: Delivery, to assignee: String, due: Instant) {
    publicID = delivery.publicID
    rule = delivery.rule
    customer = delivery.about
    self.assignee = assignee
    subject = delivery.message.subject
    card = delivery.message.text
    self.due = due.milliseconds
  }

  var task: TaskDelivery {
    TaskDelivery(
      publicID: publicID, rule: rule, customer: customer, assignee: assignee, subject: subject,
      card: card, due: Instant(milliseconds: due))
  }
}
