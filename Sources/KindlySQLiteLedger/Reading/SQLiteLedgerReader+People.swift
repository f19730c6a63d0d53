import Foundation
import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func pauses(now: Instant) async throws -> [Pause] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT scope, name, since, until, because, paused_by FROM pause
          WHERE until IS NULL OR until > ?
          ORDER BY scope, name
          """, arguments: [now.milliseconds]
      ).map { row in
        let until: Int64? = row["until"]
        return Pause(
          scope: try Stored.pause(row["scope"], of: row["name"]),
          since: Instant(milliseconds: row["since"]),
          until: until.map(Instant.init(milliseconds:)), because: row["because"],
          by: row["paused_by"])
      }
    }
  }

  package func inbox(unreadOnly: Bool, before id: Int64?, limit: Int) async throws -> [InboxEntry] {
    try await read { db in
      let condition = unreadOnly ? "read_at IS NULL" : "1"
      return try Row.fetchAll(
        db,
        sql: """
          SELECT id, delivered_at, public_id, rule, customer, recipient, subject, body, read_at
          FROM inbox
          WHERE \(condition) AND id < ?
          ORDER BY id DESC
          LIMIT ?
          """, arguments: [id ?? Int64.max, limit]
      ).map { row in
        let read: Int64? = row["read_at"]
        return InboxEntry(
          id: row["id"], delivered: Instant(milliseconds: row["delivered_at"]),
          publicID: row["public_id"], rule: row["rule"], customer: row["customer"],
          recipient: row["recipient"], subject: row["subject"], body: row["body"],
          read: read.map(Instant.init(milliseconds:)))
      }
    }
  }

  package func suppressed(
    _ addresses: [String], for messageClass: MessageClass
  ) async throws -> Set<ExactText> {
    let ledgerID = ledgerID
    return try await read { db in
      let statement = try Prepared(
        db, "SELECT 1 FROM suppression WHERE address_hash = ?1 AND scope <= ?2")
      return try Set(
        texts: addresses.filter { address in
          try PublicIdentity.hashes(ofAddress: address, ledger: ledgerID).contains { hash in
            statement.bind(blob: hash, at: 1)
            statement.bind(SuppressionScope.widest(of: messageClass).rawValue, at: 2)
            return try !statement.integers().isEmpty
          }
        })
    }
  }

  package func suppressions(
    _ selection: SuppressionSelection, limit: Int
  ) async throws -> [SuppressionRecord] {
    let query = SuppressionQuery(selection, ledger: ledgerID)
    return try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT address_hash, scope, because, since, channel, customer, added_by FROM suppression
          WHERE \(query.condition)
          ORDER BY since DESC, address_hash, scope
          LIMIT :limit
          """, arguments: query.arguments + ["limit": limit]
      ).map { row in
        let hash: Data = row["address_hash"]
        let customer: String? = row["customer"]
        return SuppressionRecord(
          id: SuppressionQuery.id(of: [UInt8](hash)), since: Instant(milliseconds: row["since"]),
          because: row["because"], channel: row["channel"],
          customer: customer.map(RowKey.init(canonical:)), by: row["added_by"],
          scope: try Stored.scope(row["scope"]))
      }
    }
  }

  package func actions(before id: Int64?, limit: Int) async throws -> [ActionRecord] {
    try await read { db in
      try ActionTable.fetch(
        db, "WHERE id < ? ORDER BY id DESC LIMIT ?", [id ?? Int64.max, limit])
    }
  }
}

/// What a pause is about; stored by number, with the name in a column of its own.
enum StoredScope: Int, CaseIterable {
  case all = 0
  case rule = 1
  case channel = 2

  /// The columns of a scope.
  static func columns(_ scope: PauseScope) -> (number: Int, name: String) {
    switch scope {
    case .all: (StoredScope.all.rawValue, "")
    case .rule(let name): (StoredScope.rule.rawValue, name)
    case .channel(let name): (StoredScope.channel.rawValue, name)
    }
  }
}
