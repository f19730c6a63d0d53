extension Migration {
  /// Digests: the reminders that are sent as one message.
  static let digests = Migration(
    number: 25, purpose: "digests",
    sql: """
      -- The number of the parcel that the reminder waits for or left with; see ParcelIdentity.
      ALTER TABLE reminder ADD COLUMN parcel INTEGER;
      -- The reminder whose message carried this one; it shares that one's outcome.
      ALTER TABLE reminder ADD COLUMN lead INTEGER REFERENCES reminder (id) ON DELETE SET NULL;

      -- What waits for a digest is claimed by parcel and not by queue.
      DROP INDEX reminder_queue;
      CREATE INDEX reminder_queue ON reminder (rule, step, leg, route_position, next_at, state, reason)
        WHERE state IN (0, 3) AND next_at IS NOT NULL AND reason IS NOT 28;
      CREATE INDEX reminder_digest ON reminder (next_at, parcel, due) WHERE state = 0 AND reason = 28;
      -- Whether a parcel has left.
      CREATE INDEX reminder_parcel ON reminder (parcel) WHERE parcel IS NOT NULL;
      -- The others of a message; also read by the foreign key when a row is purged.
      CREATE INDEX reminder_lead ON reminder (lead) WHERE lead IS NOT NULL;

      -- The rows that a reply is about beside that of its own reminder: the others of the message.
      CREATE TABLE reply_other (
        reply INTEGER NOT NULL REFERENCES reply (id) ON DELETE CASCADE,
        rule INTEGER NOT NULL REFERENCES rule (id),
        row_key TEXT NOT NULL,
        occurrence TEXT NOT NULL,
        PRIMARY KEY (rule, row_key, reply, occurrence)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX reply_other_reply ON reply_other (reply);
      """)
}
