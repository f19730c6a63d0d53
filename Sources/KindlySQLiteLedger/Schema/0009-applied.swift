extension Migration {
  /// Records whether a reminder's condition ever held, to tell "never applied" from "no longer applies".
  static let applied = Migration(
    number: 9, purpose: "applied",
    sql: """
      -- 0 where the condition was not asked yet, did not hold whenever it was asked, or could not be evaluated. What is
      -- older than this column counts as having applied.
      ALTER TABLE reminder ADD COLUMN applied INTEGER NOT NULL DEFAULT 1 CHECK (applied BETWEEN 0 AND 1);
      """)
}
