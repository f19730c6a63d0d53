import Foundation
package import KindlyCore

/// Reminders that stay here, for people to read.
package final class InboxChannel: Channel {
  static let traits = ChannelTraits(
    rings: false, afterUnknown: .tryAgain, address: .key, hidesSecrets: true, knowsReading: true)

  package let name: String
  private let ledger: any InboxLedger
  private let clock: any Timekeeper
  private let sends = SendsInHand()

  package var traits: ChannelTraits { InboxChannel.traits }

  package init(name: String, ledger: any InboxLedger, clock: any Timekeeper) {
    self.name = name
    self.ledger = ledger
    self.clock = clock
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    return Payload(
      publicID: delivery.publicID, recipient: address,
      bytes: try PayloadJSON.bytes(of: InboxPayload(delivery)))
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await sends.run { await keep(payload) }
      ?? .withdrawn(Refusal("the channel is closed; nothing was kept"))
  }

  package func close() async {
    await sends.close()
  }

  private func keep(_ payload: Payload) async -> Outcome {
    guard let entry = PayloadJSON.value(InboxPayload.self, from: payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was not made by an inbox channel: was the channel's type changed?"))
    }
    do {
      try await ledger.deliver(entry.delivery, now: clock.now)
      return .sent(evidence: "kept in the inbox")
    } catch {
      // Keeping is idempotent, so even a failure after the fact may simply be tried again.
      return .retry(Refusal("the inbox could not be written: \(error)", isChannelWide: true))
    }
  }
}

/// A reminder in the bytes of a payload.
private struct InboxPayload: Codable {
  let publicID: String
  let rule: String
  let customer: String
  let subject: String
  let text: String

  init(_ delivery: Delivery) {
    publicID = delivery.publicID
    rule = delivery.rule
    customer = delivery.about
    subject = delivery.message.subject
    text = delivery.message.text
  }

  var delivery: InboxDelivery {
    InboxDelivery(
      publicID: publicID, rule: rule, customer: customer, subject: subject, body: text)
  }
}
