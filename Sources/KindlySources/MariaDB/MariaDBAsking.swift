#if MariaDB
  import KindlyCore

  /// A reader of a MariaDB or MySQL server, whatever driver is between.
  protocol MariaDBAsking: EngineReader where Dialect == MariaDBDialect {
    /// A number that no other statement of the connection was given.
    func nextNumber() -> Int

    /// What the server refused a statement with, by the manual's error reference; nil where the error is another.
    func refusal(in error: any Error) -> (code: Int, message: String)?
  }

  extension MariaDBAsking {
    func code(of error: any Error) -> Int? { refusal(in: error)?.code }

    func unknownColumn(in error: any Error) -> String? {
      refusal(in: error).flatMap { MariaDBDiagnosis.unknownColumn($0.code, $0.message) }
    }

    /// The columns with their collations. No rows are needed for this: the one row in the query is a constant.
    ///
    /// The table is joined with `LIMIT 0`, because with a condition that never holds it would still be read to its end.
    func collated(
      _ columns: [(name: String, type: MariaDBType)], in relation: String
    ) throws -> [WatchColumn<MariaDBDialect>] {
      let list = columns.map { "COLLATION(this.\(MariaDBDialect.quoted($0.name)))" }
      var collations = columns.map { _ in "" }
      try each(
        """
        SELECT \(list.joined(separator: ", "))
        FROM (SELECT 1) AS one LEFT JOIN (SELECT * FROM \(relation) AS this LIMIT 0) AS this ON TRUE
        """
      ) { row in
        collations = columns.indices.map { row.value($0).text }
        return true
      }
      return zip(columns, collations).map { column, collation in
        var type = column.type
        type.collation = collation
        return WatchColumn(name: column.name, type: type, isBlob: type.kind == .blob)
      }
    }

    /// Reads the lines of EXPLAIN, each by the names of its columns.
    func plan(_ lines: [[String: String]], seeking column: String) throws -> QueryPlan {
      var (readsWhole, sorts) = (false, false)
      var keys: [String] = []
      for line in lines {
        let (type, extra) = (line["type"] ?? "", line["Extra"] ?? "")
        if extra.contains("filesort") { sorts = true }
        // Rows from our own parameter, or from a temporary result, do not come from the customer's tables.
        if extra.contains("json_table") || line["table"]?.hasPrefix("<") == true { continue }
        if ["ALL", "index"].contains(type) { readsWhole = true }
        if ["range", "ref", "eq_ref"].contains(type) { keys.append(line["key"] ?? "") }
      }
      let seeks = try !readsWhole && keys.contains { try begins($0, with: column) }
      return QueryPlan(readsWhole: readsWhole, sorts: sorts, seeks: seeks)
    }

    private func begins(_ index: String, with column: String) throws -> Bool {
      try count(
        """
        SELECT count(*) FROM information_schema.statistics
        WHERE index_name = :index AND column_name = :column AND seq_in_index = 1
        """, ["index": .text(index), "column": .text(column)]) > 0
    }
  }
#endif
