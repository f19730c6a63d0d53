#if MariaDB
  import KindlyCore

  /// What MariaDB and MySQL tell of their tables in `information_schema`.
  struct MariaDBCatalogue<Reader: MariaDBAsking>: Catalogue {
    let reader: Reader

    func server() throws -> ServerFacts {
      let version = try reader.value("SELECT VERSION()")?.text ?? ""
      let charset = try reader.value(
        """
        SELECT CONCAT(default_character_set_name, ', ', default_collation_name)
        FROM information_schema.schemata WHERE schema_name = DATABASE()
        """)
      let zone = try reader.value(
        "SELECT IF(@@global.time_zone = 'SYSTEM', @@system_time_zone, @@global.time_zone)")
      let user = try reader.value("SELECT CURRENT_USER()")?.text
      let isReadOnly = try reader.value("SELECT @@global.read_only") == .integer(1)
      let rights = try rights()
      return ServerFacts(
        product: version.contains("MariaDB") ? "MariaDB" : "MySQL", version: version,
        encoding: charset?.text, timezone: zone?.text, user: user,
        longestTransaction: try longestTransaction(user ?? "USER"),
        remarks: isReadOnly ? ["the server is read-only, as a replica is"] : [],
        excess: rights.mayWriteAll
          ? "the user \(user ?? "") has write access to the whole database; give kindly its own user with SELECT only"
          : nil)
    }

    /// The list of transactions has the times of the system's zone, and our session is in UTC.
    private func longestTransaction(_ user: String) throws -> LongestTransaction {
      do {
        let seconds = try reader.value(
          """
          SELECT MAX(TIMESTAMPDIFF(SECOND, trx_started, CONVERT_TZ(NOW(), '+00:00', 'SYSTEM')))
          FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()
          """)
        guard case .integer(let number)? = seconds else { return .none }
        return LongestTransaction(seconds: Int(number))
      } catch  where reader.code(of: error) == 1227 {
        return .hidden(grant: "GRANT PROCESS ON *.* TO \(account(user))")
      }
    }

    /// `kindly@localhost` as a GRANT has it.
    private func account(_ user: String) -> String {
      let parts = user.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
      return parts.map(literal).joined(separator: "@")
    }

    private struct Rights {
      var mayWriteAll = false
      var writable: Set<ExactText> = []
    }

    /// The rights granted to our user directly; rights from roles are not in these tables.
    private func rights() throws -> Rights {
      var rights = Rights()
      let mine =
        "grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''') "
        + "AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER')"
      try reader.each(
        """
        SELECT NULL FROM information_schema.user_privileges WHERE \(mine)
        UNION ALL
        SELECT NULL FROM information_schema.schema_privileges
        WHERE \(mine) AND DATABASE() LIKE table_schema
        UNION ALL
        SELECT table_name FROM information_schema.table_privileges
        WHERE \(mine) AND table_schema = DATABASE()
        """
      ) { row in
        if row.value(0).isNull {
          rights.mayWriteAll = true
        } else {
          rights.writable.insert(row.value(0).text)
        }
        return true
      }
      return rights
    }

    func relations() throws -> [ListedRelation] {
      let rights = try rights()
      var relations: [ListedRelation] = []
      try reader.each(
        """
        SELECT table_name, table_type LIKE '%VIEW%', table_rows
        FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_type <> 'SEQUENCE'
        """
      ) { row in
        let name = row.value(0).text
        relations.append(
          ListedRelation(
            name: name, kind: row.value(1) == .integer(1) ? .view : .table,
            estimate: row.value(2).number.map { Int($0) },
            isWritable: rights.mayWriteAll || rights.writable.contains(name)))
        return true
      }
      return relations
    }

    func details(of relation: ListedRelation) throws -> RelationDetails {
      var details = RelationDetails()
      let (database, name) = MariaDBDialect.parts(of: relation.name)
      let table: [String: Value] = [
        "table": .text(name), "database": database.map(Value.text) ?? .null,
      ]
      let isIt = "table_schema = COALESCE(:database, DATABASE()) AND table_name = :table"
      try reader.each(
        "SELECT column_name, column_type, is_nullable FROM information_schema.columns WHERE \(isIt)",
        table
      ) { row in
        details.types[row.value(0).text] = row.value(1).text
        if row.value(2) == .text("NO") { details.required.insert(row.value(0).text) }
        return true
      }
      var indexes: [(name: String, isUnique: Bool, columns: [String])] = []
      try reader.each(
        """
        SELECT index_name, non_unique = 0, column_name FROM information_schema.statistics
        WHERE \(isIt) AND column_name IS NOT NULL
        ORDER BY index_name, seq_in_index
        """, table
      ) { row in
        let name = row.value(0).text
        if indexes.last?.name != name { indexes.append((name, row.value(1) == .integer(1), [])) }
        indexes[indexes.count - 1].columns.append(row.value(2).text)
        return true
      }
      details.indexes = indexes.map {
        IndexFacts(name: $0.name, columns: $0.columns, isUnique: $0.isUnique)
      }
      details.primaryKey = indexes.first { $0.name == "PRIMARY" }?.columns ?? []
      try reader.each(
        """
        SELECT column_name, referenced_table_name FROM information_schema.key_column_usage
        WHERE \(isIt) AND referenced_table_name IS NOT NULL
        """, table
      ) { row in
        details.references[row.value(0).text] = row.value(1).text
        return true
      }
      return details
    }

    func grants(reading relations: [String]) throws -> String {
      let database = try reader.value("SELECT DATABASE()")?.text ?? "DATABASE"
      let tables = relations.map { relation in
        let (other, table) = MariaDBDialect.parts(of: relation)
        return
          "GRANT SELECT ON \(MariaDBDialect.quoted(other ?? database)).\(MariaDBDialect.quoted(table)) TO 'kindly'@'%';"
      }
      return """
        CREATE USER 'kindly'@'%' IDENTIFIED BY '…';
        \(tables.joined(separator: "\n"))
        GRANT PROCESS ON *.* TO 'kindly'@'%';   -- to see open transactions, for `changes: cursor`
        """
    }
  }
#endif
