extension Migration {
  /// Replies of colleagues.
  static let acknowledgements = Migration(
    number: 30, purpose: "acknowledgements",
    sql: """
      -- Whether the reply answers a message to a colleague, a team or an address, and not to the customer.
      ALTER TABLE reply ADD COLUMN by_colleague INTEGER NOT NULL DEFAULT 0
        CHECK (by_colleague IN (0, 1));
      """)
}
