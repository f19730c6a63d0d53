#if ODBC
  import KindlyCore

  /// What SQL Server tells of its tables in its catalog views, by Microsoft's documentation.
  ///
  /// They show what the user has some right to, and need no other.
  struct SQLServerCatalogue<Reader: EngineReader>: Catalogue
  where Reader.Dialect == SQLServerDialect {
    let reader: Reader

    func server() throws -> ServerFacts {
      let user = try reader.value("SELECT USER_NAME()")?.text
      let mayWriteAll = try SQLServerCatalogue.writing.contains { right in
        try reader.value(
          "SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', :right)", ["right": .text(right)])
          == .integer(1)
      }
      return ServerFacts(
        product: "SQL Server",
        version: try reader.value(
          "SELECT CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductVersion'))")?.text,
        // How texts compare, and by that in which code page those are that are not in Unicode.
        encoding: try reader.value(
          "SELECT CONVERT(nvarchar(128), DATABASEPROPERTYEX(DB_NAME(), N'Collation'))")?.text,
        timezone: try timezone()?.text, user: user,
        longestTransaction: try longestTransaction(), remarks: try remarks(),
        excess: mayWriteAll
          ? "the user \(user ?? "") has write access to the whole database; give kindly its own user with SELECT only"
          : nil)
    }

    private static var writing: [String] { ["INSERT", "UPDATE", "DELETE"] }

    /// The zone by its name in Windows; before SQL Server 2022 only how far it is from UTC now.
    private func timezone() throws -> Value? {
      do {
        return try reader.value("SELECT CURRENT_TIMEZONE_ID()")
      } catch ODBCFailure.refused(let refusal) where refusal.code == 195 {
        return try reader.value("SELECT CONCAT(N'UTC', DATENAME(tz, SYSDATETIMEOFFSET()))")
      }
    }

    /// Of the whole server, as a cursor has to wait for them.
    private func longestTransaction() throws -> LongestTransaction {
      do {
        let seconds = try reader.value(
          "SELECT MAX(DATEDIFF_BIG(SECOND, transaction_begin_time, GETDATE()))\n"
            + SQLServerByODBC.openOfOthers)
        guard case .integer(let number)? = seconds else { return .none }
        return LongestTransaction(seconds: Int(number))
      } catch  where SQLServerByODBC.lacksRight(error) {
        let login = try reader.value("SELECT SUSER_SNAME()")?.text ?? "LOGIN"
        return .hidden(
          grant: "USE master; GRANT VIEW SERVER STATE TO \(SQLServerDialect.quoted(login))")
      }
    }

    private func remarks() throws -> [String] {
      let updates = try reader.value(
        "SELECT CONVERT(nvarchar(128), DATABASEPROPERTYEX(DB_NAME(), N'Updateability'))")
      let snapshot =
        try SQLServerByODBC.hasSnapshot(reader)
        ? "ALLOW_SNAPSHOT_ISOLATION is on: kindly reads without blocking writers and without waiting for them"
        : "ALLOW_SNAPSHOT_ISOLATION is off: kindly reads what is committed when each statement runs, and `changes: changelog` "
          + "does not work"
      return [snapshot]
        + (updates == .text("READ_ONLY")
          ? ["the database is read-only, as that of a secondary replica is"] : [])
    }

    // MARK: Tables

    /// The name of an object as a watch has it: with its schema where it is not found without.
    private static func name(_ schema: Value, _ name: Value, isFoundWithout: Value) -> String {
      isFoundWithout == .integer(1) ? name.text : "\(schema.text).\(name.text)"
    }

    func relations() throws -> [ListedRelation] {
      var relations: [ListedRelation] = []
      try reader.each(
        """
        SELECT s.name, o.name, CASE WHEN OBJECT_ID(QUOTENAME(o.name)) = o.object_id THEN 1 ELSE 0 END,
          CASE WHEN o.type = 'V' THEN 1 ELSE 0 END,
          (SELECT SUM(p.rows) FROM sys.partitions AS p WHERE p.object_id = o.object_id AND p.index_id IN (0, 1)),
          HAS_PERMS_BY_NAME(q.name, N'OBJECT', N'SELECT'), \(SQLServerCatalogue.writable)
        FROM sys.objects AS o
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        CROSS APPLY (SELECT QUOTENAME(s.name) + N'.' + QUOTENAME(o.name) AS name) AS q
        WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        """
      ) { row in
        let isView = row.value(3) == .integer(1)
        relations.append(
          ListedRelation(
            name: SQLServerCatalogue.name(
              row.value(0), row.value(1), isFoundWithout: row.value(2)),
            kind: isView ? .view : .table,
            // A view has rows of its own only where it is indexed.
            estimate: isView ? nil : row.value(4).number.map { Int($0) },
            isWritable: row.value(6) == .integer(1),
            fault: row.value(5) == .integer(1) ? nil : "this user has no SELECT permission on it"))
        return true
      }
      return relations
    }

    private static var writable: String {
      let rights = writing.map { "HAS_PERMS_BY_NAME(q.name, N'OBJECT', N'\($0)') = 1" }
      return "CASE WHEN \(rights.joined(separator: " OR ")) THEN 1 ELSE 0 END"
    }

    func details(of relation: ListedRelation) throws -> RelationDetails {
      var details = RelationDetails()
      let name = SQLServerDialect.table(relation.name)
      // The views of columns and types would leave it to us to write `decimal(9,2)`.
      try reader.each(
        """
        SELECT name, COALESCE(system_type_name, user_type_name), is_nullable
        FROM sys.dm_exec_describe_first_result_set(:sql, NULL, 0)
        WHERE is_hidden = 0 AND name IS NOT NULL
        """, ["sql": .text("SELECT * FROM \(name) AS this")]
      ) { row in
        details.types[row.value(0).text] = row.value(1).isNull ? "" : row.value(1).text
        if row.value(2) == .integer(0) { details.required.insert(row.value(0).text) }
        return true
      }
      let table: [String: Value] = ["table": .text(name)]
      try addIndexes(table, to: &details)
      try addReferences(table, to: &details)
      return details
    }

    /// Without those of some rows only, and those that give no order unless they are the primary key's.
    private func addIndexes(_ table: [String: Value], to details: inout RelationDetails) throws {
      var indexes: [(name: String, isUnique: Bool, columns: [String])] = []
      var primary: String?
      try reader.each(
        """
        SELECT i.name, i.is_unique, i.is_primary_key, c.name
        FROM sys.indexes AS i
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE i.object_id = OBJECT_ID(:table) AND (i.type IN (1, 2) OR i.is_primary_key = 1)
          AND i.is_disabled = 0 AND i.is_hypothetical = 0 AND i.has_filter = 0 AND k.key_ordinal > 0
        ORDER BY i.name, k.key_ordinal
        """, table
      ) { row in
        let name = row.value(0).text
        if indexes.last?.name != name { indexes.append((name, row.value(1) == .integer(1), [])) }
        indexes[indexes.count - 1].columns.append(row.value(3).text)
        if row.value(2) == .integer(1) { primary = name }
        return true
      }
      details.indexes = indexes.map {
        IndexFacts(name: $0.name, columns: $0.columns, isUnique: $0.isUnique)
      }
      details.primaryKey = indexes.first { $0.name == primary }?.columns ?? []
    }

    private func addReferences(_ table: [String: Value], to details: inout RelationDetails) throws {
      try reader.each(
        """
        SELECT COL_NAME(k.parent_object_id, k.parent_column_id), s.name, o.name,
          CASE WHEN OBJECT_ID(QUOTENAME(o.name)) = o.object_id THEN 1 ELSE 0 END
        FROM sys.foreign_key_columns AS k
        JOIN sys.objects AS o ON o.object_id = k.referenced_object_id
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE k.parent_object_id = OBJECT_ID(:table) AND NOT EXISTS (
          SELECT 1 FROM sys.foreign_key_columns AS other
          WHERE other.constraint_object_id = k.constraint_object_id AND other.constraint_column_id > 1)
        """, table
      ) { row in
        details.references[row.value(0).text] = SQLServerCatalogue.name(
          row.value(1), row.value(2), isFoundWithout: row.value(3))
        return true
      }
    }

    // MARK: Rights

    func grants(reading relations: [String]) throws -> String {
      let database = try reader.value("SELECT DB_NAME()")?.text ?? "DATABASE"
      let tables = relations.map { "GRANT SELECT ON \(SQLServerDialect.table($0)) TO kindly;" }
      return """
        CREATE LOGIN kindly WITH PASSWORD = N'…';
        USE \(SQLServerDialect.quoted(database));
        CREATE USER kindly FOR LOGIN kindly;
        \(tables.joined(separator: "\n"))
        GRANT SHOWPLAN TO kindly;   -- to find due dates by an index
        USE master;
        GRANT VIEW SERVER STATE TO kindly;   -- to see commits and open transactions, for `changes: cursor`
        """
    }
  }
#endif
