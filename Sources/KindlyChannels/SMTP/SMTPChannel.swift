package import KindlyCore
package import KindlyTransport

/// Mail through a server that speaks SMTP.
package final class SMTPChannel: Channel {
  static let traits = ChannelTraits(
    rings: false, afterUnknown: .resendOnce, address: .email, carriesAttachments: true)

  package let name: String
  private let sender: MailSender
  private let bounces: EmailAddress?
  private let client: SMTPClient

  package var traits: ChannelTraits { SMTPChannel.traits }

  /// A channel whose connections are opened by its first mails.
  ///
  /// - Parameter bounces: `bounces@example.com` makes `bounces+ID@example.com` the envelope's sender.
  package init(name: String, account: SMTPAccount, sender: MailSender, bounces: EmailAddress?) {
    self.name = name
    self.sender = sender
    self.bounces = bounces
    client = SMTPClient(account)
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try EmailAddress(delivery.recipient.address)
    let message = try MIMEMessage(delivery, to: address, from: sender)
    return Payload(
      publicID: delivery.publicID, recipient: address.description, bytes: message.bytes)
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let mail = SMTPMail(
      sender: envelopeSender(for: payload.publicID), recipient: payload.recipient,
      bytes: payload.bytes)
    return await client.send(mail, deadline: deadline)
  }

  package func close() async {
    await client.close()
  }

  /// The address that a mail's bounces go to.
  private func envelopeSender(for publicID: String) -> String {
    guard let bounces else { return sender.from.address.description }
    return "\(bounces.local)+\(publicID)@\(bounces.domain)"
  }
}
