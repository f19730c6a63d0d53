extension Migration {
  /// Counts commits, so that the marker beside the ledger shows whether any are missing.
  static let commits = Migration(
    number: 10, purpose: "commits",
    sql: """
      -- Commits of the ledger while it was armed. The marker repeats the number after each of them: a ledger with a lower
      -- one has lost some.
      ALTER TABLE ledger ADD COLUMN commits INTEGER NOT NULL DEFAULT 0 CHECK (commits >= 0);
      """)
}
