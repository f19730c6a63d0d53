import KindlyConfig
import KindlyCore

/// What robots that write into a group chat have in common.
enum GroupRobot {
  /// The group is the recipient, so no address is needed. It rings on many phones, whose owners may read no customer's
  /// secret, and a robot recognises no repeat.
  static let traits = ChannelTraits(
    rings: true, afterUnknown: .waitForPerson, address: .key, hidesSecrets: true,
    avoidsHalfHours: true)

  /// A robot takes one message after the other.
  static let concurrency = 1

  /// What stands in the group: the short text, or the subject and the text.
  ///
  /// A tag in it would mention everybody (`<at user_id="all">` in Feishu, `<@all>` in WeCom) or hide the target of a
  /// link (`<a href="…">` in WeCom). A customer's values cannot be told from the letter's own words here, so no tag is
  /// left.
  ///
  /// - Parameter limit: the most bytes of UTF-8 that the robot takes.
  static func text(of message: Message, atMost limit: Int) throws(UnfitDelivery) -> String {
    let text = Markup.withoutTags(
      (message.shortText ?? "\(message.subject)\n\(message.text)").trimmed)
    guard text.utf8.count <= limit else {
      throw UnfitDelivery(
        .message,
        "the text has \(text.utf8.count) bytes, but at most \(limit) are allowed; write a shorter one as `sms:` in"
          + " the letter's head")
    }
    return text
  }

  /// A message as the robots of WeCom and DingTalk take it.
  struct TextBody: Codable {
    struct Text: Codable {
      let content: String
    }

    var msgtype = "text"
    let text: Text

    init(_ content: String) { text = Text(content: content) }
  }
}
