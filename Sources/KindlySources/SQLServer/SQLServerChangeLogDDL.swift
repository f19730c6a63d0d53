#if ODBC
  import KindlyCore

  /// Writes the SQL that makes a watch's change log in SQL Server and the SQL that removes it.
  struct SQLServerChangeLogDDL {
    private let shape: WatchShape<SQLServerDialect>
    private let table: String
    private let columns: [WatchColumn<SQLServerDialect>]
    private let names: SQLServerLogNames
    /// The user that kindly reads as; nil where it is the owner of the database.
    private let reader: String?

    init<Reader: EngineReader>(
      _ shape: WatchShape<SQLServerDialect>, columns: [String], in reader: Reader
    ) throws where Reader.Dialect == SQLServerDialect {
      self.shape = shape
      let (table, known) = try ChangeLogTable.subject(of: shape, columns: columns)
      let schema = try reader.value(
        "SELECT OBJECT_SCHEMA_NAME(OBJECT_ID(:name, N'U'))",
        ["name": .text(SQLServerDialect.table(table))])
      guard case .text(let schema)? = schema else {
        throw SourceProblem(
          .watch,
          of: .watch(shape.watch.name),
          "a change log needs a table of this database, and \(table) is none",
          hint: "write `changes: snapshot`, or watch the table")
      }
      names = SQLServerLogNames(shape.watch, schema: schema)
      self.table = [schema, SQLServerDialect.parts(of: table).last ?? table]
        .map(SQLServerDialect.quoted).joined(separator: ".")
      self.columns = known.filter { !["text", "ntext"].contains($0.type.sql) }
      let user = try reader.value("SELECT USER_NAME()")?.text
      self.reader = user == "dbo" ? nil : user
    }

    var text: String {
      """
      \(head)

      SET XACT_ABORT ON;
      SET QUOTED_IDENTIFIER ON;
      SET ANSI_NULLS ON;
      GO
      BEGIN TRANSACTION;
      GO
      \(logTable)
      GO
      \(trigger)
      GO
      \(grant)COMMIT;
      GO

      -- To remove it, apply these lines without their dashes:
      \(removal)

      """
    }

    private var grant: String {
      reader.map { "GRANT SELECT ON \(names.table) TO \(SQLServerDialect.quoted($0));\n" } ?? ""
    }

    private var head: String {
      ChangeLogHead(
        cost: """
          -- * Each row that is inserted, updated or deleted writes one more row in the same transaction, of about 200 to 1,000
          --   bytes; for a change of the key two rows.
          """,
        leftOut: "binary, varbinary, image, text and ntext are",
        upkeep: """
          -- * It trims itself when READ COMMITTED transactions write to it, without waiting for locks: entries are at most
          --   about \(ChangeLogTable.mostDays) days old.
          """,
        limits: """
          -- * TRUNCATE TABLE and bulk loads without FIRE_TRIGGERS run no triggers; the regular sweep finds what they did.
          -- * Once the table has a trigger, the server refuses statements that use OUTPUT on it without INTO.
          """,
        applying: """
          It needs, once for the database:
          --   ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
          -- Apply as the owner of the database: sqlcmd -b -d DATABASE -i THIS FILE
          """
      ).text(of: shape.watch, on: table, columns)
    }

    /// Without an identity column, because an application may read @@IDENTITY after its own INSERT.
    private var logTable: String {
      """
      CREATE TABLE \(names.table) (
        rv rowversion NOT NULL PRIMARY KEY,
        at datetime2(3) NOT NULL DEFAULT SYSUTCDATETIME(),
        op tinyint NOT NULL CHECK (op IN (1, 2, 3)), -- insert, update, delete
        [key] nvarchar(max) NOT NULL,
        old nvarchar(max),
        new nvarchar(max)
      );
      """
    }

    // MARK: The trigger

    /// A row whose key changes is another row: the old one is gone, the new one has come.
    private var trigger: String {
      let isSame = shape.key.map { "\(told($0, of: "n")) = \(told($0, of: "o"))" }
      return """
        CREATE TRIGGER \(names.ending("_write")) ON \(table) AFTER INSERT, UPDATE, DELETE AS
        BEGIN
          IF ROWCOUNT_BIG() = 0 RETURN;
          SET NOCOUNT ON;
          INSERT INTO \(names.table) (op, [key], old, new)
            SELECT
              CASE WHEN o.kindly IS NULL THEN 1 WHEN n.kindly IS NULL THEN 3 ELSE 2 END,
              CASE WHEN n.kindly IS NULL
                THEN \(object(shape.key, of: "o"))
                ELSE \(object(shape.key, of: "n")) END,
              CASE WHEN o.kindly IS NOT NULL
                THEN \(object(columns, of: "o")) END,
              CASE WHEN n.kindly IS NOT NULL
                THEN \(object(columns, of: "n")) END
            FROM (SELECT 1 AS kindly, \(list) FROM inserted) AS n
            FULL JOIN (SELECT 1 AS kindly, \(list) FROM deleted) AS o
              ON \(isSame.joined(separator: " AND "))\(filter);
          IF CONVERT(bigint, @@DBTS) % \(ChangeLogTable.trimEvery) < @@ROWCOUNT AND 2 = (
            SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID)
            DELETE FROM \(names.table) WITH (ROWLOCK, READPAST, READCOMMITTEDLOCK)
            WHERE rv IN (
                SELECT TOP (\(2 * ChangeLogTable.trimEvery)) rv
                FROM \(names.table) WITH (READPAST, READCOMMITTEDLOCK) ORDER BY rv)
              AND at < DATEADD(day, -\(ChangeLogTable.mostDays), SYSUTCDATETIME());
        END;
        """
    }

    /// Each column once; text and ntext, which triggers may not name, are none of them.
    private var list: String {
      (shape.key + columns.filter { !shape.key.contains($0) }).map(\.quoted).joined(separator: ", ")
    }

    /// Without a column to tell, every update is one.
    private var filter: String {
      guard !columns.isEmpty else { return "" }
      return """

            WHERE o.kindly IS NULL OR n.kindly IS NULL OR EXISTS (
              SELECT \(columns.map { told($0, of: "n") }.joined(separator: ", "))
              EXCEPT SELECT \(columns.map { told($0, of: "o") }.joined(separator: ", ")))
        """
    }

    /// A column as two values of it are told apart, whatever its collation.
    private func told(_ column: WatchColumn<SQLServerDialect>, of row: String) -> String {
      SQLServerDialect.ordered("\(row).\(column.quoted)", column.type)
    }

    /// A JSON object of columns, each as its text.
    private func object(_ columns: [WatchColumn<SQLServerDialect>], of row: String) -> String {
      let members = columns.enumerated().map { index, column in
        let name = "\(row).\(column.quoted)"
        let start = "N" + literal((index == 0 ? "{" : ",") + JSONText.quoted(column.name) + ":")
        return
          "\(start), CASE WHEN \(name) IS NULL THEN N'null' ELSE N'\"' + STRING_ESCAPE(\(written(name, column.type)), N'json') + N'\"' END"
      }
      let end = columns.isEmpty ? "N'{}', N''" : "N'}'"
      return "CONCAT(CONVERT(nvarchar(max), N''), \((members + [end]).joined(separator: ", ")))"
    }

    /// A column as a driver would write it.
    private func written(_ name: String, _ type: SQLServerType) -> String {
      switch type.kind {
      // 121 is yyyy-mm-dd hh:mi:ss.mmm, 3 a float with all its digits, and 2 money with its four decimals.
      case .date, .datetime, .instant: "CONVERT(nvarchar(40), \(name), 121)"
      case .real: "CONVERT(nvarchar(40), \(name), 3)"
      case .decimal where type.sql.hasSuffix("money"): "CONVERT(nvarchar(40), \(name), 2)"
      case .rowversion: "CONVERT(nvarchar(40), CONVERT(bigint, \(name)))"
      case .integer, .decimal, .text, .padded, .uuid, .blob, .other:
        "CONVERT(nvarchar(max), \(name))"
      }
    }

    private var removal: String {
      let line = ChangeLogTable.oneLine
      return """
        --   DROP TRIGGER IF EXISTS \(line(names.ending("_write")));
        --   DROP TABLE IF EXISTS \(line(names.table));
        """
    }
  }
#endif
