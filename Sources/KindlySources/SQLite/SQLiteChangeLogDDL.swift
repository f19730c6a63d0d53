import KindlyCore

/// Writes the SQL that makes a watch's change log in SQLite and the SQL that removes it.
struct SQLiteChangeLogDDL {
  private let shape: WatchShape<SQLiteDialect>
  private let table: String
  private let columns: [WatchColumn<SQLiteDialect>]

  init(_ shape: WatchShape<SQLiteDialect>, columns: [String]) throws(SourceProblem) {
    self.shape = shape
    (table, self.columns) = try ChangeLogTable.subject(of: shape, columns: columns)
  }

  var text: String {
    """
    \(head)

    BEGIN IMMEDIATE;

    \(logTable)

    \(trimming)

    \(inserting)

    \(updating)

    \(moving)

    \(deleting)

    COMMIT;

    -- To remove it, apply these lines without their dashes:
    \(removal)

    """
  }

  private var log: String { ChangeLogTable.name(of: shape.watch) }

  private func name(_ suffix: String) -> String { SQLiteDialect.quoted(log + suffix) }

  private var head: String {
    ChangeLogHead(
      cost: """
        -- * Each row that is inserted, updated or deleted writes one more row in the same transaction: about 2 to 5
        --   microseconds and 100 to 300 bytes, and for a change of the key two rows.
        """,
      leftOut: "BLOBs are",
      upkeep: """
        -- * It trims itself while it is written: at most \(ChangeLogTable.mostEntries) entries, at most \(ChangeLogTable.mostDays) days old.
        """,
      limits: """
        -- * A row that INSERT OR REPLACE removes leaves no delete entry unless the application has set
        --   PRAGMA recursive_triggers = ON; the new row's insert entry and the regular sweep tell it nevertheless.
        """,
      applying: "Apply with: sqlite3 DATABASE < THIS FILE"
    ).text(of: shape.watch, on: table, columns)
  }

  private var logTable: String {
    """
    CREATE TABLE \(name("")) (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)),
      op INTEGER NOT NULL CHECK (op IN (1, 2, 3)), -- insert, update, delete
      key TEXT NOT NULL,
      old TEXT,
      new TEXT
    );
    """
  }

  private var trimming: String {
    """
    CREATE TRIGGER \(name("_trim")) AFTER INSERT ON \(name("")) WHEN NEW.id % \(ChangeLogTable.trimEvery) = 0
    BEGIN
      DELETE FROM \(name("")) WHERE id <= NEW.id - \(ChangeLogTable.mostEntries);
      DELETE FROM \(name("")) WHERE id <= (
        SELECT max(id) FROM (SELECT id, at FROM \(name("")) ORDER BY id LIMIT \(2 * ChangeLogTable.trimEvery))
        WHERE at < CAST(strftime('%s', 'now', '-\(ChangeLogTable.mostDays) days') AS INTEGER));
    END;
    """
  }

  private var inserting: String {
    """
    CREATE TRIGGER \(name("_insert")) AFTER INSERT ON \(SQLiteDialect.quoted(table))
    BEGIN
      \(entry(.insert, "NEW"))
    END;
    """
  }

  private var deleting: String {
    """
    CREATE TRIGGER \(name("_delete")) AFTER DELETE ON \(SQLiteDialect.quoted(table))
    BEGIN
      \(entry(.delete, "OLD"))
    END;
    """
  }

  private var updating: String {
    let differs = columns.map { "OLD.\($0.quoted) IS NOT NEW.\($0.quoted)" }
    let filter = differs.isEmpty ? "" : " AND (\(differs.joined(separator: " OR ")))"
    return """
      CREATE TRIGGER \(name("_update")) AFTER UPDATE ON \(SQLiteDialect.quoted(table))
      WHEN \(isSameKey)\(filter)
      BEGIN
        \(entry(.update, "NEW"))
      END;
      """
  }

  /// A row whose key changes is another row: the old one is gone, the new one has come.
  private var moving: String {
    """
    CREATE TRIGGER \(name("_move")) AFTER UPDATE ON \(SQLiteDialect.quoted(table))
    WHEN NOT (\(isSameKey))
    BEGIN
      \(entry(.delete, "OLD"))
      \(entry(.insert, "NEW"))
    END;
    """
  }

  private var isSameKey: String {
    shape.key.map { "OLD.\($0.quoted) IS NEW.\($0.quoted)" }.joined(separator: " AND ")
  }

  private func entry(_ operation: ChangeOperation, _ row: String) -> String {
    let old = operation == .insert ? "NULL" : object(columns, of: "OLD")
    let new = operation == .delete ? "NULL" : object(columns, of: "NEW")
    return """
      INSERT INTO \(name("")) (op, key, old, new)
        VALUES (\(operation.rawValue), \(object(shape.key, of: row)), \(old), \(new));
      """
  }

  /// A JSON object of columns; one that holds a BLOB, which JSON has no form for, is NULL in it.
  private func object(_ columns: [WatchColumn<SQLiteDialect>], of row: String) -> String {
    let members = columns.map { column in
      let value = "\(row).\(column.quoted)"
      return "\(literal(column.name)), "
        + "CASE typeof(\(value)) WHEN 'blob' THEN NULL ELSE \(value) END"
    }
    return "json_object(\(members.joined(separator: ", ")))"
  }

  private var removal: String {
    let triggers = ["_trim", "_insert", "_update", "_move", "_delete"].map {
      "--   DROP TRIGGER IF EXISTS \(ChangeLogTable.oneLine(name($0)));"
    }
    return
      (["--   BEGIN IMMEDIATE;"] + triggers + [
        "--   DROP TABLE IF EXISTS \(ChangeLogTable.oneLine(name("")));", "--   COMMIT;",
      ]).joined(separator: "\n")
  }
}
