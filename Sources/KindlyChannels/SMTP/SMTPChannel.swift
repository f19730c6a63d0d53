package import KindlyCore
import KindlyTransport

/// Mail through a server that speaks SMTP.
package final class SMTPChannel: Channel {
  package let name: String
  package let traits = ChannelTraits(rings: false, afterUnknown: .resendOnce, address: .email)
  private let settings: SMTPSettings
  private let client: SMTPClient

  /// A channel whose connections are opened by its first mails.
  package init(name: String, settings: SMTPSettings) {
    self.name = name
    self.settings = settings
    client = SMTPClient(settings.account)
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try EmailAddress(delivery.recipient.address)
    let message = try MIMEMessage(delivery, to: address, from: settings.sender)
    return Payload(
      publicID: delivery.publicID, recipient: address.description, bytes: message.bytes)
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let mail = SMTPMail(
      sender: settings.envelopeSender(for: payload.publicID), recipient: payload.recipient,
      bytes: payload.bytes)
    return await client.send(mail, deadline: deadline)
  }

  package func close() async {
    await client.close()
  }
}
