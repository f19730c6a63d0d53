extension Migration {
  /// Keeps the dates that messages told, for the steps that correct moved dates.
  static let announcements = Migration(
    number: 21, purpose: "announcements",
    sql: """
      CREATE TABLE announcement (
        reminder INTEGER PRIMARY KEY REFERENCES reminder (id) ON DELETE CASCADE,
        step INTEGER NOT NULL REFERENCES step (id),
        -- The date as the row had it when the message was last handed over, and until when it is ahead.
        date TEXT,
        until INTEGER,
        -- For a correction, the date that was told before.
        was TEXT,
        CHECK ((date IS NULL) = (until IS NULL)),
        CHECK (date IS NOT NULL OR was IS NOT NULL)
      ) STRICT;

      -- What a step told and is still ahead, soonest first: each scan reads nothing but this.
      CREATE INDEX announcement_ahead ON announcement (step, until) WHERE until IS NOT NULL;
      """)
}
