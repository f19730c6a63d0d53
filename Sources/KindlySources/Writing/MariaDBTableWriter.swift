#if MariaDB
  import KindlyCore

  /// Inserts into a table on a MariaDB or MySQL server, as a user who needs the right to INSERT and no other.
  ///
  /// `ON DUPLICATE KEY UPDATE` would ask for the right to update, and `INSERT IGNORE` hides other errors, so a repeat is
  /// known by the error.
  final class MariaDBTableWriter: TableWriter {
    private let target: TableTarget
    private let connection: MariaDBConnection

    var isAlive: Bool { connection.isAlive }

    init(
      _ target: TableTarget, _ address: ServerAddress, _ password: Secret?
    ) throws(TableFault) {
      self.target = target
      connection = try MariaDBTableWriter.connect(target, address, password)
    }

    /// A connection to the first host that answers.
    private static func connect(
      _ target: TableTarget, _ address: ServerAddress, _ password: Secret?
    ) throws(TableFault) -> MariaDBConnection {
      var last: TableFault?
      for host in address.hosts {
        do {
          let connection = try MariaDBConnection(
            to: host, of: address, password: password, deadline: TableTarget.deadline)
          for setting in settings { try connection.run(setting) }
          return connection
        } catch {
          last = TableFault(.unreachable, text(error, target))
        }
      }
      throw last ?? TableFault(.unreachable, "\(target.placeText): no host is named")
    }

    /// Strict, so that a value that does not fit is refused and not cut; quotes are doubled in texts.
    private static let settings = [
      "SET NAMES utf8mb4",
      """
      SET SESSION time_zone = '+00:00', autocommit = 1,
        sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
        lock_wait_timeout = \(Int(TableTarget.deadline.inSeconds)),
        innodb_lock_wait_timeout = \(Int(TableTarget.deadline.inSeconds))
      """,
    ]

    func insert(_ values: [String?]) throws(TableFault) -> TableInsertion {
      let columns = target.allColumns.map(MariaDBDialect.quoted).joined(separator: ", ")
      let literals = values.map { $0.map(MariaDBTableWriter.literal) ?? "NULL" }
      do {
        try connection.run(
          "INSERT INTO \(MariaDBDialect.table(target.table)) (\(columns)) VALUES (\(literals.joined(separator: ", ")))"
        )
        return .inserted
      } catch {
        // Duplicate entry 'k3f9…' for key 'messages.reminder_id': ids are random, so the value tells which key it is.
        if case .refused(1062, let message) = error, let id = values.first ?? nil,
          message.contains("'\(id)'")
        {
          return .known
        }
        throw MariaDBTableWriter.fault(error, target)
      }
    }

    private static func literal(_ text: String) -> String { "'" + text.doubling("'") + "'" }

    func review() throws(TableFault) -> TableReview {
      var review = TableReview()
      let (database, table) = MariaDBDialect.parts(of: target.table)
      let schema = database.map(MariaDBTableWriter.literal) ?? "DATABASE()"
      let place = "table_schema = \(schema) AND table_name = \(MariaDBTableWriter.literal(table))"
      let known = try texts("SELECT column_name FROM information_schema.columns WHERE \(place)")
      guard !known.isEmpty else {
        review.faults.append(
          "\(target.placeText) has no table \(target.table), or the user has no right on it; as an administrator: "
            + "GRANT INSERT ON \(MariaDBDialect.table(target.table)) TO …")
        return review
      }
      let folded = known.map { $0.lowercased() }
      let missing = target.allColumns.filter { !folded.contains($0.lowercased()) }
      // A user with INSERT alone sees the columns, but not the indexes of every version of the server.
      let unique = try texts(
        """
        SELECT MAX(column_name) FROM information_schema.statistics
        WHERE \(place) GROUP BY index_name HAVING COUNT(*) = 1 AND MAX(non_unique) = 0
        """)
      if !missing.isEmpty {
        review.faults.append(
          "table \(target.table) has no column \(missing.joined(separator: ", "))")
      } else if !unique.contains(where: { $0.lowercased() == target.id.lowercased() }) {
        review.faults.append(target.notUnique(MariaDBDialect.quoted))
      }
      let home = try texts("SELECT DATABASE()").first ?? ""
      let quoted = MariaDBDialect.quoted(database ?? home)
      let objects = [
        " ON *.* ", " ON \(quoted).* ", " ON \(quoted).\(MariaDBDialect.quoted(table)) ",
      ]
      // The server quotes names as the session's mode says.
      let grants = try texts("SHOW GRANTS").map { $0.replacing("\"", with: "`") }
      let excessive = grants.contains { grant in
        guard let object = objects.compactMap({ grant.firstRange(of: $0) }).first else {
          return false
        }
        let rights = grant[..<object.lowerBound]
        return ["ALL PRIVILEGES", "UPDATE", "DELETE", "DROP", "ALTER", "SUPER"].contains {
          rights.contains($0)
        }
      }
      if excessive {
        review.excesses.append(
          "the user may do more than insert into table \(target.table); give kindly one of its own with INSERT only"
        )
      }
      return review
    }

    private func texts(_ sql: String) throws(TableFault) -> [String] {
      do {
        let result = try connection.query(sql)
        var texts: [String] = []
        while let row = result.next() { texts.append(row.value(0).text) }
        return texts
      } catch {
        // A question inserts nothing.
        throw TableFault(.unreachable, MariaDBTableWriter.text(error, target))
      }
    }

    private static func fault(_ error: MariaDBFailure, _ target: TableTarget) -> TableFault {
      let text = text(error, target)
      switch error {
      case .unreachable: return TableFault(.unreachable, text)
      case .lost: return TableFault(.lost, text)
      case .tooOld, .unsuited, .unknownEncoding, .placeholder: return TableFault(.table, text)
      case .refused(let code, _):
        switch code {
        // No table, no column, no right: the manual's error reference.
        case 1044, 1045, 1046, 1049, 1054, 1064, 1142, 1143, 1146, 1227, 1290, 1370, 1698:
          return TableFault(.table, text)
        case 1021, 1030, 1037, 1040, 1041, 1114, 1180, 1203, 1205, 1206, 1213, 1226, 1317, 1836,
          1969,
          3024:
          return TableFault(.unreachable, text)
        default: return TableFault(.row, text)
        }
      }
    }

    private static func text(_ error: MariaDBFailure, _ target: TableTarget) -> String {
      let said =
        switch error {
        case .unreachable(_, let message): "cannot be connected to: \(message)"
        case .lost(let message): "has ended the connection, or did not answer: \(message)"
        case .refused(let code, let message): MariaDBDiagnosis.withoutData(message, code)
        case .tooOld(let version): "is of version \(version)"
        case .unsuited(let target): "is not \(target.rawValue)"
        case .unknownEncoding(let name): "has no character set \(name)"
        case .placeholder(let name): "a statement holds \(name)"
        }
      return "\(target.placeText): \(said)"
    }
  }
#endif
