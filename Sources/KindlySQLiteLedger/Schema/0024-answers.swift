extension Migration {
  /// What comes back by mail: bounces, replies, and how far the mailbox was read.
  static let answers = Migration(
    number: 24, purpose: "answers",
    sql: """
      -- Whom a message went to, as suppressions keep addresses; only where messages may bounce.
      CREATE TABLE message_address (
        reminder INTEGER PRIMARY KEY REFERENCES reminder (id) ON DELETE CASCADE,
        address_hash BLOB NOT NULL CHECK (length(address_hash) = 32)
      ) STRICT;
      -- The last messages to an address, for counting its bounces.
      CREATE INDEX message_address_hash ON message_address (address_hash, reminder);

      CREATE TABLE bounce (
        id INTEGER PRIMARY KEY,
        reminder INTEGER NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        -- The numbers of BounceKind without `delayed`, which is not kept.
        kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
        status TEXT,
        text TEXT NOT NULL,
        -- A mail is recorded once, whatever number it has in the mailbox.
        mail_hash BLOB NOT NULL UNIQUE CHECK (length(mail_hash) = 32)
      ) STRICT;
      CREATE INDEX bounce_reminder ON bounce (reminder);

      CREATE TABLE reply (
        id INTEGER PRIMARY KEY,
        reminder INTEGER NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
        rule INTEGER NOT NULL REFERENCES rule (id),
        row_key TEXT NOT NULL,
        -- What the steps of one occurrence have in common.
        occurrence TEXT NOT NULL,
        at INTEGER NOT NULL,
        -- The numbers of AnswerKind.
        kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
        -- NULL once it is older than texts are kept.
        text TEXT,
        mail_hash BLOB NOT NULL UNIQUE CHECK (length(mail_hash) = 32)
      ) STRICT;
      CREATE INDEX reply_reminder ON reply (reminder);
      -- Asked for every reminder that is about to be sent.
      CREATE INDEX reply_row ON reply (rule, row_key);
      CREATE INDEX reply_text ON reply (at) WHERE text IS NOT NULL;

      CREATE TABLE mailbox (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        validity INTEGER NOT NULL,
        uid INTEGER NOT NULL
      ) STRICT;
      -- The mails that were recorded and not yet flagged or moved.
      CREATE TABLE unmarked_mail (uid INTEGER PRIMARY KEY) STRICT;

      -- scope: 0 everything, 1 marketing. An address may be suppressed for both, each with its own cause.
      CREATE TABLE scoped_suppression (
        address_hash BLOB NOT NULL CHECK (length(address_hash) = 32),
        scope INTEGER NOT NULL CHECK (scope BETWEEN 0 AND 1),
        because TEXT NOT NULL,
        since INTEGER NOT NULL,
        channel TEXT,
        customer TEXT,
        reminder INTEGER REFERENCES reminder (id) ON DELETE SET NULL,
        added_by TEXT,
        PRIMARY KEY (address_hash, scope)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO scoped_suppression (
        address_hash, scope, because, since, channel, customer, reminder, added_by)
      SELECT address_hash, 0, because, since, channel, customer, reminder, added_by FROM suppression;
      DROP TABLE suppression;
      ALTER TABLE scoped_suppression RENAME TO suppression;
      CREATE INDEX suppression_since ON suppression (since);
      CREATE INDEX suppression_reminder ON suppression (reminder) WHERE reminder IS NOT NULL;
      """)
}
