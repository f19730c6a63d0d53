extension Migration {
  /// The fuse: the days on which a rule would send more than its limit, and the reminders that are held.
  static let fuse = Migration(
    number: 20, purpose: "fuse",
    sql: """
      -- A rule's fuse on a day that something has come near. `day` is the number of days since 1970-01-01 in the
      -- company's zone.
      CREATE TABLE fuse (
        rule INTEGER NOT NULL REFERENCES rule (id),
        day INTEGER NOT NULL,
        begins_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        -- The numbers of FuseStanding.State: suspect, blown, settled.
        state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
        since INTEGER NOT NULL,
        letters INTEGER NOT NULL,
        most INTEGER NOT NULL,
        -- What the limit follows from, in JSON.
        basis TEXT NOT NULL,
        -- What had gone when a person settled it, and counts no more.
        gone INTEGER NOT NULL DEFAULT 0 CHECK (gone >= 0),
        PRIMARY KEY (rule, day),
        CHECK (begins_at < ends_at)
      ) STRICT, WITHOUT ROWID;

      -- The numbers of FuseMark: none, held by a blown fuse, let go by a person.
      ALTER TABLE reminder ADD COLUMN fuse INTEGER NOT NULL DEFAULT 0 CHECK (fuse BETWEEN 0 AND 2);
      -- What waits for a fuse, oldest first: those that a blown one holds, and those that were checked for a suspect one.
      CREATE INDEX reminder_fused ON reminder (rule, fuse, due) WHERE state = 0 AND reason = 4;
      -- What a person let go, which no fuse counts.
      CREATE INDEX reminder_let_go ON reminder (rule, decided_at, state) WHERE fuse = 2;

      -- Whether a person has accepted the look that noticed the change.
      ALTER TABLE changes ADD COLUMN is_accepted INTEGER NOT NULL DEFAULT 0 CHECK (is_accepted BETWEEN 0 AND 1);
      """)
}
