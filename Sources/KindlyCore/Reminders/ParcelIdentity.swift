import Crypto

/// Which reminders leave as one message: those of one digest time that the same template
/// tells one recipient over one channel, of whatever rule.
package struct ParcelIdentity: Hashable, Sendable {
  /// The time of the digest.
  package let at: Instant
  /// The recipient, with everyone who has that key kept apart: see `Person.distinctKey`.
  package let recipient: RowKey
  /// The route, which all of them follow if the message is not taken, and the channel of it.
  package let route: ExactText
  package let channel: ExactText
  package let template: ExactText
  package let messageClass: MessageClass

  package init(
    at: Instant, recipient: RowKey, route: Route, channel: String, template: String,
    messageClass: MessageClass
  ) {
    self.route = ExactText(route.description)
    self.at = at
    self.recipient = recipient
    self.channel = ExactText(channel)
    self.template = ExactText(template)
    self.messageClass = messageClass
  }

  /// The most reminders in one message. A longer list is several messages, because nobody reads more at once and it
  /// bounds the memory.
  package static let most = 500

  /// The number by which the ledger keeps the reminders of a parcel together: 64 bits of a hash.
  ///
  /// Two parcels with the same number are claimed together and still leave as two messages.
  package var number: Int64 {
    let text = JSONText.array([
      String(at.milliseconds), recipient.text, route.string, channel.string,
      template.string, messageClass.word,
    ])
    let hash = SHA256.hash(data: Array(text.utf8))
    return hash.withUnsafeBytes {
      Int64(bitPattern: $0.loadUnaligned(as: UInt64.self).littleEndian)
    }
  }
}
