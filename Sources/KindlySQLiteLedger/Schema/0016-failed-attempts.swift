extension Migration {
  /// Finds the last failure of each channel.
  static let failedAttempts = Migration(
    number: 16, purpose: "failed-attempts",
    sql: """
      -- Most attempts succeed, and these are not in it.
      CREATE INDEX attempt_failed ON attempt (channel, ended_at) WHERE outcome <> 1;
      """)
}
