import KindlyCore

/// What a text message over a provider with approved templates is made of: the template's code and its parameters.
///
/// The letter's head has them under `channels:`, by the channel's name.
enum SMSForm {
  /// The most characters of a parameter that Chinese carriers take.
  static let longestParameter = 35

  /// The form of a message for a channel, or what the letter lacks.
  static func form(
    of message: Message, on channel: String
  ) throws(UnfitDelivery) -> (template: String, parameters: [ChannelForm.Parameter]) {
    guard let form = message.form(of: channel), let template = form.template else {
      throw UnfitDelivery(
        .message,
        "the letter's head has no template for channel \(channel); write `channels: { \(channel): { template: CODE,"
          + " parameters: … } }`")
    }
    for parameter in form.parameters {
      if let fault = fault(of: parameter) { throw UnfitDelivery(.message, fault) }
    }
    return (template, form.parameters)
  }

  /// What carriers refuse in a parameter.
  private static func fault(of parameter: ChannelForm.Parameter) -> String? {
    let value = parameter.value
    if value.isEmpty { return "parameter \(parameter.name) is empty, which carriers refuse" }
    if value.count > longestParameter {
      return
        "parameter \(parameter.name) has \(value.count) characters, and carriers take at most \(longestParameter)"
    }
    let lowered = value.lowercased()
    if ["http:", "https:", "www."].contains(where: { lowered.contains($0) }) {
      return
        "parameter \(parameter.name) holds a link, which carriers refuse; put the link into the provider's template"
    }
    if value.unicodeScalars.contains(where: { "【】".unicodeScalars.contains($0) }) {
      return "parameter \(parameter.name) contains 【 or 】, which only the signature may contain"
    }
    return nil
  }
}
