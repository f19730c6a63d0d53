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
    /// The customer has no address for it.
    case noAddress
  }

  package let channel: String
  package let form: Form

  /// A preview for each channel that a step may use, in the order of its routes.
  package static func all(
    of message: Message, rule: Rule, step: Step, to customer: Person, now: Instant,
    _ configuration: Configuration
  ) -> [ChannelPreview] {
    configuration.channels(of: step).map { settings in
      ChannelPreview(
        channel: settings.name,
        form: form(of: message, rule: rule, step: step, to: customer, now: now, settings))
    }
  }

  private static func form(
    of message: Message, rule: Rule, step: Step, to customer: Person, now: Instant,
    _ settings: ChannelSettings
  ) -> Form {
    guard let address = customer.address(of: settings.address) else { return .noAddress }
    let delivery = Delivery(
      publicID: sampleID, messageID: "\(sampleID)@example.com", rule: rule.name,
      messageClass: step.messageClass, about: customer.key.description,
      recipient: Recipient(
        key: customer.key.description, name: customer.name, address: address,
        language: customer.language), message: message, attempt: 1, date: now)
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
