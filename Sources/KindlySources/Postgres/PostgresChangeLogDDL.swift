#if PostgreSQL
  import KindlyCore

  /// Writes the SQL that makes a watch's change log in PostgreSQL and the SQL that removes it.
  struct PostgresChangeLogDDL {
    private let shape: WatchShape<PostgresDialect>
    private let table: String
    private let columns: [WatchColumn<PostgresDialect>]
    private let names: PostgresLogNames
    /// The role that kindly reads as.
    private let reader: String
    /// Whether the triggers may notify: a transaction that did so cannot be prepared.
    private let notifies: Bool

    init(
      _ shape: WatchShape<PostgresDialect>, columns: [String], in reader: some EngineReader
    ) throws {
      self.shape = shape
      let (table, known) = try ChangeLogTable.subject(of: shape, columns: columns)
      let schema = try reader.value(
        """
        SELECT n.nspname FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass(:name) AND c.relkind IN ('r', 'p')
        """, ["name": .text(PostgresDialect.table(table))])
      guard let schema else {
        throw SourceProblem(
          .watch, of: .watch(shape.watch.name),
          "a change log needs a table, and \(table) is a view",
          hint: "write `changes: snapshot`, or watch the table")
      }
      // Written out, because the function's own search path has none of the customer's schemas.
      names = PostgresLogNames(shape.watch, schema: schema.text)
      self.table =
        PostgresDialect.quoted(schema.text) + "."
        + PostgresDialect.quoted(PostgresDialect.parts(of: table).table)
      self.columns = known
      let user = try reader.value("SELECT CAST(current_user AS text)")
      self.reader = PostgresDialect.quoted(user?.text ?? "kindly")
      let prepares = try reader.value(
        "SELECT CAST(current_setting('max_prepared_transactions') AS integer) > 0")
      notifies = prepares == .integer(0)
    }

    var text: String {
      """
      \(head)

      BEGIN;

      \(logTable)

      \(function)

      \(triggers)

      GRANT SELECT ON TABLE \(names.table) TO \(reader);
      GRANT SELECT ON SEQUENCE \(names.sequence) TO \(reader);

      COMMIT;

      -- To remove it, apply these lines without their dashes:
      \(removal)

      """
    }

    private var head: String {
      let hint =
        notifies
        ? """
        -- * A transaction that wrote entries notifies kindly when it commits (NOTIFY \(PostgresListener.channel)), so that
        --   kindly looks at once. The server commits such transactions one after the other.
        """
        : """
        -- * The server allows PREPARE TRANSACTION (max_prepared_transactions), which does not work with NOTIFY; so
        --   kindly finds new entries only when it polls.
        """
      return ChangeLogHead(
        cost: """
          -- * Each row that is inserted, updated or deleted writes one more row in the same transaction, about 20 to 50
          --   microseconds and 200 to 500 bytes; for a change of the key two rows.
          """,
        leftOut: "bytea is",
        upkeep: """
          -- * It trims itself when READ COMMITTED transactions write to it, without waiting for locks: at most about
          --   \(ChangeLogTable.mostEntries) entries, at most \(ChangeLogTable.mostDays) days old.
          \(hint)
          """,
        limits: """
          -- * TRUNCATE leaves no entries; the regular sweep finds what is gone.
          """,
        applying: """
          Apply as the owner of the table, PostgreSQL 13 or later:
          --   psql --set ON_ERROR_STOP=1 --file THIS FILE DATABASE
          """
      ).text(of: shape.watch, on: table, columns)
    }

    private var logTable: String {
      """
      CREATE TABLE \(names.table) (
        id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME \(names.sequence)) PRIMARY KEY,
        transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        op smallint NOT NULL CHECK (op IN (1, 2, 3)), -- insert, update, delete
        key json NOT NULL,
        old json,
        new json
      );
      CREATE INDEX \(names.bare("_xid")) ON \(names.table) (transaction);
      """
    }

    /// Its settings make the same texts of values that kindly's own sessions do; it writes with its owner's rights.
    private var function: String {
      """
      CREATE FUNCTION \(names.function)() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp
      SET timezone = 'UTC'
      SET datestyle = 'ISO, YMD'
      SET intervalstyle = 'postgres'
      SET extra_float_digits = 1
      AS $kindly$
      DECLARE
        entry bigint;
      BEGIN
        IF TG_OP = 'UPDATE' AND \(isSameKey) THEN
          \(insert(.update, "NEW"))
        ELSE
          -- A row whose key changes is another row: the old one is gone, the new one has come.
          IF TG_OP <> 'INSERT' THEN
            \(insert(.delete, "OLD"))
          END IF;
          IF TG_OP <> 'DELETE' THEN
            \(insert(.insert, "NEW"))
          END IF;
        END IF;
        IF entry % \(ChangeLogTable.trimEvery) = 0 AND current_setting('transaction_isolation') = 'read committed' THEN
          \(trimming)
        END IF;
        \(notifying)RETURN NULL;
      END
      $kindly$;
      """
    }

    private var notifying: String {
      // One of all those of a transaction is left.
      notifies ? "PERFORM pg_notify('\(PostgresListener.channel)', '');\n  " : ""
    }

    private var trimming: String {
      """
      DELETE FROM \(names.table) WHERE id IN (
            SELECT id FROM \(names.table) WHERE id IN (
              SELECT id FROM (
                SELECT id, at FROM \(names.table) ORDER BY id LIMIT \(2 * ChangeLogTable.trimEvery)) AS oldest
              WHERE id <= entry - \(ChangeLogTable.mostEntries) OR at < now() - interval '\(ChangeLogTable.mostDays) days')
            FOR UPDATE SKIP LOCKED);
      """
    }

    private var triggers: String {
      let differs = (shape.key + columns).map { column in
        let name = { (row: String) in
          PostgresDialect.ordered("\(row).\(column.quoted)", column.type)
        }
        return "\(name("OLD")) IS DISTINCT FROM \(name("NEW"))"
      }
      // Without a column to tell, every update is one.
      let filter = columns.isEmpty ? "" : "\nWHEN (\(differs.joined(separator: "\n  OR ")))"
      return """
        CREATE TRIGGER \(names.bare("_write")) AFTER INSERT OR DELETE ON \(table)
        FOR EACH ROW EXECUTE FUNCTION \(names.function)();

        CREATE TRIGGER \(names.bare("_update")) AFTER UPDATE ON \(table)
        FOR EACH ROW\(filter)
        EXECUTE FUNCTION \(names.function)();
        """
    }

    private var isSameKey: String {
      shape.key.map { column in
        let name = { (row: String) in
          PostgresDialect.ordered("\(row).\(column.quoted)", column.type)
        }
        return "\(name("OLD")) IS NOT DISTINCT FROM \(name("NEW"))"
      }.joined(separator: " AND ")
    }

    private func insert(_ operation: ChangeOperation, _ row: String) -> String {
      let old = operation == .insert ? "NULL" : object(columns, of: "OLD")
      let new = operation == .delete ? "NULL" : object(columns, of: "NEW")
      return """
        INSERT INTO \(names.table) (op, key, old, new)
              VALUES (\(operation.rawValue), \(object(shape.key, of: row)), \(old), \(new)) RETURNING id INTO entry;
        """
    }

    /// A JSON object of columns, each as its text.
    private func object(_ columns: [WatchColumn<PostgresDialect>], of row: String) -> String {
      let members = columns.map { column in
        "\(literal(column.name)), CAST(\(row).\(column.quoted) AS text)"
      }
      return "json_build_object(\(members.joined(separator: ", ")))"
    }

    private var removal: String {
      let line = ChangeLogTable.oneLine
      return """
        --   BEGIN;
        --   DROP TRIGGER IF EXISTS \(line(names.bare("_write"))) ON \(line(table));
        --   DROP TRIGGER IF EXISTS \(line(names.bare("_update"))) ON \(line(table));
        --   DROP FUNCTION IF EXISTS \(line(names.function))();
        --   DROP TABLE IF EXISTS \(line(names.table));
        --   COMMIT;
        """
    }
  }
#endif
