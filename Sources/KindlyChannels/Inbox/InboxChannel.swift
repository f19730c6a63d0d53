package import KindlyCore

/// Reminders that stay here, for people to read.
package typealias InboxChannel = LedgerChannel<InboxPayload>

extension LedgerChannel<InboxPayload> {
  package convenience init(name: String, ledger: any InboxLedger, clock: any Timekeeper) {
    self.init(name: name) { delivery, _ in
      InboxPayload(delivery)
    } keep: { entry in
      try await ledger.deliver(entry.delivery, now: clock.now)
    }
  }
}

/// A reminder as an inbox channel keeps it.
package struct InboxPayload: LedgerEntry {
  private let publicID: String
  private let rule: String
  private let customer: String
  private let subject: String
  private let text: String

  package static var word: String { InboxSettings.word }
  package static let traits = ChannelTraits(
    rings: false, afterUnknown: .tryAgain, address: .key, hidesSecrets: true, knowsReading: true)
  package static let evidence = "kept in the inbox"

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
