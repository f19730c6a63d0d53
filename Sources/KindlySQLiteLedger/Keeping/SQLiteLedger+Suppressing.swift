import Foundation
import GRDB
package import KindlyCore

/// What people do to suppressed addresses; part of `ActingLedger`.
extension SQLiteLedger {
  package func suppress(
    _ address: String, of customer: RowKey? = nil, note: ActionNote, now: Instant
  ) async throws -> Bool {
    let hash = PublicIdentity.hash(ofAddress: address, ledger: identity.ledger)
    return try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO suppression (address_hash, scope, because, since, customer, added_by)
          VALUES (?, \(SuppressionScope.everything.rawValue), ?, ?, ?, ?)
          ON CONFLICT (address_hash, scope) DO NOTHING
          """,
        arguments: [
          SuppressionQuery.blob(hash), note.because ?? "", now.milliseconds,
          customer?.text, note.user,
        ])
      guard db.changesCount > 0 else { return false }
      let id = SuppressionQuery.id(of: hash)
      try ActionTable.record("suppression add", "address \(id)", note, now: now, db)
      return true
    }
  }

  package func lift(
    _ selection: SuppressionSelection, note: ActionNote, now: Instant
  ) async throws -> SuppressionLift {
    let ledger = identity.ledger
    return try await writer.submit { db in
      let query = SuppressionQuery(selection, ledger: ledger)
      let causes = try Int64.fetchAll(
        db,
        sql: "SELECT reminder FROM suppression WHERE \(query.condition) AND reminder IS NOT NULL",
        arguments: query.arguments)
      try db.execute(
        sql: "DELETE FROM suppression WHERE \(query.condition)", arguments: query.arguments)
      let lifted = db.changesCount
      guard lifted > 0 else { return SuppressionLift(lifted: 0, revived: 0) }
      let revived = try SQLiteLedger.revive(keptBackWith: causes, now: now, db)
      try ActionTable.record(
        "suppression lift", counted(lifted, "address", "addresses"), note, reminders: revived,
        now: now, db)
      return SuppressionLift(lifted: lifted, revived: revived.count)
    }
  }

  /// Requeues the reminders that were skipped because of a suppressed address, or that failed when their address became
  /// suppressed.
  ///
  /// If the address is still suppressed, the reminder is skipped again when it is claimed; nothing has been handed over
  /// by then.
  private static func revive(
    keptBackWith causes: [Int64], now: Instant, _ db: Database
  ) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        UPDATE reminder
        SET \(Assignment.isOpen), reason = NULL, reason_since = NULL, decided_at = NULL,
          next_at = max(due, :now), lead = NULL
        WHERE decided_at IS NOT NULL AND use_until > :now
          AND (state = \(state: .skipped)
              AND reason = \(reason: .suppressed)
            OR state = \(state: .failed)
              AND reason = \(reason: .rejected)
              -- Those of a digest failed together, and the first of them is known as the cause.
              AND ifnull(lead, id) IN (SELECT value FROM json_each(:causes)))
        RETURNING id
        """, arguments: ["now": now.milliseconds, "causes": JSONNumbers.array(causes)])
  }
}

/// A selection of suppressions as SQL.
struct SuppressionQuery {
  private let selection: SuppressionSelection
  private let ledger: [UInt8]

  /// How many hexadecimal digits of the hash identify a suppression. Among a million addresses the chance that two
  /// share an id is one in 500.
  private static let digits = 12
  /// The number of hash bytes that these digits show.
  static let bytes = digits / 2

  init(_ selection: SuppressionSelection, ledger: [UInt8]) {
    self.selection = selection
    self.ledger = ledger
  }

  var condition: String {
    """
    (:names IS NULL
      OR lower(hex(substr(address_hash, 1, \(SuppressionQuery.bytes))))
        IN (SELECT value FROM json_each(:names)))
    AND (:customer IS NULL OR customer = :customer)
    AND (:channel IS NULL OR channel = :channel)
    AND (:since IS NULL OR since >= :since)
    AND (:through IS NULL OR since <= :through)
    """
  }

  var arguments: StatementArguments {
    let names = selection.names.flatMap { digits(of: $0) }.map(JSONText.quoted)
      .joined(separator: ",")
    return [
      "names": selection.names.isEmpty ? nil : "[\(names)]",
      "customer": selection.customer, "channel": selection.channel,
      "since": selection.since?.milliseconds, "through": selection.through?.milliseconds,
    ]
  }

  static func id(of hash: [UInt8]) -> String {
    "s" + hash.prefix(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }

  /// The digits that a person means by an id, or by the address itself.
  private func digits(of name: String) -> [String] {
    let digits = name.utf8.dropFirst()
    let isID =
      name.utf8.first == UInt8(ascii: "s") && digits.count == SuppressionQuery.digits
      && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    if isID { return [String(name.dropFirst())] }
    return PublicIdentity.hashes(ofAddress: name, ledger: ledger)
      .map { String(SuppressionQuery.id(of: $0).dropFirst()) }
  }
}
