extension Migration {
  /// When a step was first seen, which tells what its rule's backfill reached from what came later.
  static let stepStart = Migration(
    number: 6, purpose: "step-start",
    sql: """
      -- NULL for steps of before this column: what their backfill reached is long over.
      ALTER TABLE step ADD COLUMN begun_at INTEGER;
      """)
}
