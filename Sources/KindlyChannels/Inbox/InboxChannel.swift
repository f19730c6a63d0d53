package import KindlyCore

/// Reminders that stay here, for colleagues to read.
package typealias InboxChannel = LedgerChannel<InboxPayload>

extension LedgerChannel<InboxPayload> {
  package convenience init(name: String, ledger: any InboxLedger, clock: any Timekeeper) {
    self.init(name: name) { delivery, address in
      InboxPayload(delivery, to: address)
    } keep: { entry in
      try await ledger.deliver(entry.delivery, now: clock.now)
    }
  }
}

/// A reminder as an inbox channel keeps it.
package struct InboxPayload: LedgerEntry {
  private let publicID: String
  private let rule: String
  /// Nil for a message about nobody.
  private let customer: String?
  /// Nil for a message to the customer, and in payloads that an older version stored.
  private let recipient: String?
  private let subject: String
  private let text: String

  package static var word: String { InboxSettings.word }
  package static let traits = ChannelTraits(
    rings: false, afterUnknown: .tryAgain, address: .key, hidesSecrets: true, knowsReading: true)
  package static let evidence = "kept in the inbox"

  init(_ delivery: Delivery, to address: String) {
    recipient = delivery.recipient.kind == .customers ? nil : address
    publicID = delivery.publicID
    rule = delivery.rule
    customer = delivery.about
    subject = delivery.message.subject
    text = delivery.message.text
  }

  var delivery: InboxDelivery {
    InboxDelivery(
      publicID: publicID, rule: rule, customer: customer, recipient: recipient, subject: subject,
      body: text)
  }
}
