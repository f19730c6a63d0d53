extension Migration {
  /// What tells whether a watch's known rows and its change log can still be compared with what a look reads.
  static let watchStanding = Migration(
    number: 29, purpose: "watch-standing",
    sql: """
      -- Whether the last whole look read the change log; a log of which no entry was read may as well be new.
      ALTER TABLE watch ADD COLUMN reads_log INTEGER NOT NULL DEFAULT 0 CHECK (reads_log IN (0, 1));
      UPDATE watch SET reads_log = 1 WHERE log_position > 0;

      -- The hash of the definition whose rows are known; NULL until the first look with this schema.
      ALTER TABLE watch ADD COLUMN definition INTEGER;

      -- Since when no rule has asked for changes of the watch.
      ALTER TABLE watch ADD COLUMN unwatched_since INTEGER;
      """)
}
