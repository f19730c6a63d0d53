extension Migration {
  /// Who got a message, from its hand-over on.
  static let messageRecipients = Migration(
    number: 32, purpose: "message-recipients",
    sql: """
      -- Who got the message, if that was not the customer; empty for the customer. NULL where only the attempts tell.
      ALTER TABLE message_address ADD COLUMN recipient TEXT;
      """)
}
