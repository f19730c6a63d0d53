import KindlyCore

/// The error codes of WeChat's messages, of official accounts and mini programs.
///
/// Source: WeChat documentation, "Global error codes" and the pages of the two interfaces.
enum WeChatCodes {
  static let table = CodeTable([
    .init(["-1"], .channelRetry(), "the service is busy"),
    .init(["40241"], .alreadySent),
    .init(
      ["45011", "45047", "45035"], .channelRetry(after: .minutes(1)),
      "too many requests in a minute"),
    .init(["43117"], .retry(after: .hours(6)), "this customer has had too many messages"),
    .init(["45009"], .channelRetry(after: .hours(1)), "the account's daily quota is used up"),
    .init(
      ["40001", "40014", "42001"], .channelRetry(), "the access token was refused twice in a row"),
    .init(["40003"], .rejected(), "the address is no OpenID of this account"),
    .init(
      ["43004", "43019"], .rejected(suppresses: false), "the customer does not follow the account"),
    .init(
      ["43101"], .rejected(suppresses: false),
      "the customer has refused such messages, or has not allowed this one"),
    .init(["40037"], .badMessage, "the letter's template is not one of the account"),
    .init(
      ["47003", "47001", "41028", "41029"], .badMessage, "a field is not what the template takes"),
    .init(["41030", "40165"], .badMessage, "the `page` does not exist in the mini program"),
    .init(["45168"], .badMessage, "the text holds words that WeChat does not allow"),
    .init(
      ["48001", "50002", "43107"], .misconfigured,
      "the account may not send such messages; see its console"),
    .init(
      ["40164"], .misconfigured,
      "this machine's address is not in the account's list of allowed addresses"),
    .init(["40013", "40125", "41002", "41004"], .misconfigured, "`app id` or `secret` is wrong"),
  ])
}
