extension Migration {
  /// Who got a message that did not go to the customer.
  static let recipients = Migration(
    number: 22, purpose: "recipients",
    sql: """
      -- The recipient as people name them, such as `colleague anna`; NULL for the customer.
      ALTER TABLE attempt ADD COLUMN recipient TEXT;
      """)
}
