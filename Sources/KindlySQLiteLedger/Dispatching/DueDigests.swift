import GRDB
import KindlyCore

/// Finds the reminders whose digest is due, a parcel at a time.
struct DueDigests {
  private let db: Database
  private let now: Instant

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  /// As many whole parcels as fit into a batch, longest due first; of a larger parcel, as many reminders as one message
  /// can carry.
  func claimable() throws -> [Int64] {
    let statement = try Prepared(
      db,
      """
      SELECT id, next_at, parcel FROM reminder INDEXED BY reminder_digest
      WHERE \(PartialIndex.isInDigest) AND next_at <= ?1
      ORDER BY next_at, parcel, due
      LIMIT ?2
      """)
    statement.bind(now, at: 1)
    // One more than fits, to see whether the last parcel is complete.
    statement.bind(ParcelIdentity.most + 1, at: 2)
    var members: [(id: Int64, at: Int64, parcel: Int64?)] = []
    while try statement.step() {
      members.append((statement.integer(0), statement.integer(1), statement.optionalInteger(2)))
    }
    guard members.count > ParcelIdentity.most, let cut = members.last else {
      return members.map(\.id)
    }
    let whole = members.prefix { $0.at != cut.at || $0.parcel != cut.parcel }
    return (whole.isEmpty ? members.dropLast() : whole).map(\.id)
  }

  /// The time of the next digest; nil if no reminder waits for one.
  static func next(_ db: Database) throws -> Instant? {
    let statement = try Prepared(
      db,
      """
      SELECT next_at FROM reminder INDEXED BY reminder_digest
      WHERE \(PartialIndex.isInDigest)
      ORDER BY next_at
      LIMIT 1
      """)
    return try statement.integers().first.map(Instant.init(milliseconds:))
  }

  /// The parcels with a reminder that was sent, is being sent, or may have arrived.
  static func departed(_ parcels: Set<Int64>, _ db: Database) throws -> Set<Int64> {
    let statement = try Prepared(
      db,
      """
      SELECT DISTINCT parcel FROM json_each(?1) AS asked
        CROSS JOIN reminder INDEXED BY reminder_parcel
          ON reminder.parcel = asked.value
          AND state IN \(states: .sending, .uncertain, .sent)
      WHERE parcel IS NOT NULL
      """)
    statement.bind(JSONNumbers.array(parcels.sorted()), at: 1)
    return Set(try statement.integers())
  }
}
