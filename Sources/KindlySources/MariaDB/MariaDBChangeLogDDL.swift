#if MariaDB
  import KindlyCore

  /// Writes the SQL that makes a watch's change log in MariaDB or MySQL and the SQL that removes it.
  struct MariaDBChangeLogDDL {
    private let shape: WatchShape<MariaDBDialect>
    private let table: String
    private let columns: [WatchColumn<MariaDBDialect>]
    private let names: MariaDBLogNames
    /// The account that kindly reads as.
    private let reader: String

    init(
      _ shape: WatchShape<MariaDBDialect>, columns: [String], in reader: some MariaDBAsking
    ) throws {
      self.shape = shape
      (table, self.columns) = try ChangeLogTable.subject(of: shape, columns: columns)
      names = MariaDBLogNames(shape.watch)
      let (database, name) = MariaDBDialect.parts(of: table)
      let engine = try reader.value(
        """
        SELECT engine FROM information_schema.tables
        WHERE table_schema = COALESCE(:database, DATABASE()) AND table_name = :table
        """, ["database": database.map { .text($0) } ?? .null, "table": .text(name)])
      guard engine == .text("InnoDB") else {
        throw SourceProblem(
          .watch,
          of: .watch(shape.watch.name),
          "a change log needs a table of InnoDB, and \(table) is "
            + (engine.map { $0.isNull ? "a view" : "one of \($0.text)" } ?? "none"),
          hint: "write `changes: snapshot`, or watch the table")
      }
      let account = try reader.value("SELECT CURRENT_USER()")?.text ?? ""
      let at = account.lastIndex(of: "@") ?? account.endIndex
      self.reader =
        "\(literal(String(account[..<at])))@\(literal(String(account[at...].dropFirst())))"
    }

    var text: String {
      """
      \(head)

      SET NAMES utf8mb4;
      -- The triggers keep this mode, whatever the application's own is.
      SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES';

      \(logTable)

      DELIMITER //

      \(inserting)

      \(updating)

      \(deleting)

      \(trimming)

      DELIMITER ;

      GRANT SELECT ON \(names.table) TO \(reader);

      -- To remove it, apply these lines without their dashes:
      \(removal)

      """
    }

    private var head: String {
      ChangeLogHead(
        cost: """
          -- * Each row that is inserted, updated or deleted writes one more row in the same transaction, of about 200 to 500
          --   bytes; for a change of the key two rows.
          """,
        leftOut: "BLOBs are",
        upkeep: """
          -- * An event trims it every hour to at most \(ChangeLogTable.mostEntries) entries, at most \(ChangeLogTable.mostDays) days old. It needs the server's
          --   event_scheduler = ON, which is not MariaDB's default.
          """,
        limits: """
          -- * TRUNCATE and the cascades of foreign keys run no triggers; the regular sweep finds what they did.
          """,
        applying: "Apply as an administrator: mariadb DATABASE < THIS FILE"
      ).text(of: shape.watch, on: table, columns)
    }

    private var logTable: String {
      """
      CREATE TABLE \(names.table) (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        op TINYINT NOT NULL, -- 1 insert, 2 update, 3 delete
        `key` LONGTEXT NOT NULL,
        old LONGTEXT,
        new LONGTEXT
      ) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;
      """
    }

    // MARK: Triggers

    private var inserting: String {
      trigger("_insert", "INSERT", "  \(entry(.insert, "NEW"))")
    }

    private var deleting: String {
      trigger("_delete", "DELETE", "  \(entry(.delete, "OLD"))")
    }

    /// An update of the key is logged as two changes: the old row is deleted and the new one is inserted.
    private var updating: String {
      let isSame = { (columns: [WatchColumn<MariaDBDialect>]) in
        columns.map { "\(compared($0, of: "OLD")) <=> \(compared($0, of: "NEW"))" }
          .joined(separator: "\n      AND ")
      }
      // If no column is captured, every update is logged.
      let differs = columns.isEmpty ? "" : "IF NOT (\(isSame(columns))) THEN"
      return trigger(
        "_update", "UPDATE",
        """
          IF NOT (\(isSame(shape.key))) THEN
            \(entry(.delete, "OLD"))
            \(entry(.insert, "NEW"))
          ELSE\(differs)
            \(entry(.update, "NEW"))
          END IF;
        """)
    }

    private func trigger(_ ending: String, _ event: String, _ body: String) -> String {
      """
      CREATE TRIGGER \(names.ending(ending)) AFTER \(event) ON \(MariaDBDialect.table(table)) FOR EACH ROW
      BEGIN
      \(body)
      END //
      """
    }

    private func entry(_ operation: ChangeOperation, _ row: String) -> String {
      let old = operation == .insert ? "NULL" : object(columns, of: "OLD")
      let new = operation == .delete ? "NULL" : object(columns, of: "NEW")
      return """
        INSERT INTO \(names.table) (op, `key`, old, new)
            VALUES (\(operation.rawValue), \(object(shape.key, of: row)), \(old), \(new));
        """
    }

    /// A JSON object of columns, each as its text.
    private func object(_ columns: [WatchColumn<MariaDBDialect>], of row: String) -> String {
      let members = columns.map { "\(literal($0.name)), \(written($0, of: row))" }
      return "JSON_OBJECT(\(members.joined(separator: ", ")))"
    }

    /// A column as our own session would read it; a TIMESTAMP is given in the zone of the application's.
    private func written(_ column: WatchColumn<MariaDBDialect>, of row: String) -> String {
      let name = "\(row).\(column.quoted)"
      switch column.type.kind {
      case .instant:
        // A zero date is none of the zone's.
        let second = "UNIX_TIMESTAMP(\(name))"
        return """
          CASE WHEN COALESCE(\(second), 0) = 0 THEN CAST(\(name) AS CHAR)
                ELSE CAST(CAST('1970-01-01' + INTERVAL \(second) SECOND AS DATETIME(\(column.type.decimals))) AS CHAR) END
          """
      case .bit: return "CAST(\(name) + 0 AS CHAR)"
      case .text, .other:
        let text = column.type.decoding.map { MariaDBEncoding.decoded(name, as: $0) }
        return "CONVERT(\(text ?? name) USING utf8mb4)"
      case .integer, .real, .decimal, .date, .datetime, .blob: return "CAST(\(name) AS CHAR)"
      }
    }

    /// A column as two values of it are told apart, whatever its collation.
    private func compared(_ column: WatchColumn<MariaDBDialect>, of row: String) -> String {
      let name = "\(row).\(column.quoted)"
      return switch column.type.kind {
      case .text, .other: "CAST(CONVERT(\(name) USING utf8mb4) AS BINARY)"
      case .integer, .real, .decimal, .bit, .date, .datetime, .instant, .blob: name
      }
    }

    // MARK: Trimming

    /// The last entry to go is found without a lock, so that no application waits for the event.
    private var trimming: String {
      """
      CREATE EVENT \(names.ending("_trim")) ON SCHEDULE EVERY 1 HOUR DO
      BEGIN
        DECLARE last BIGINT;
        SELECT MAX(id) - \(ChangeLogTable.mostEntries) INTO last FROM \(names.table);
        DELETE FROM \(names.table) WHERE id <= last;
        SELECT MAX(id) INTO last FROM \(names.table) WHERE at < NOW() - INTERVAL \(ChangeLogTable.mostDays) DAY;
        DELETE FROM \(names.table) WHERE id <= last;
      END //
      """
    }

    private var removal: String {
      let line = ChangeLogTable.oneLine
      let triggers = ["_insert", "_update", "_delete"].map {
        "--   DROP TRIGGER IF EXISTS \(line(names.ending($0)));"
      }
      return
        (triggers + [
          "--   DROP EVENT IF EXISTS \(line(names.ending("_trim")));",
          "--   DROP TABLE IF EXISTS \(line(names.table));",
        ]).joined(separator: "\n")
    }
  }
#endif
