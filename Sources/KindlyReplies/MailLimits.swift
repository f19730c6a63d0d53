/// How much of a mail is read. Anyone may send mail of any shape to the mailbox, so nothing here grows with it.
package enum MailLimits {
  /// A mail is cut here. The text of a reply and the report of a bounce stand before attachments and returned mails.
  package static let mostBytes = 256 * 1024
  /// The headers of one part; real ones are rarely above 20 KB.
  static let mostHeaderBytes = 64 * 1024
  static let mostHeaders = 500
  /// Multiparts within multiparts; real mail has four or five.
  static let mostDepth = 8
  static let mostParts = 100
  /// The decoded text of all parts together.
  static let mostText = 64 * 1024
  /// A person's letter or a server's report has a few dozen lines.
  static let mostLines = 2000
  /// An address, a Message-ID or a word of the header that is longer is not one of ours.
  static let longestWord = 1024
  static let mostRecipients = 50
  /// How many reminders one mail may name: a thread of mails names each of its mails.
  static let mostReferences = 10
}
