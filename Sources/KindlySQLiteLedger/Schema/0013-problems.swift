extension Migration {
  /// Keeps problems as facts instead of sentences.
  static let problems = Migration(
    number: 13, purpose: "problems",
    sql: """
      -- What is wrong now. The daemon replaces all problems whenever one changes.
      CREATE TABLE problem (
        id INTEGER PRIMARY KEY,
        -- The subject's kind, name and step (empty if none), and what tells two problems of one subject apart.
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        step TEXT NOT NULL,
        item TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
        since INTEGER NOT NULL,
        -- The subject and the fact in JSON.
        details TEXT NOT NULL,
        UNIQUE (subject, name, step, item)
      ) STRICT;

      DELETE FROM fact
        WHERE name IN ('problems', 'holds', 'unusable dates', 'remarks', 'access', 'busy', 'fence', 'clock', 'mode');
      """)
}
