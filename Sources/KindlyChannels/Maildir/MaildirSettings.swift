package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `maildir`: a folder of mail on this machine.
package struct MaildirSettings: ChannelType {
  package static let word = "maildir"

  /// The folder that holds `tmp`, `new` and `cur`; made where it is missing.
  package let path: String
  package let from: Mailbox?

  package init?(_ fields: inout Fields) {
    from = fields.mailbox("from")
    let path = fields.requiredText("path", "an absolute path, `/var/lib/kindly/mail`")?
      .value("an absolute path", Notation.absolutePath)
    guard let path else { return nil }
    self.path = path
  }
}

extension MaildirSettings {
  package var traits: ChannelTraits { MaildirChannel.traits }
  package var sender: Mailbox? { from }
  // Files wait for the disk, not for a network.
  package var standardConcurrency: Int { 2 }

  package func channel(in surroundings: ChannelSurroundings) -> any Channel {
    MaildirChannel(
      name: surroundings.name, path: path,
      sender: MailSender(from: surroundings.sender, zone: surroundings.zone))
  }
}
