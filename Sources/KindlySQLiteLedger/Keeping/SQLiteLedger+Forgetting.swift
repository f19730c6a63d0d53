import Foundation
import GRDB
package import KindlyCore

/// What people do about customers who want to be forgotten; part of `ActingLedger`.
extension SQLiteLedger {
  package func forget(
    _ customer: RowKey, inWatch watch: String?, namedIn columns: [CustomerColumn],
    note: ActionNote, now: Instant
  ) async throws -> ForgetSummary {
    try await writer.submit { db in
      let oblivion = Oblivion(db, customer, watch, now)
      guard try oblivion.isKnown() || columns.contains(where: oblivion.isNamed) else {
        throw LedgerProblem(
          .refused, "nothing is kept about customer \(customer)",
          hint: "`kindly outbox list` shows the keys of customers")
      }
      // Otherwise the file keeps what was deleted until other data takes its place.
      try db.execute(sql: "PRAGMA secure_delete = ON")
      defer {
        // Losing the error is right: without the setting back, later deletes are only slower.
        try? db.execute(sql: "PRAGMA secure_delete = OFF")
      }
      let cancelled = try oblivion.cancelWaiting()
      var summary = ForgetSummary()
      summary.cancelled = cancelled.count
      summary.deleted = try oblivion.deleteTexts() + oblivion.deleteKnownValues(of: customer)
      for column in columns { summary.deleted += try oblivion.deleteValues(naming: column) }
      try ActionTable.record(
        "forget", "customer \(customer)", note, reminders: cancelled, now: now, db)
      return summary
    }
  }
}

/// Deletes what the ledger keeps of one customer beside identities, states and times.
///
/// Addresses are kept only as salted hashes, and what servers said is masked before it is kept.
private struct Oblivion {
  private let db: Database
  private let arguments: StatementArguments

  init(_ db: Database, _ customer: RowKey, _ watch: String?, _ now: Instant) {
    self.db = db
    arguments = [
      "key": customer.text, "name": customer.description, "watch": watch,
      "now": now.milliseconds,
      // A column names a customer only where the customers' key is one column.
      "only": customer.columns.count == 1 ? customer.columns[0] : nil,
    ]
  }

  /// The customer's reminders, and the first ones of digests that name the customer.
  private static let reminders = """
    SELECT id FROM reminder WHERE customer = :key
    UNION SELECT lead FROM reminder WHERE customer = :key AND lead IS NOT NULL
    """

  private static let publicIDs = "SELECT public_id FROM reminder WHERE id IN (\(reminders))"

  func isKnown() throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM reminder WHERE customer = :key)
          OR EXISTS (SELECT 1 FROM task WHERE customer = :name)
          OR EXISTS (SELECT 1 FROM inbox WHERE customer = :name)
          OR EXISTS (
            SELECT 1 FROM changes
            WHERE row_key = :key AND watch = (SELECT id FROM watch WHERE name = :watch))
        """, arguments: arguments) ?? false
  }

  func cancelWaiting() throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        UPDATE reminder
        SET state = \(state: .cancelled), reason = \(reason: .droppedByPerson), reason_since = :now,
          decided_at = :now, next_at = NULL
        WHERE customer = :key AND state = \(state: .waiting) AND uncertainties = 0
        RETURNING id
        """, arguments: arguments)
  }

  /// Deletes the last values of the customer's own row, if its deletion was noticed; returns how many rows had some.
  func deleteKnownValues(of customer: RowKey) throws -> Int {
    try Oblivion.sortKeys(of: customer).reduce(0) { total, key in
      try db.execute(
        sql: """
          UPDATE known_row SET old = '{}'
          WHERE watch = (SELECT id FROM watch WHERE name = :watch) AND key = :place
            AND is_gone = 1 AND old <> '{}'
          """, arguments: arguments + ["place": Data(key.bytes)])
      return total + db.changesCount
    }
  }

  /// The tables that keep values of rows, and which of their rows name the customer in a column of a watch. What another
  /// customer's letter still needs stays.
  private static let namings = [
    (
      table: "known_row", emptied: "old = '{}'",
      condition: "is_gone = 1 AND old <> '{}' AND \(naming(in: "old"))"
    ),
    (
      table: "changes", emptied: "old = NULL, new = NULL",
      condition: """
      (old IS NOT NULL OR new IS NOT NULL) AND (\(naming(in: "old")) OR \(naming(in: "new")))
        AND NOT EXISTS (
          SELECT 1 FROM reminder
          WHERE change = changes.id AND decided_at IS NULL AND customer IS NOT :key)
      """
    ),
  ]

  private static let inOther = "watch = (SELECT id FROM watch WHERE name = :other)"

  /// Whether stored values name the customer, whose key in a column of decimals is a whole one. SQL does not regard the
  /// case of a column's name.
  private static func naming(in values: String) -> String {
    """
    EXISTS (
      SELECT 1 FROM json_each(\(values))
      WHERE lower(key) = lower(:column) AND :only = CAST(
        iif(typeof(value) = 'real' AND value = CAST(value AS INTEGER), CAST(value AS INTEGER), value)
        AS TEXT))
    """
  }

  private func arguments(_ column: CustomerColumn) -> StatementArguments {
    arguments + ["other": column.watch, "column": column.column]
  }

  /// Whether a row of another watch, as far as its values are kept, names the customer.
  func isNamed(in column: CustomerColumn) throws -> Bool {
    try Oblivion.namings.contains { naming in
      try Bool.fetchOne(
        db,
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM \(naming.table) WHERE \(Oblivion.inOther) AND \(naming.condition))
          """, arguments: arguments(column)) ?? false
    }
  }

  /// Deletes the values of the gone rows that name the customer, and of the changes of such rows; returns how many.
  func deleteValues(naming column: CustomerColumn) throws -> Int {
    try Oblivion.namings.reduce(0) { total, naming in
      try db.execute(
        sql: """
          UPDATE \(naming.table) SET \(naming.emptied)
          WHERE \(Oblivion.inOther) AND \(naming.condition)
          """, arguments: arguments(column))
      return total + db.changesCount
    }
  }

  /// The places of a key among the known rows, whether its columns hold numbers or texts.
  private static func sortKeys(of key: RowKey) -> Set<SortKey> {
    var values: [[Value]] = [[]]
    for column in key.columns {
      let forms = [Value.text(column)] + (Int64(column).map { [Value.integer($0)] } ?? [])
      values = values.flatMap { row in forms.map { row + [$0] } }
    }
    return Set(
      values.flatMap { row in
        [SortKey(row), SortKey(row) { _ in true }].compactMap(\.self)
      })
  }

  /// Deletes texts and values; returns how many.
  func deleteTexts() throws -> Int {
    try [
      """
      UPDATE reminder SET evidence = NULL
      WHERE customer = :key AND evidence IS NOT NULL AND decided_at IS NOT NULL
      """,
      """
      DELETE FROM payload
      WHERE reminder IN (SELECT id FROM reminder WHERE customer = :key AND decided_at IS NOT NULL)
      """,
      "UPDATE reply SET text = NULL WHERE text IS NOT NULL AND reminder IN (\(Oblivion.reminders))",
      """
      UPDATE inbox SET subject = '', body = NULL
      WHERE (customer = :name OR public_id IN (\(Oblivion.publicIDs)))
        AND (subject <> '' OR body IS NOT NULL)
      """,
      """
      UPDATE task_event SET text = ''
      WHERE text <> '' AND task IN (
        SELECT id FROM task WHERE customer = :name OR public_id IN (\(Oblivion.publicIDs)))
      """,
      """
      UPDATE task SET subject = '', card = NULL, lists = NULL, note = NULL
      WHERE (customer = :name OR public_id IN (\(Oblivion.publicIDs)))
        AND (subject <> '' OR card IS NOT NULL OR lists IS NOT NULL OR note IS NOT NULL)
      """,
      """
      UPDATE changes SET old = NULL, new = NULL
      WHERE (old IS NOT NULL OR new IS NOT NULL) AND (
        id IN (SELECT change FROM reminder WHERE customer = :key AND change IS NOT NULL)
        OR row_key = :key AND watch = (SELECT id FROM watch WHERE name = :watch))
      """,
    ].reduce(0) { total, sql in
      try db.execute(sql: sql, arguments: arguments)
      return total + db.changesCount
    }
  }
}
