import KindlyCore

/// Writes the SQL that makes a watch's change log and the SQL that removes it.
struct ChangeLogDDL {
  private let shape: WatchShape
  private let table: String
  private let columns: [WatchShape.Column]

  /// The log keeps this many entries; a day of 200,000 changes may pass while kindly is stopped.
  private static let mostEntries = 200_000
  /// Nor is an entry older than this kept, because it holds customers' data.
  private static let mostDays = 7
  /// How many new entries lie between two trimmings; each looks at twice as many of the oldest.
  private static let trimEvery = 100

  init(_ shape: WatchShape, columns: [String]) throws(SourceProblem) {
    guard case .table(let table) = shape.watch.relation else {
      throw SourceProblem(
        .watch, "watch \(shape.watch.name): a change log needs a table, and this watch is a query",
        hint: "write `changes: snapshot`, or watch the table")
    }
    self.shape = shape
    self.table = table
    var known: [WatchShape.Column] = []
    for name in columns { known.append(try shape.column(name)) }
    self.columns = known.filter { !$0.isBlob }
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

  private var log: String { ChangeLog.table(of: shape.watch) }

  private func name(_ suffix: String) -> String { SQLText.quoted(log + suffix) }

  private var head: String {
    let captured = columns.isEmpty ? "no column" : columns.map(\.name).joined(separator: ", ")
    let updates =
      columns.isEmpty
      ? "Every UPDATE of a row leaves an entry."
      : "An UPDATE that changes none of these columns leaves no entry; the regular sweep still finds it."
    return """
      -- The change log of kindly's watch \(oneLine(shape.watch.name)), on table \(oneLine(table)).
      --
      -- What it means for the application:
      -- * Each row that is inserted, updated or deleted writes one more row in the same transaction: about 2 to 5
      --   microseconds and 100 to 300 bytes, and for a change of the key two rows.
      -- * The log holds the values of: \(oneLine(captured)). BLOBs are left out.
      --   \(updates)
      -- * It trims itself while it is written: at most \(ChangeLogDDL.mostEntries) entries, at most \(ChangeLogDDL.mostDays) days old.
      -- * If an entry cannot be written (the disk is full), the application's own statement fails with it.
      -- * A row that INSERT OR REPLACE removes leaves no delete entry unless the application has set
      --   PRAGMA recursive_triggers = ON; the new row's insert entry and the regular sweep tell it nevertheless.
      -- * Adding a column to the table needs nothing. Before renaming or dropping one of the columns above, or the
      --   key, remove the log; afterwards apply what `kindly source ddl` prints then.
      -- kindly reads the log and never writes it. Apply with: sqlite3 DATABASE < THIS FILE
      """
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
    CREATE TRIGGER \(name("_trim")) AFTER INSERT ON \(name("")) WHEN NEW.id % \(ChangeLogDDL.trimEvery) = 0
    BEGIN
      DELETE FROM \(name("")) WHERE id <= NEW.id - \(ChangeLogDDL.mostEntries);
      DELETE FROM \(name("")) WHERE id <= (
        SELECT max(id) FROM (SELECT id, at FROM \(name("")) ORDER BY id LIMIT \(2 * ChangeLogDDL.trimEvery))
        WHERE at < CAST(strftime('%s', 'now', '-\(ChangeLogDDL.mostDays) days') AS INTEGER));
    END;
    """
  }

  private var inserting: String {
    """
    CREATE TRIGGER \(name("_insert")) AFTER INSERT ON \(SQLText.quoted(table))
    BEGIN
      \(entry(.insert, "NEW"))
    END;
    """
  }

  private var deleting: String {
    """
    CREATE TRIGGER \(name("_delete")) AFTER DELETE ON \(SQLText.quoted(table))
    BEGIN
      \(entry(.delete, "OLD"))
    END;
    """
  }

  private var updating: String {
    let differs = columns.map { "OLD.\($0.quoted) IS NOT NEW.\($0.quoted)" }
    let filter = differs.isEmpty ? "" : " AND (\(differs.joined(separator: " OR ")))"
    return """
      CREATE TRIGGER \(name("_update")) AFTER UPDATE ON \(SQLText.quoted(table))
      WHEN \(isSameKey)\(filter)
      BEGIN
        \(entry(.update, "NEW"))
      END;
      """
  }

  /// A row whose key changes is another row: the old one is gone, the new one has come.
  private var moving: String {
    """
    CREATE TRIGGER \(name("_move")) AFTER UPDATE ON \(SQLText.quoted(table))
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
  private func object(_ columns: [WatchShape.Column], of row: String) -> String {
    let members = columns.map { column in
      let value = "\(row).\(column.quoted)"
      return "\(SQLText.literal(column.name)), "
        + "CASE typeof(\(value)) WHEN 'blob' THEN NULL ELSE \(value) END"
    }
    return "json_object(\(members.joined(separator: ", ")))"
  }

  private var removal: String {
    let triggers = ["_trim", "_insert", "_update", "_move", "_delete"].map {
      "--   DROP TRIGGER IF EXISTS \(oneLine(name($0)));"
    }
    return
      (["--   BEGIN IMMEDIATE;"] + triggers + [
        "--   DROP TABLE IF EXISTS \(oneLine(name("")));", "--   COMMIT;",
      ]).joined(separator: "\n")
  }

  /// A name in a comment must not end it.
  private func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
