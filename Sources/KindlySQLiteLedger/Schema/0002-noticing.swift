extension Migration {
  /// What is known of customers' rows, and the changes that were noticed.
  static let noticing = Migration(
    number: 2, purpose: "noticing",
    sql: """
      CREATE TABLE watch (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        identity TEXT,
        has_baseline INTEGER NOT NULL DEFAULT 0 CHECK (has_baseline IN (0, 1)),
        columns TEXT NOT NULL DEFAULT '[]',
        column_set INTEGER NOT NULL DEFAULT 0,
        former_columns TEXT,
        -- NULL, integer, real, text or blob: the column's own kind tells.
        cursor ANY,
        log_position INTEGER NOT NULL DEFAULT 0,
        last_sweep INTEGER,
        hold_cause INTEGER CHECK (hold_cause IN (1, 2)),
        hold_since INTEGER,
        hold_text TEXT,
        accepts_next INTEGER NOT NULL DEFAULT 0 CHECK (accepts_next IN (0, 1)),
        ignores_next INTEGER NOT NULL DEFAULT 0 CHECK (ignores_next IN (0, 1)),
        refused_missing INTEGER NOT NULL DEFAULT 0,
        refused_duplicate INTEGER NOT NULL DEFAULT 0,
        known INTEGER NOT NULL DEFAULT 0 CHECK (known >= 0),
        CHECK ((hold_cause IS NULL) = (hold_since IS NULL)),
        CHECK ((hold_cause IS NULL) = (hold_text IS NULL))
      ) STRICT;

      -- In the order of the sort key's bytes, so that it can be read beside the source in one pass.
      CREATE TABLE known_row (
        watch INTEGER NOT NULL REFERENCES watch (id),
        key BLOB NOT NULL,
        hash INTEGER NOT NULL,
        column_set INTEGER NOT NULL,
        old TEXT NOT NULL CHECK (old = '{}' OR json_type(old) = 'object'),
        missing_since INTEGER,
        -- Its delete was noticed; the key stays, because a key is inserted once for ever.
        is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)),
        PRIMARY KEY (watch, key)
      ) STRICT, WITHOUT ROWID;

      -- `known`, the rows that are not gone, is counted where it happens, because counting a million rows at each look is too slow.
      CREATE TRIGGER known_row_added AFTER INSERT ON known_row WHEN NEW.is_gone = 0 BEGIN
        UPDATE watch SET known = known + 1 WHERE id = NEW.watch;
      END;
      CREATE TRIGGER known_row_changed AFTER UPDATE OF is_gone ON known_row
      WHEN NEW.is_gone <> OLD.is_gone BEGIN
        UPDATE watch SET known = known + OLD.is_gone - NEW.is_gone WHERE id = NEW.watch;
      END;

      -- Ids are never used again (AUTOINCREMENT): an update's cycle is the id of its change.
      CREATE TABLE changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        watch INTEGER NOT NULL REFERENCES watch (id),
        operation INTEGER NOT NULL CHECK (operation BETWEEN 1 AND 3),
        row_key TEXT NOT NULL,
        old TEXT,
        new TEXT,
        changed TEXT NOT NULL,
        noticed_at INTEGER NOT NULL
      ) STRICT;
      -- A rule reads on from its position; the id is the last part of every index.
      CREATE INDEX changes_watch ON changes (watch);
      CREATE INDEX changes_row ON changes (row_key, watch);
      """)
}
