#if PostgreSQL
  import KindlyCore

  /// What PostgreSQL tells of its tables in `pg_catalog`.
  struct PostgresCatalogue<Reader: EngineReader>: Catalogue
  where Reader.Dialect == PostgresDialect {
    let reader: Reader

    func server() throws -> ServerFacts {
      let user = try reader.value("SELECT current_user")?.text
      let isMighty = try reader.value(
        "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user")
      let isStandby = try reader.value("SELECT pg_is_in_recovery()") == .integer(1)
      return ServerFacts(
        product: "PostgreSQL",
        version: try reader.value("SELECT current_setting('server_version')")?.text,
        encoding: try reader.value("SELECT current_setting('server_encoding')")?.text,
        // Our own transactions are in UTC; this is what others begin with.
        timezone: try reader.value(
          "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'")?.text,
        user: user, longestTransaction: try longestTransaction(user ?? "ROLE"),
        remarks: isStandby
          ? [
            "a standby: `changes: changelog` does not work here, and late commits are noticed by the sweep"
          ]
          : [],
        excess: isMighty == .integer(1)
          ? "the role \(user ?? "") is a superuser; give kindly its own role with SELECT only"
          : nil)
    }

    /// Who may not see the transactions of others sees sessions without their times.
    private func longestTransaction(_ user: String) throws -> LongestTransaction {
      let seconds = try reader.value(
        """
        SELECT CAST(extract(epoch FROM clock_timestamp() - min(xact_start)) AS bigint)
        FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
      if case .integer(let seconds)? = seconds { return .seconds(Int(max(seconds, 0))) }
      let maySee = try reader.value("SELECT pg_has_role('pg_read_all_stats', 'MEMBER')")
      return maySee == .integer(1)
        ? .none : .hidden(grant: "GRANT pg_read_all_stats TO \(PostgresDialect.quoted(user))")
    }

    func relations() throws -> [ListedRelation] {
      var relations: [ListedRelation] = []
      try reader.each(
        """
        SELECT n.nspname, c.relname, c.relkind IN ('v', 'm'), CAST(c.reltuples AS bigint),
          pg_table_is_visible(c.oid),
          has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'),
          has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND n.nspname NOT LIKE 'pg\\_t%' AND has_schema_privilege(n.oid, 'USAGE')
        """
      ) { row in
        let (schema, table) = (row.value(0).text, row.value(1).text)
        let isVisible = row.value(4) == .integer(1)
        // Zero and -1 stand for a table that was never analysed.
        let estimate = row.value(3).number.flatMap { $0 > 0 ? Int($0) : nil }
        let mayRead = row.value(5) == .integer(1)
        relations.append(
          ListedRelation(
            name: isVisible ? table : "\(schema).\(table)",
            kind: row.value(2) == .integer(1) ? .view : .table, estimate: estimate,
            isWritable: row.value(6) == .integer(1),
            fault: mayRead ? nil : "this role has no SELECT permission on it"))
        return true
      }
      return relations
    }

    func details(of relation: ListedRelation) throws -> RelationDetails {
      var details = RelationDetails()
      let table: [String: Value] = ["table": .text(PostgresDialect.table(relation.name))]
      try reader.each(
        """
        SELECT attname, format_type(atttypid, atttypmod), attnotnull
        FROM pg_catalog.pg_attribute
        WHERE attrelid = CAST(to_regclass(:table) AS oid) AND attnum > 0 AND NOT attisdropped
        """, table
      ) { row in
        details.types[row.value(0).text] = row.value(1).text
        if row.value(2) == .integer(1) { details.required.insert(row.value(0).text) }
        return true
      }
      try addIndexes(table, to: &details)
      try reader.each(
        """
        SELECT a.attname, n.nspname, f.relname, pg_table_is_visible(f.oid)
        FROM pg_catalog.pg_constraint AS con
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
        JOIN pg_catalog.pg_class AS f ON f.oid = con.confrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = f.relnamespace
        WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1
          AND con.conrelid = CAST(to_regclass(:table) AS oid)
        """, table
      ) { row in
        let target = row.value(2).text
        details.references[row.value(0).text] =
          row.value(3) == .integer(1) ? target : "\(row.value(1).text).\(target)"
        return true
      }
      return details
    }

    /// Without those of some rows only, and the columns of one up to the first expression.
    private func addIndexes(_ table: [String: Value], to details: inout RelationDetails) throws {
      var columns: [ExactText: [String?]] = [:]
      var unique: Set<ExactText> = []
      var primary: String?
      try reader.each(
        """
        SELECT c.relname, i.indisunique, i.indisprimary, a.attname
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
        CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS k (place)
        LEFT JOIN pg_catalog.pg_attribute AS a
          ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place] AND a.attnum > 0
        WHERE i.indrelid = CAST(to_regclass(:table) AS oid) AND i.indisvalid AND i.indpred IS NULL
        ORDER BY c.relname, k.place
        """, table
      ) { row in
        let name = row.value(0).text
        columns[name, default: []].append(row.value(3).isNull ? nil : row.value(3).text)
        if row.value(1) == .integer(1) { unique.insert(name) }
        if row.value(2) == .integer(1) { primary = name }
        return true
      }
      details.indexes = columns.sorted { $0.key < $1.key }.map { name, columns in
        let plain = columns.prefix { $0 != nil }.compactMap(\.self)
        return IndexFacts(
          name: name.string, columns: plain,
          isUnique: unique.contains(name) && plain.count == columns.count)
      }
      details.primaryKey = primary.flatMap { columns[$0] }?.compactMap(\.self) ?? []
    }

    func grants(reading relations: [String]) throws -> String {
      // What is not qualified is in the search path, for which `public` stands where nobody has changed it.
      let schemas = Set(texts: relations.map { PostgresDialect.parts(of: $0).schema ?? "public" })
        .sorted().map(\.string)
      let database = try reader.value("SELECT current_database()")?.text ?? "DATABASE"
      let tables = relations.map(PostgresDialect.table).joined(separator: ", ")
      return """
        CREATE ROLE kindly LOGIN PASSWORD '…';
        GRANT CONNECT ON DATABASE \(PostgresDialect.quoted(database)) TO kindly;
        GRANT USAGE ON SCHEMA \(schemas.map(PostgresDialect.quoted).joined(separator: ", ")) TO kindly;
        GRANT SELECT ON \(tables) TO kindly;
        """
    }
  }
#endif
