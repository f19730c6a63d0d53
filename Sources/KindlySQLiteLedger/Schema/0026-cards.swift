extension Migration {
  /// The customer lists on tasks, and the recipients of inbox entries.
  static let cards = Migration(
    number: 26, purpose: "cards",
    sql: """
      -- A JSON array of ShownList; NULL where nothing is shown, and once it is older than texts are kept.
      ALTER TABLE task ADD COLUMN lists TEXT;
      -- The key of the colleague or team as people type it; NULL for an entry that the customer would have got.
      ALTER TABLE inbox ADD COLUMN recipient TEXT;
      """)
}
