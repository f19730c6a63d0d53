/// The phrases by which bounces without a report are known, as `FoldedText` writes them.
///
/// They were collected from the mails of flufl.bounce's tests and from what servers write today. A phrase must say that
/// a mail did not arrive; that alone makes no bounce, because people write so too.
enum BounceWords {
  /// In subjects, where people do not write them.
  static let subjects = [
    "undeliver", "delivery status notification", "delivery failure", "delivery failed",
    "delivery problem", "delivery report", "delivery notification", "delivery error",
    "delivery warning", "failure notice", "failure delivery", "failed mail", "mail failed",
    "returned mail", "returned to sender", "returning message", "returning to sender",
    "mail error", "mail system error", "non-delivery", "nondelivery", "could not be delivered",
    "not delivered", "awaits delivery", "permanent delivery", "processing error",
    "user unknown", "automatically rejected mail", "warning: message", "message delayed",
    "delayed mail", "message status", "mail delivery", "unzustellbar", "nicht zugestellt",
    "unzustellbarkeitsbericht", "non remis", "non distribu", "echec de la remise",
    "échec de la remise", "no se puede entregar", "no se pudo entregar", "no entregado",
    "non recapitabil", "mancato recapito", "退信", "无法投递", "投递失败", "未送达", "退件",
    "配信不能", "送信できませんでした", "配信できません", "не доставлено", "недоставлен",
    "utilisateur non recens",
  ]

  /// In the text of a mail.
  static let texts = [
    "could not be delivered", "couldn't be delivered", "cannot be delivered",
    "can not be delivered", "was not delivered", "not delivered to", "undeliverable",
    "unable to deliver", "wasn't able to deliver", "was unable to deliver", "not able to deliver",
    "delivery failed", "delivery has failed", "delivery failure", "failed to deliver",
    "delivery to the following", "did not reach the following", "did not receive",
    "following addresses had", "failed recipient", "failed addresses", "delivery problem",
    "recipient's mailbox", "mailbox is full", "mailbox full", "mail box space", "over quota",
    "quota exceeded", "exceeded storage", "user unknown", "unknown user", "no such user",
    "user not found", "unknown recipient", "recipient unknown", "does not exist",
    "no mailbox here", "account that you tried to reach", "returned mail", "returned message",
    "sent could not", "message was not", "was rejected", "automatically rejected",
    "undeliverable address", "not yet been delivered", "not been delivered",
    "has been delayed", "delivery temporarily", "still being retried", "could not deliver",
    "couldn't deliver", "could not send", "retry timeout exceeded", "intended recipient:",
    "invalid final delivery userid", "error description:", "delivery attempts", "failure notice",
    "host unknown", "too many hops", "unable to relay", "relaying denied", "mail error",
    "konnte nicht zugestellt", "nicht zugestellt werden", "unzustellbar",
    "n'a pas pu etre deliv", "n'a pas pu être", "n'a pu être", "no se ha podido entregar",
    "no pudo ser entregado", "could not be reached", "non è stato possibile",
    "无法投递", "投递失败", "无法送达", "被退回", "未能送达", "配信できませんでした",
    "届きませんでした", "送信できませんでした", "не может быть доставлено", "не доставлено",
    "не удалось доставить", "isn't active", "message could not be",
  ]

  /// That the server still tries.
  static let delays = [
    "has not yet been delivered", "not yet been delivered", "still being retried",
    "will be retried", "has been delayed", "delivery attempts will continue",
    "this is just a warning", "no action is required", "has been postponed",
    "will continue to try", "will keep trying", "(delay)", "message delayed", "delayed mail",
    "warning: could not send message", "advisory-only",
  ]

  /// That the address does not exist.
  static let unknownAddress = [
    "user unknown", "unknown user", "no such user", "user not found", "unknown recipient",
    "recipient unknown", "no mailbox here by that name", "address does not exist",
    "account does not exist", "user does not exist", "doesn't have a", "no such mailbox",
    "mailbox not found", "mailbox does not exist", "recipient not found", "invalid recipient",
    "unknown or illegal alias", "no such recipient", "not a valid user", "not a valid mailbox",
    "account that you tried to reach does not exist", "address rejected", "user doesn't exist",
    "invalid mailbox", "bad destination mailbox address", "host unknown", "domain not found",
    "user is unknown", "is not a known user", "there is no user",
  ]

  /// That the mailbox is full or the address works again later.
  static let fullMailbox = [
    "mailbox is full", "mailbox full", "over quota", "overquota", "quota exceeded",
    "exceeded storage", "exceeds the quota", "exceeded the quota", "mail box space not enough",
    "insufficient disk", "out of storage", "storage allocation", "mailbox size",
  ]

  /// That the message or its sender was refused, not the address.
  static let refusals = [
    "spam", "blocked", "blacklist", "block list", "blocklist", "policy", "unsolicited",
    "relaying denied", "relay access denied", "unable to relay", "virus", "not authorized",
    "access denied", "too many hops", "loop", "message size", "too large", "maximum incoming",
    "content rejected", "dmarc", "not permitted",
  ]

  /// Where the returned mail begins in a text. What stands behind is not the server's.
  static let returned = [
    "original message", "copy of the message", "copy of your message", "returned message",
    "returned mail", "message header", "message text follows", "message headers follow",
    "unsent message", "original-nachricht", "the header", "your message reads",
    "below this line", "below the next line", "mail header", "end of message",
  ]
}
