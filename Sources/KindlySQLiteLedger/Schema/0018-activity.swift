extension Migration {
  /// Keeps how many messages each rule sent on each day, so that no one counts months of reminders to learn what is
  /// usual.
  static let activity = Migration(
    number: 18, purpose: "activity",
    sql: """
      -- Days that have ended. `day` is the number of days since 1970-01-01 in the company's zone. A day without anything
      -- sent has no row; the fact `activity` says through which day all are counted.
      CREATE TABLE rule_day (
        rule INTEGER NOT NULL REFERENCES rule (id),
        day INTEGER NOT NULL,
        sent INTEGER NOT NULL CHECK (sent > 0),
        PRIMARY KEY (rule, day)
      ) STRICT, WITHOUT ROWID;
      """)
}
