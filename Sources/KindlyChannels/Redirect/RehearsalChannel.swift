package import KindlyCore

/// Replaces a channel for `delivery: rehearsal`: it behaves like the channel, but its messages are mail in a maildir.
///
/// If the channel does not use mail addresses, the mail is addressed to a domain that cannot exist, and shows the
/// channel's name and the customer's key.
package struct RehearsalChannel: Channel {
  package let traits: ChannelTraits
  private let maildir: MaildirChannel

  /// The mail address that stands for one of another kind.
  private var stand: String { "\(name)-\(traits.address.word)@rehearsal.invalid" }

  package var name: String { maildir.name }

  /// - Parameters:
  ///   - name: the name of the channel that it replaces.
  ///   - traits: that channel's.
  ///   - path: the folder of the maildir; made where it is missing.
  ///   - zone: the zone in which the mail is dated.
  package init(name: String, traits: ChannelTraits, path: String, sender: Mailbox, zone: Zone) {
    self.traits = traits
    maildir = MaildirChannel(
      name: name, path: path, sender: MailSender(from: sender, zone: zone))
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    try maildir.recipient(of: traits.address == .email ? address : stand)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    guard traits.address != .email else { return try maildir.prepare(delivery) }
    var mail = delivery
    if !traits.carriesAttachments { mail.message.attachments = [] }
    mail.message.subject = "[\(name)] \(mail.message.subject)"
    if let short = mail.message.shortText {
      mail.message.text = short
      mail.message.html = nil
    }
    mail.recipient.address = stand
    return try maildir.prepare(mail)
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    await maildir.send(payload, deadline: deadline)
  }

  package func close() async {
    await maildir.close()
  }
}
