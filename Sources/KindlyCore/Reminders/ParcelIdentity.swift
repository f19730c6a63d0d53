import Crypto

/// Identifies the reminders that are sent as one message: they share the digest time, recipient, route, channel,
/// template and class, and may come from different rules.
package struct ParcelIdentity: Hashable, Sendable {
  /// The time of the digest.
  package let at: Instant
  /// The recipient, distinct even from others with the same key: see `Person.distinctKey`.
  package let recipient: RowKey
  /// The route that all of them follow if the message is refused, and the channel they have reached on it.
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

  /// The most reminders in one message. Longer lists are split, because nobody reads more at once and memory must
  /// stay bounded.
  package static let most = 500

  /// The number under which the ledger groups the reminders of a parcel: 64 bits of a hash.
  ///
  /// Two parcels with the same number are claimed together but still sent as two messages.
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
