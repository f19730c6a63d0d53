package import KindlyCore

/// The mailbox that replies and bounces come to, as `mailbox:` describes it.
package struct MailboxSettings: Hashable, Sendable {
  package let server: IMAPServer
  /// Whether the connection is not encrypted.
  package let isPlain: Bool
  package let user: String
  package let password: SecretReference
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  package let folder: String
  package let poll: Duration
  /// What is done to mails that are about our messages; nil leaves them as they are.
  package let done: MailMark?
  /// The languages whose words end marketing.
  package let optOut: [OptOutLanguage]
  /// Whether a reply becomes a task for the customer's owner.
  package let replies: ReplyTasks
  package internal(set) var place: Place

  /// Replies are read by people within hours, and a bounce matters before the next message.
  package static let standardPoll = Duration.minutes(2)
  static let polls = Duration.seconds(10)...Duration.hours(24)
  package static let standardFolder = "INBOX"
}

/// Whether replies become tasks, and over which channel.
package enum ReplyTasks: Hashable, Sendable {
  /// They do if `customers:` names an owner, there is one task channel, and no rule watches the replies.
  case standard
  case over(channel: String)
  case nothing
}
