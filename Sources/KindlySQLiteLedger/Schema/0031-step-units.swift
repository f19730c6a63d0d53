extension Migration {
  /// Whether steps count from days or from minutes.
  static let stepUnits = Migration(
    number: 31, purpose: "step-units",
    sql: """
      -- Whether the step tells its reminders by the minute of their dates; NULL until it is loaded with this schema.
      ALTER TABLE step ADD COLUMN counts_minutes INTEGER CHECK (counts_minutes IN (0, 1));
      -- When that changed last. Reminders that were made before then are named the other way.
      ALTER TABLE step ADD COLUMN unit_changed_at INTEGER;
      """)
}
