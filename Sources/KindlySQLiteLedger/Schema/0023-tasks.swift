extension Migration {
  /// What colleagues have to do, and what they did.
  static let tasks = Migration(
    number: 23, purpose: "tasks",
    sql: """
      CREATE TABLE task (
        id INTEGER PRIMARY KEY,
        public_id TEXT NOT NULL UNIQUE,
        rule TEXT NOT NULL,
        -- Customer and assignee as people type their keys.
        customer TEXT NOT NULL,
        assignee TEXT NOT NULL,
        subject TEXT NOT NULL,
        -- NULL once it is older than texts are kept.
        card TEXT,
        -- The numbers of TaskState.
        state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
        created_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        sleeps_until INTEGER,
        taken_by TEXT,
        outcome TEXT,
        kind TEXT,
        note TEXT,
        decided_at INTEGER,
        CHECK ((state = 2) = (decided_at IS NOT NULL)),
        CHECK ((state = 2) = (outcome IS NOT NULL)),
        CHECK (state <> 1 OR taken_by IS NOT NULL)
      ) STRICT;
      -- What somebody has to do, the most urgent first.
      CREATE INDEX task_open ON task (due_at, assignee) WHERE state < 2;
      CREATE INDEX task_decided ON task (decided_at) WHERE decided_at IS NOT NULL;

      CREATE TABLE task_event (
        id INTEGER PRIMARY KEY,
        task INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        done_by TEXT NOT NULL,
        text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX task_event_task ON task_event (task);
      """)
}
