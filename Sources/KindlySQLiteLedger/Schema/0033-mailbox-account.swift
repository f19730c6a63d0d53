extension Migration {
  /// Which mailbox the position belongs to.
  static let mailboxAccount = Migration(
    number: 33, purpose: "mailbox-account",
    sql: """
      -- Server, user and folder. NULL: the mailbox that is configured when it is read next.
      ALTER TABLE mailbox ADD COLUMN account TEXT;
      """)
}
