import KindlyCore

/// What a WeChat message is made of: a template of the account, and a value for each of its fields.
///
/// A field's name begins with its type, `thing1`, which bounds its value. Source: WeChat documentation, "Template messages"
/// and "Subscribe messages".
enum WeChatForm {
  /// The form of a message for a channel, or what is wrong with it.
  static func form(
    of message: Message, on channel: String
  ) throws(UnfitDelivery) -> (template: String, form: ChannelForm) {
    guard let form = message.form(of: channel), let template = form.template else {
      throw UnfitDelivery(
        .message,
        "the letter's head has no template for channel \(channel); write `channels: { \(channel): { template: ID,"
          + " parameters: { thing1: … } } }`")
    }
    for parameter in form.parameters {
      if let fault = fault(of: parameter) { throw UnfitDelivery(.message, fault) }
    }
    return (template, form)
  }

  /// The form as people read it.
  static func lines(of message: Message, on channel: String) throws(UnfitDelivery) -> [String] {
    let (template, form) = try form(of: message, on: channel)
    return ["Template: \(template)"] + form.parameters.map { "  \($0.name): \($0.value)" }
      + [form.url.map { "Link: \($0)" }, form.page.map { "Page: \($0)" }].compactMap(\.self)
  }

  /// The value of a field as WeChat takes it.
  struct Value: Codable {
    let value: String
  }

  /// The fields of a form by their names.
  static func data(_ form: ChannelForm) -> [ExactText: Value] {
    Dictionary(form.parameters.map { (ExactText($0.name), Value(value: $0.value)) }) { first, _ in
      first
    }
  }

  private static func fault(of field: ChannelForm.Parameter) -> String? {
    let type = String(field.name.prefix { !$0.isASCIIDigit })
    let value = field.value
    if value.isEmpty { return "field \(field.name) is empty, which WeChat refuses" }
    guard let rule = rules[type] else {
      return value.count <= longestField
        ? nil
        : "field \(field.name) has \(value.count) characters, and WeChat takes at most \(longestField)"
    }
    if value.count > rule.longest {
      return
        "field \(field.name) has \(value.count) characters, and WeChat takes at most \(rule.longest) in a \(type)"
    }
    return value.unicodeScalars.allSatisfy(rule.allows)
      ? nil
      : "field \(field.name) may contain only \(rule.what), because WeChat accepts nothing else in a \(type)"
  }

  /// The most characters of a field of any other type.
  private static let longestField = 20

  private struct Rule: Sendable {
    let longest: Int
    let what: String
    let allows: @Sendable (Unicode.Scalar) -> Bool

    init(
      _ longest: Int, _ what: String = "text",
      _ allows: @escaping @Sendable (Unicode.Scalar) -> Bool = { _ in true }
    ) {
      self.longest = longest
      self.what = what
      self.allows = allows
    }
  }

  private static let rules: [String: Rule] = [
    "thing": Rule(20),
    "number": Rule(32, "digits and a point") { isDigit($0) || $0 == "." || $0 == "-" },
    "letter": Rule(32, "letters") { isLetter($0) },
    "symbol": Rule(5, "symbols") { !isDigit($0) && !isLetter($0) },
    "character_string": Rule(32, "ASCII letters, digits and symbols") { $0.value < 0x80 },
    "time": Rule(32),
    "date": Rule(32),
    "amount": Rule(16),
    "phone_number": Rule(17, "digits and +-") {
      isDigit($0) || "+- ()".unicodeScalars.contains($0)
    },
    "car_number": Rule(8),
    "name": Rule(20),
    "phrase": Rule(5, "Chinese characters") { $0.properties.isIdeographic },
  ]

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
