extension Migration {
  /// The staging tables for what a look finds before its guard has judged all of it, and the moments that are held for
  /// a person.
  static let massChanges = Migration(
    number: 5, purpose: "mass-changes",
    sql: """
      -- The differences of one look at a watch, where they are too many to hold in memory. They become known rows and
      -- changes in one transaction when the guard has passed the look; what an interrupted look left is dropped.
      CREATE TABLE staged_row (
        watch INTEGER NOT NULL REFERENCES watch (id),
        key BLOB NOT NULL,
        hash INTEGER NOT NULL,
        column_set INTEGER NOT NULL,
        old TEXT NOT NULL,
        missing_since INTEGER,
        is_gone INTEGER NOT NULL,
        PRIMARY KEY (watch, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE staged_change (
        id INTEGER PRIMARY KEY,
        watch INTEGER NOT NULL REFERENCES watch (id),
        operation INTEGER NOT NULL,
        row_key TEXT NOT NULL,
        old TEXT,
        new TEXT,
        changed TEXT NOT NULL
      ) STRICT;

      -- Why the moments that a change of dates made due at once are not planned, and what a person decided about them:
      -- 1 accept, 2 ignore. A decision stays until the next scan of the watch has acted on it.
      ALTER TABLE watch ADD COLUMN moments_held_since INTEGER;
      ALTER TABLE watch ADD COLUMN moments_held_text TEXT
        CHECK ((moments_held_text IS NULL) = (moments_held_since IS NULL));
      ALTER TABLE watch ADD COLUMN moments_decision INTEGER CHECK (moments_decision IN (1, 2));

      -- Whether a step's moments were ever scanned to the end: the first scan plans what lies ahead, however much it is.
      ALTER TABLE step ADD COLUMN is_scanned INTEGER NOT NULL DEFAULT 0 CHECK (is_scanned IN (0, 1));
      UPDATE step SET is_scanned = 1;
      """)
}
