extension Migration {
  /// Gives the leases of each run an end.
  static let leases = Migration(
    number: 14, purpose: "leases",
    sql: """
      -- When the run's leases end. The run extends this while it works; 0 after the run has ended.
      ALTER TABLE run ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
      """)
}
