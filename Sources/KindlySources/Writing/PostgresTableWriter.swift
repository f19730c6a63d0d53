#if PostgreSQL
  import KindlyCore

  /// Inserts into a table on a PostgreSQL server, as a role that needs the right to INSERT and no other.
  ///
  /// `ON CONFLICT (column)` would ask for the right to read the column, so a repeat is known by the error.
  final class PostgresTableWriter: TableWriter {
    private let target: TableTarget
    private let connection: PostgresConnection
    private let sql: String

    var isAlive: Bool { connection.isAlive }

    init(
      _ target: TableTarget, _ address: ServerAddress, _ password: Secret?
    ) throws(TableFault) {
      self.target = target
      let columns = target.allColumns.map(PostgresDialect.quoted).joined(separator: ", ")
      let marks = target.allColumns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
      sql = "INSERT INTO \(PostgresDialect.table(target.table)) (\(columns)) VALUES (\(marks))"
      do {
        connection = try PostgresConnection(
          to: address, password: password, deadline: TableTarget.deadline)
        let limit = Int(TableTarget.deadline.inSeconds * 1000)
        try connection.run(
          "SET statement_timeout = \(limit); SET lock_timeout = \(limit); SET TimeZone = 'UTC'")
      } catch {
        // Nothing was on its way yet.
        throw TableFault(.unreachable, PostgresTableWriter.text(error, target))
      }
    }

    func insert(_ values: [String?]) throws(TableFault) -> TableInsertion {
      do {
        _ = try connection.query(sql, values)
        return .inserted
      } catch {
        // Which constraint it is decides: another one means that the row is refused.
        if case .refused("23505", _) = error, let violated = connection.violatedConstraint,
          try uniqueIndexes().containsExactly(violated)
        {
          return .known
        }
        throw PostgresTableWriter.fault(error, target)
      }
    }

    /// The names of the unique indexes on the id alone.
    private func uniqueIndexes() throws(TableFault) -> [String] {
      let result = try ask(
        """
        SELECT index.relname FROM pg_index
          JOIN pg_class AS index ON index.oid = pg_index.indexrelid
          JOIN pg_attribute AS part
            ON part.attrelid = pg_index.indrelid AND part.attnum = pg_index.indkey[0]
        WHERE pg_index.indrelid = to_regclass($1) AND pg_index.indisunique
          AND pg_index.indnkeyatts = 1 AND pg_index.indpred IS NULL AND part.attname = $2
        """, [PostgresDialect.table(target.table), target.id])
      return (0..<result.rowCount).map { result.row($0).value(0).text }
    }

    func review() throws(TableFault) -> TableReview {
      var review = TableReview()
      let table = PostgresDialect.table(target.table)
      let rights = try ask(
        """
        SELECT to_regclass($1) IS NOT NULL,
          coalesce(has_table_privilege(to_regclass($1), 'INSERT'), false),
          coalesce(has_table_privilege(to_regclass($1), 'UPDATE'), false)
            OR coalesce(has_table_privilege(to_regclass($1), 'DELETE'), false)
            OR coalesce(has_table_privilege(to_regclass($1), 'TRUNCATE'), false),
          (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        """, [table]
      ).row(0)
      guard rights.isTrue(0) else {
        review.faults.append("\(target.placeText) has no table \(target.table)")
        return review
      }
      let found = try ask(
        """
        SELECT attname, has_column_privilege(attrelid, attnum, 'INSERT') FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
        """, [table])
      let columns = (0..<found.rowCount).map { found.row($0) }
      let known = columns.map { $0.value(0).text }
      let missing = target.allColumns.filter { !known.containsExactly($0) }
      let closed = columns.filter { !$0.isTrue(1) }.map { $0.value(0).text }
        .filter { target.allColumns.containsExactly($0) }
      if !missing.isEmpty {
        review.faults.append(
          "table \(target.table) has no column \(missing.joined(separator: ", "))")
      } else if !closed.isEmpty {
        review.faults.append(
          "the role may not insert into column \(closed.joined(separator: ", ")); as the owner: GRANT INSERT ON \(table) TO …"
        )
      } else if try uniqueIndexes().isEmpty {
        review.faults.append(target.notUnique(PostgresDialect.quoted))
      }
      if rights.isTrue(2) || rights.isTrue(3) {
        review.excesses.append(
          "the role may do more than insert into table \(target.table); give kindly one of its own with INSERT only"
        )
      }
      return review
    }

    private func ask(
      _ sql: String, _ parameters: [String]
    ) throws(TableFault) -> PostgresResult {
      do {
        return try connection.query(sql, parameters)
      } catch {
        // A question inserts nothing.
        throw TableFault(.unreachable, PostgresTableWriter.text(error, target))
      }
    }

    private static func fault(_ error: PostgresFailure, _ target: TableTarget) -> TableFault {
      let text = text(error, target)
      switch error {
      case .unreachable: return TableFault(.unreachable, text)
      case .lost, .silent: return TableFault(.lost, text)
      case .placeholder: return TableFault(.table, text)
      case .refused(let state, _):
        // Classes by appendix A of the manual: the row's data; no resources, an operator's doing, a lock.
        switch state.prefix(2) {
        case "22", "23", "44": return TableFault(.row, text)
        case "40", "53", "55", "57", "58", "25": return TableFault(.unreachable, text)
        default: return TableFault(.table, text)
        }
      }
    }

    private static func text(_ error: PostgresFailure, _ target: TableTarget) -> String {
      let said =
        switch error {
        case .unreachable(let message, _, _): "cannot be connected to: \(message)"
        case .lost(let message): "has ended the connection: \(message)"
        case .silent: "did not answer in time"
        case .refused(_, let message): message
        case .placeholder(let name): "a statement holds \(name)"
        }
      return "\(target.placeText): \(said)"
    }
  }
#endif
