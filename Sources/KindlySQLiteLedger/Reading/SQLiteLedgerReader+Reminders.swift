import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func reminders(
    _ selection: ReminderSelection, before id: Int64?, limit: Int
  ) async throws -> [ReminderSummary] {
    try await read { db in
      var query = ReminderQuery(selection)
      if let id { query.add("reminder.id < :before", "before", id) }
      let arguments = query.arguments + ["limit": limit]
      return try Row.fetchAll(
        db,
        sql: """
          SELECT \(ReminderQuery.columns)
          FROM \(ReminderQuery.tables)
          WHERE \(query.condition)
          ORDER BY reminder.id DESC
          LIMIT :limit
          """, arguments: arguments
      ).map(ReminderQuery.summary)
    }
  }

  package func reminder(_ name: ReminderName) async throws -> ReminderDetail? {
    try await read { db in
      let id: Int64?
      switch name {
      case .id(let number): id = number
      case .publicID(let text): id = try PublicIndex.find(text, db)
      }
      guard let id else { return nil }
      return try DetailQuery(db, id).detail()
    }
  }

  package func configuration(_ id: Int64) async throws -> ArchivedConfiguration? {
    try await read { db in try SQLiteLedgerReader.configuration(db, "id = ?", [id]) }
  }

  package func latestConfiguration() async throws -> ArchivedConfiguration? {
    try await read { db in
      // A configuration that is loaded again keeps its number, so the highest number is not always the last loaded.
      // Older ledgers do not record which was the last.
      try SQLiteLedgerReader.configuration(
        db,
        """
        id = coalesce(
          (SELECT CAST(text AS INTEGER) FROM fact WHERE name = ?),
          (SELECT max(id) FROM configuration))
        """, [SQLiteLedger.configurationFact])
    }
  }

  private static func configuration(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> ArchivedConfiguration? {
    try Row.fetchOne(
      db, sql: "SELECT id, hash, text, archived_at FROM configuration WHERE \(condition)",
      arguments: arguments
    ).map { row in
      ArchivedConfiguration(
        id: row["id"], hash: row["hash"], text: row["text"],
        archived: Instant(milliseconds: row["archived_at"]))
    }
  }
}
