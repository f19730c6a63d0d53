import KindlyConfig
import KindlyCore

/// What a text message looks like before it is sent: its text and the number of parts that carriers bill.
enum SMSPreview {
  /// How marketing texts tell customers to opt out, in the languages of the sample letters.
  private static let optOuts = ["退订", "拒收", "stop", "unsubscribe", "opt out", "opt-out"]

  static func preview(_ text: String, of delivery: Delivery) -> HandOverPreview {
    preview([], text, of: delivery)
  }

  /// A message with an approved template; its text is the letter's own, which should be the same.
  static func preview(
    template: String, parameters: [ChannelForm.Parameter], of delivery: Delivery, sign: String?
  ) -> HandOverPreview {
    let form = ["Template: \(template)"] + parameters.map { "  \($0.name): \($0.value)" }
    // Without the letter's text nothing is known of the message but its parameters.
    guard let short = delivery.message.shortText else { return HandOverPreview(form) }
    let text = (sign.map { "【\($0)】" } ?? "") + short
    return preview(form, text, of: delivery)
  }

  private static func preview(
    _ form: [String], _ text: String, of delivery: Delivery
  ) -> HandOverPreview {
    let size = SMSText(text)
    return HandOverPreview(
      form + lines(text, size), warnings: warnings(text, delivery), segments: size.segments)
  }

  private static func lines(_ text: String, _ size: SMSText) -> [String] {
    let parts = size.segments == 1 ? "1 segment" : "\(size.segments) segments"
    let unit = size.alphabet == .gsm7 ? "septets" : "characters"
    return ["Text (\(size.length) \(unit) of \(size.alphabet.rawValue), \(parts)):", text]
  }

  private static func warnings(_ text: String, _ delivery: Delivery) -> [String] {
    let lowered = text.lowercased()
    guard delivery.messageClass == .marketing, !optOuts.contains(where: { lowered.contains($0) })
    else { return [] }
    return [
      "the text of a marketing message does not say how to opt out, which carriers and laws demand; add `拒收请回复R` or"
        + " `Reply STOP to opt out`"
    ]
  }
}
