extension Migration {
  /// Which reminder led to which, for rules that watch the ledger itself.
  static let lineage = Migration(
    number: 27, purpose: "lineage",
    sql: """
      -- The reminder that led to the row of one that a rule made of the ledger's own rows.
      ALTER TABLE reminder ADD COLUMN cause INTEGER REFERENCES reminder (id) ON DELETE SET NULL;
      -- Read by the foreign key when a reminder is purged.
      CREATE INDEX reminder_cause ON reminder (cause) WHERE cause IS NOT NULL;

      -- The reminder of each task and of each message of the inbox, which they knew by its public id alone.
      ALTER TABLE task ADD COLUMN reminder INTEGER REFERENCES reminder (id) ON DELETE SET NULL;
      ALTER TABLE inbox ADD COLUMN reminder INTEGER REFERENCES reminder (id) ON DELETE SET NULL;
      UPDATE task SET reminder = found.id
      FROM (SELECT id, public_id FROM reminder WHERE public_id IN (SELECT public_id FROM task)) AS found
      WHERE found.public_id = task.public_id;
      UPDATE inbox SET reminder = found.id
      FROM (SELECT id, public_id FROM reminder WHERE public_id IN (SELECT public_id FROM inbox)) AS found
      WHERE found.public_id = inbox.public_id;
      CREATE INDEX task_reminder ON task (reminder) WHERE reminder IS NOT NULL;
      CREATE INDEX inbox_reminder ON inbox (reminder) WHERE reminder IS NOT NULL;

      -- The outcome of the task that led to this one: what it is about.
      ALTER TABLE task ADD COLUMN about TEXT;

      -- What conditions ask about a customer.
      CREATE INDEX task_customer ON task (customer);
      CREATE INDEX inbox_customer ON inbox (customer);
      """)
}
