import GRDB
import KindlyCore

/// Finds reminders by their public id.
///
/// Public ids are hashes, so indexing each at insertion would touch a separate page and make planning several times
/// slower. Instead the index is filled later, in portions large enough to share pages, and newer reminders are searched
/// one by one.
enum PublicIndex {
  /// A search reads through at most a few times this before the next tidying catches up.
  static let portion = 50_000

  static func find(_ publicID: String, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT reminder FROM public_name WHERE public_id = :id
        UNION ALL
        SELECT id FROM reminder
        WHERE id > (SELECT through FROM public_index) AND public_id = :id
        LIMIT 1
        """, arguments: ["id": publicID])
  }

  /// The reminders with these public ids; newer ones are searched for all of them at once.
  static func find(_ publicIDs: Set<ExactText>, _ db: Database) throws -> [ExactText: Int64] {
    guard !publicIDs.isEmpty else { return [:] }
    let ids = "[" + publicIDs.map { JSONText.quoted($0.string) }.joined(separator: ",") + "]"
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT public_id, reminder FROM public_name
        WHERE public_id IN (SELECT value FROM json_each(:ids))
        UNION ALL
        SELECT public_id, id FROM reminder
        WHERE id > (SELECT through FROM public_index)
          AND public_id IN (SELECT value FROM json_each(:ids))
        """, arguments: ["ids": ids])
    return Dictionary(rows.map { (ExactText($0["public_id"]), $0["reminder"]) }) { first, _ in
      first
    }
  }

  /// Indexes the next portion; returns false if none is left.
  static func extend(_ db: Database) throws -> Bool {
    let bounds = try Row.fetchOne(
      db,
      sql: """
        SELECT through, (
          SELECT max(id) FROM (
            SELECT id FROM reminder WHERE id > through ORDER BY id LIMIT \(portion))) AS last
        FROM public_index
        """)
    guard let bounds, let last: Int64 = bounds["last"] else { return false }
    let through: Int64 = bounds["through"]
    try db.execute(
      sql: """
        INSERT INTO public_name (public_id, reminder)
        SELECT public_id, id FROM reminder WHERE id > ? AND id <= ? ORDER BY public_id
        """, arguments: [through, last])
    try db.execute(sql: "UPDATE public_index SET through = ?", arguments: [last])
    return true
  }
}
