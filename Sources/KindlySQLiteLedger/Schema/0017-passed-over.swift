extension Migration {
  /// Which channels of its route a reminder did not take, and why.
  static let passedOver = Migration(
    number: 17, purpose: "passed-over",
    sql: """
      -- A JSON array of channels and reasons; NULL for the many that take the first channel.
      ALTER TABLE reminder ADD COLUMN passed_over TEXT;
      """)
}
