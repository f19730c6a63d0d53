extension Migration {
  /// The outbox: rules and steps by number, reminders, their attempts, and who runs.
  static let reminders = Migration(
    number: 1, purpose: "reminders", sql: identityTables + reminderTable + attemptTables)

  private static let identityTables = """
    -- The ledger itself: one row. `ledger_id` is the root of all public ids and never changes; `instance` and `epoch`
    -- are what the marker file is compared with.
    CREATE TABLE ledger (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      ledger_id BLOB NOT NULL CHECK (length(ledger_id) = 16),
      instance TEXT NOT NULL,
      epoch INTEGER NOT NULL CHECK (epoch >= 0),
      machine TEXT,
      backup_of INTEGER,
      created_at INTEGER NOT NULL,
      last_time INTEGER NOT NULL
    ) STRICT;

    -- One row a process start; `epoch` counts its claims.
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      pid INTEGER NOT NULL,
      host TEXT NOT NULL,
      version TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      epoch INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE configuration (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      text TEXT NOT NULL,
      archived_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE rule (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      activated_at INTEGER NOT NULL,
      change_position INTEGER NOT NULL,
      -- Whether it ever moved its position: rules about dates never do, and hold no change back from the purge.
      reads_changes INTEGER NOT NULL DEFAULT 0 CHECK (reads_changes IN (0, 1))
    ) STRICT;

    CREATE TABLE step (
      id INTEGER PRIMARY KEY,
      rule INTEGER NOT NULL REFERENCES rule (id),
      name TEXT NOT NULL,
      scanned_through INTEGER NOT NULL,
      UNIQUE (rule, name),
      -- The parent of a reminder's (rule, step), so that a step of another rule cannot be stored.
      UNIQUE (rule, id)
    ) STRICT;

    CREATE TABLE channel (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE template (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE) STRICT;

    -- What a whole batch of reminders has in common: where its rule was written, and the domain of its Message-IDs.
    CREATE TABLE origin (
      id INTEGER PRIMARY KEY,
      configuration INTEGER NOT NULL REFERENCES configuration (id),
      file TEXT NOT NULL,
      line INTEGER NOT NULL,
      message_domain TEXT NOT NULL,
      UNIQUE (configuration, file, line, message_domain)
    ) STRICT;
    """

  // Numbers are held to ranges: for a list of three and more SQLite fills a temporary index at every row it writes, which
  // cost more than the row.
  private static let reminderTable = """
    CREATE TABLE reminder (
      id INTEGER PRIMARY KEY,
      -- The identity.
      rule INTEGER NOT NULL,
      row_key TEXT NOT NULL,
      cycle TEXT NOT NULL,
      step INTEGER NOT NULL,
      leg INTEGER NOT NULL CHECK (leg >= 0),
      public_id TEXT NOT NULL CHECK (length(public_id) = 20),
      -- What made it.
      trigger_kind INTEGER NOT NULL CHECK (trigger_kind BETWEEN 1 AND 6),
      message_class INTEGER NOT NULL CHECK (message_class BETWEEN 1 AND 3),
      customer TEXT,
      -- The id in `changes`, which may be purged before the reminder is: no foreign key.
      change INTEGER,
      depth INTEGER NOT NULL CHECK (depth BETWEEN 0 AND 3),
      origin INTEGER NOT NULL REFERENCES origin (id),
      resend_of INTEGER REFERENCES reminder (id) ON DELETE SET NULL,
      created_at INTEGER NOT NULL,
      -- Where it is: the numbers of ReminderState and Reason.
      state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
      reason INTEGER,
      reason_since INTEGER,
      due INTEGER NOT NULL,
      use_until INTEGER NOT NULL,
      next_at INTEGER,
      decided_at INTEGER,
      successor INTEGER REFERENCES reminder (id) ON DELETE SET NULL,
      revivals INTEGER NOT NULL DEFAULT 0 CHECK (revivals BETWEEN 0 AND 20),
      -- Who holds it, and what it was before.
      owner INTEGER REFERENCES run (id),
      epoch INTEGER,
      claimed_from INTEGER CHECK (claimed_from IN (0, 3)),
      -- How far it came.
      channel INTEGER REFERENCES channel (id),
      route_position INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      attempts_on_channel INTEGER NOT NULL DEFAULT 0,
      uncertainties INTEGER NOT NULL DEFAULT 0,
      first_attempt INTEGER,
      template INTEGER REFERENCES template (id),
      evidence TEXT,

      FOREIGN KEY (rule, step) REFERENCES step (rule, id),
      UNIQUE (rule, row_key, cycle, step, leg),
      -- Waiting always has a time; uncertain has none where a person must decide; what is final has none.
      CHECK (CASE state WHEN 0 THEN next_at IS NOT NULL WHEN 1 THEN 1 WHEN 2 THEN 1 WHEN 3 THEN 1
        ELSE next_at IS NULL END),
      CHECK ((state >= 4) = (decided_at IS NOT NULL)),
      CHECK ((state IN (1, 2)) = (owner IS NOT NULL)),
      CHECK ((owner IS NULL) = (epoch IS NULL)),
      CHECK ((owner IS NULL) = (claimed_from IS NULL)),
      CHECK ((reason IS NULL) = (reason_since IS NULL)),
      -- The reasons of each state; what is open keeps why it waited last. A test compares this with the enum.
      CHECK (CASE
        WHEN state <= 3 THEN reason IS NULL OR reason BETWEEN 1 AND 17
        WHEN state = 4 THEN reason IS NULL
        WHEN state = 5 THEN reason IS NOT NULL AND reason BETWEEN 31 AND 39
        WHEN state = 6 THEN reason IS NOT NULL AND reason BETWEEN 51 AND 56
        ELSE reason IS NOT NULL AND reason BETWEEN 71 AND 73 END)
    ) STRICT;

    -- What is due, oldest first: the claim, the next wake-up and the counts by rule read nothing but this.
    CREATE INDEX reminder_next ON reminder (next_at, rule, state)
      WHERE state IN (0, 3) AND next_at IS NOT NULL;
    -- What waits for a reason: waking, resuming, and the counts by reason.
    CREATE INDEX reminder_waiting ON reminder (reason, rule, channel) WHERE state = 0 AND reason IS NOT NULL;
    CREATE INDEX reminder_uncertain ON reminder (rule) WHERE state = 3;
    -- What a process holds, for recovery and counts.
    CREATE INDEX reminder_held ON reminder (owner) WHERE owner IS NOT NULL;
    -- What was decided when: statistics of a day, and the purge.
    CREATE INDEX reminder_decided ON reminder (decided_at, state, rule, channel, reason)
      WHERE decided_at IS NOT NULL;
    -- What may be revived: asked for each rule with changes, after every hint.
    CREATE INDEX reminder_revivable ON reminder (rule, use_until)
      WHERE state = 6 AND reason BETWEEN 51 AND 55;
    -- The history of a customer.
    CREATE INDEX reminder_customer ON reminder (customer) WHERE customer IS NOT NULL;
    -- What a change caused; it is kept as long as something that it caused is open.
    CREATE INDEX reminder_change ON reminder (change) WHERE change IS NOT NULL;
    -- Both are read backwards by `show`, and by the foreign keys when a row is purged.
    CREATE INDEX reminder_successor ON reminder (successor) WHERE successor IS NOT NULL;
    CREATE INDEX reminder_resend ON reminder (resend_of) WHERE resend_of IS NOT NULL;
    """

  private static let attemptTables = """
    CREATE TABLE attempt (
      reminder INTEGER NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number >= 1),
      channel INTEGER NOT NULL REFERENCES channel (id),
      began_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      -- sent, retry, rejected, misconfigured, unknown
      outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 5),
      text TEXT NOT NULL,
      PRIMARY KEY (reminder, number)
    ) STRICT, WITHOUT ROWID;

    -- What a channel handed over, kept only while nobody knows whether it arrived.
    CREATE TABLE payload (
      reminder INTEGER PRIMARY KEY REFERENCES reminder (id) ON DELETE CASCADE,
      recipient TEXT NOT NULL,
      bytes BLOB NOT NULL CHECK (length(bytes) <= 262144)
    ) STRICT;

    -- Public ids are random, so an index on them would cost more than everything else at planning. This one is filled
    -- later, in large sorted portions; what is newer than `public_index.through` is found by reading on from there.
    CREATE TABLE public_name (
      public_id TEXT NOT NULL,
      reminder INTEGER NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
      PRIMARY KEY (public_id, reminder)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX public_name_reminder ON public_name (reminder);
    CREATE TABLE public_index (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      through INTEGER NOT NULL
    ) STRICT;
    INSERT INTO public_index (id, through) VALUES (1, 0);
    """
}
