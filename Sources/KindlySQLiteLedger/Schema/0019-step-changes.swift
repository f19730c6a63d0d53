extension Migration {
  /// The last change before a step was first seen: a step that is added to a known rule starts after it.
  static let stepChanges = Migration(
    number: 19, purpose: "step-changes",
    sql: """
      -- NULL for steps of before this column: their rule's position tells what they have seen.
      ALTER TABLE step ADD COLUMN changes_after INTEGER;
      """)
}
