import Foundation
package import KindlyCore

/// Where entries of the inbox are kept: the ledger.
package protocol InboxStore: Sendable {
  /// Keeps an entry for good; one with a public id that is there already changes nothing.
  func deliver(_ entry: InboxPost) async throws
}

/// A reminder as people read it with `kindly inbox`.
package struct InboxPost: Hashable, Sendable, Codable {
  package let publicID: String
  /// The channel it came through.
  package let inbox: String
  package let customer: String
  package let rule: String
  /// The word of its message class.
  package let messageClass: String
  package let subject: String
  package let text: String
  package let date: Instant

  package init(
    publicID: String, inbox: String, customer: String, rule: String, messageClass: String,
    subject: String, text: String, date: Instant
  ) {
    self.publicID = publicID
    self.inbox = inbox
    self.customer = customer
    self.rule = rule
    self.messageClass = messageClass
    self.subject = subject
    self.text = text
    self.date = date
  }
}

/// Reminders that stay here, for people to read.
package final class InboxChannel: Channel {
  package let name: String
  package let traits = ChannelTraits(
    rings: false, afterUnknown: .tryAgain, address: .key, isKeptHere: true)
  private let store: any InboxStore
  private let sends = SendsInHand()

  package init(name: String, store: any InboxStore) {
    self.name = name
    self.store = store
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try PlainAddress(key: delivery.recipient.address)
    let entry = InboxPost(
      publicID: delivery.publicID, inbox: name, customer: delivery.recipient.customer,
      rule: delivery.rule, messageClass: delivery.messageClass.word,
      subject: delivery.message.subject, text: delivery.message.text, date: delivery.date)
    return Payload(
      publicID: delivery.publicID, recipient: address.text,
      bytes: try PayloadJSON.bytes(of: entry))
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await sends.run { await keep(payload) }
      ?? .withdrawn(Refusal("the channel is closed; nothing was kept"))
  }

  package func close() async {
    await sends.close()
  }

  private func keep(_ payload: Payload) async -> Outcome {
    guard let entry = PayloadJSON.value(InboxPost.self, from: payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was not made by an inbox channel: was the channel's type changed?"))
    }
    do {
      try await store.deliver(entry)
      return .sent(evidence: "kept in the inbox")
    } catch {
      // Keeping is idempotent, so even a failure after the fact may simply be tried again.
      return .retry(Refusal("the inbox could not be written: \(error)", isChannelWide: true))
    }
  }
}
