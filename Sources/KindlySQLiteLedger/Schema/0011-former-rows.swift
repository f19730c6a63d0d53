extension Migration {
  /// Which keys had another row before: tells a new customer's letters from a former one's.
  static let formerRows = Migration(
    number: 11, purpose: "former-rows",
    sql: """
      -- The watch of a rule, as of its last activation; NULL until then. Names the rows that its reminders are about.
      ALTER TABLE rule ADD COLUMN watch TEXT;

      -- A row for each time that a key passed on: `gone_at` is when the former row's delete was noticed, `passed_at` when
      -- the new row was. What was planned before `gone_at` is about the former row.
      -- The columns of the key come first: otherwise quick_check of SQLite 3.40 reads the wrong one.
      CREATE TABLE former_row (
        watch INTEGER NOT NULL REFERENCES watch (id),
        row_key TEXT NOT NULL,
        passed_at INTEGER NOT NULL,
        gone_at INTEGER NOT NULL CHECK (gone_at <= passed_at),
        PRIMARY KEY (watch, row_key, passed_at)
      ) STRICT, WITHOUT ROWID;
      """)
}
