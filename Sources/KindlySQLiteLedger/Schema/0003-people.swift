extension Migration {
  /// What people do and read: pauses, suppressions, the inbox, and the record of who did what.
  static let people = Migration(
    number: 3, purpose: "people",
    sql: """
      CREATE TABLE action (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        uid INTEGER,
        user TEXT NOT NULL,
        verb TEXT NOT NULL,
        subject TEXT NOT NULL,
        because TEXT
      ) STRICT;
      CREATE TABLE action_reminder (
        reminder INTEGER NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
        action INTEGER NOT NULL REFERENCES action (id) ON DELETE CASCADE,
        PRIMARY KEY (reminder, action)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX action_reminder_action ON action_reminder (action);

      -- scope: 0 all, 1 a rule, 2 a channel; by name, because either may be unknown yet.
      CREATE TABLE pause (
        scope INTEGER NOT NULL CHECK (scope IN (0, 1, 2)),
        name TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        because TEXT NOT NULL,
        paused_by TEXT NOT NULL,
        PRIMARY KEY (scope, name),
        CHECK ((scope = 0) = (name = ''))
      ) STRICT, WITHOUT ROWID;

      -- Addresses are personal data: only their salted hash is kept.
      CREATE TABLE suppression (
        address_hash BLOB PRIMARY KEY CHECK (length(address_hash) = 32),
        because TEXT NOT NULL,
        since INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE inbox (
        id INTEGER PRIMARY KEY,
        public_id TEXT NOT NULL UNIQUE,
        rule TEXT NOT NULL,
        customer TEXT NOT NULL,
        subject TEXT NOT NULL,
        -- NULL once it is older than bodies are kept.
        body TEXT,
        delivered_at INTEGER NOT NULL,
        read_at INTEGER,
        read_by TEXT
      ) STRICT;
      CREATE INDEX inbox_unread ON inbox (id) WHERE read_at IS NULL;
      CREATE INDEX inbox_delivered ON inbox (delivered_at) WHERE body IS NOT NULL;

      -- What status shows of the daemon: its mode, its last look, and the like.
      CREATE TABLE fact (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """)
}
