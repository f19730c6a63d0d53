extension Migration {
  /// A hundred numbers for reasons, a band for each state, so that a new reason changes no table.
  ///
  /// A CHECK can only be changed by copying the table or by writing its text. The text is safe here, as SQLite's manual
  /// says of constraints that only become weaker, and takes no time however many reminders there are.
  /// https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
  static let reasons = Migration(
    number: 4, purpose: "reasons",
    sql: """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema
      SET sql = replace(replace(replace(replace(sql,
        'reason BETWEEN 1 AND 17', 'reason BETWEEN 1 AND 30'),
        'reason BETWEEN 31 AND 39', 'reason BETWEEN 31 AND 50'),
        'reason BETWEEN 51 AND 56', 'reason BETWEEN 51 AND 70'),
        'reason BETWEEN 71 AND 73', 'reason BETWEEN 71 AND 90')
      WHERE type = 'table' AND name = 'reminder';
      PRAGMA writable_schema = RESET;
      """)
}
