package import KindlyConfig
package import KindlyCore

/// What one channel of a step would hand over for a message.
package struct ChannelPreview: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// The letter as it is.
    case letter
    /// In the channel's own form.
    case own(HandOverPreview)
    /// The channel would refuse the message, or the address.
    case refused(UnfitDelivery)
    /// The recipient has no address for it.
    case noAddress
  }

  package let channel: String
  package let form: Form

  /// A preview for each channel that a step may use for a recipient, in the order of its routes.
  package static func all(
    of message: Message, rule: Rule, step: Step, about: Person?, to recipient: Person,
    in role: RecipientRole, now: Instant, _ configuration: Configuration
  ) -> [ChannelPreview] {
    configuration.channels(of: step, to: role).map { settings in
      ChannelPreview(
        channel: settings.name,
        form: form(
          of: message, rule: rule, step: step, about: about, to: recipient, now: now, settings))
    }
  }

  private static func form(
    of message: Message, rule: Rule, step: Step, about: Person?, to recipient: Person, now: Instant,
    _ settings: ChannelSettings
  ) -> Form {
    guard let address = recipient.address(of: settings.address) else { return .noAddress }
    let delivery = Delivery(
      publicID: sampleID, messageID: "\(sampleID)@example.com", rule: rule.name,
      messageClass: step.messageClass, about: about?.key.description,
      recipient: Recipient(
        recipient.kind, key: recipient.key.description, name: recipient.name, address: address,
        language: recipient.language), message: message, attempt: 1, date: now)
    do throws(UnfitDelivery) {
      return try settings.type.preview(of: delivery, on: settings.name).map(Form.own)
        ?? .letter
    } catch {
      return .refused(error)
    }
  }

  /// Stands for the id that a reminder will have.
  private static let sampleID = "0123456789abcdef"
}
