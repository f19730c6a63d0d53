import GRDB
import KindlyCore

/// Claims what is due, inside the commit that holds the claim.
struct Claim {
  private let db: Database
  private let request: ClaimRequest
  private let run: Int64

  /// Paused reminders are put off as they fall due, so many at a time that the claim stays short.
  static let mostParked = 5_000

  init(_ db: Database, _ request: ClaimRequest, run: Int64) {
    self.db = db
    self.request = request
    self.run = run
  }

  func perform() throws -> [ClaimedReminder] {
    let paused = try PausedRules(db, now: request.now)
    try paused.park(db, now: request.now)
    var ids = try due(besides: paused)
    if request.claimsDigests { ids += try DueDigests(db, now: request.now).claimable() }
    guard !ids.isEmpty else { return [] }
    ids += try siblings(of: ids)
    let epoch = try nextEpoch()
    let picked = JSONNumbers.array(ids)
    let statement = try Prepared(db, Claim.takeSQL)
    statement.bind(picked, at: 1)
    statement.bind(run, at: 2)
    statement.bind(epoch, at: 3)
    try statement.run()
    return try fetch(picked, Lease(owner: run, epoch: epoch))
  }

  /// The ids of reminders that are due and not paused, plus paused ones that are no longer useful and can be ended.
  private func due(besides paused: PausedRules) throws -> [Int64] {
    let filter = paused.isEmpty ? "" : "AND (use_until <= ?1 OR \(paused.excluding(parameter: 7)))"
    let statement = try Prepared(
      db,
      """
      SELECT id FROM reminder INDEXED BY reminder_queue
      WHERE \(PartialIndex.isOpen) AND next_at <= ?1
        AND \(OutboxQueues.isMember(first: 3)) \(filter)
      ORDER BY next_at
      LIMIT ?2
      """)
    var ids: [Int64] = []
    for share in request.shares {
      statement.bind(request.now, at: 1)
      statement.bind(min(share.count, GroupCommit.mostRows - ids.count), at: 2)
      OutboxQueues.bind(share.queue, in: statement, from: 3)
      if !paused.isEmpty { statement.bind(paused.json, at: 7) }
      ids += try statement.integers()
    }
    return ids
  }

  /// The other claimable dated reminders of the same rule, row and leg, above the limit if need be.
  private func siblings(of ids: [Int64]) throws -> [Int64] {
    let statement = try Prepared(db, Claim.siblingSQL)
    statement.bind(JSONNumbers.array(ids), at: 1)
    statement.bind(request.now, at: 2)
    let taken = Set(ids)
    return try statement.integers().filter { !taken.contains($0) }
  }

  private func nextEpoch() throws -> Int64 {
    let statement = try Prepared(
      db, "UPDATE run SET epoch = epoch + 1, until = ?2 WHERE id = ?1 RETURNING epoch")
    statement.bind(run, at: 1)
    statement.bind(request.now + Lease.length, at: 2)
    guard let epoch = try statement.integers().first else {
      throw LedgerProblem(.failed, "this process's run \(run) is missing from the ledger")
    }
    return epoch
  }

  private func fetch(_ picked: String, _ lease: Lease) throws -> [ClaimedReminder] {
    let row = try Prepared(db, Claim.fetchSQL)
    row.bind(picked, at: 1)
    var names = (
      domain: Names(db, .origin), rule: Names(db, .rule), step: Names(db, .step),
      channel: Names(db, .channel)
    )
    var claimed: [ClaimedReminder] = []
    while try row.step() {
      let publicID = row.text(1)
      let cycle = Cycle(stored: row.text(7))
      claimed.append(
        ClaimedReminder(
          id: row.integer(0), lease: lease, publicID: publicID,
          messageID: publicID + "@" + (try names.domain[row.integer(2)]),
          rule: try names.rule[row.integer(3)], step: try names.step[row.integer(4)],
          leg: Int(row.integer(5)), key: RowKey(canonical: row.text(6)),
          cycle: cycle, trigger: try Stored.trigger(row.integer(8)),
          customer: row.optionalText(9).map(RowKey.init(canonical:)),
          change: row.optionalInteger(10),
          messageClass: try Stored.messageClass(row.integer(11)), due: row.instant(12),
          useUntil: row.instant(13), depth: Int(row.integer(14)),
          attempts: Int(row.integer(15)), attemptsOnChannel: Int(row.integer(16)),
          routePosition: Int(row.integer(17)),
          lastChannel: try row.optionalInteger(23).map { try names.channel[$0] },
          uncertainties: Int(row.integer(18)),
          firstAttempt: row.optionalInstant(19),
          waitReason: try Stored.reason(row.optionalInteger(20)),
          waitingSince: row.optionalInstant(21), fuse: try Stored.fuse(row.integer(24)),
          applied: row.integer(22) != 0,
          was: try AnnouncementTable.was(row.integer(0), cycle, db),
          parcel: row.optionalInteger(25), leads: row.integer(26) != 0, created: row.instant(27)))
    }
    return claimed
  }

  private static let takeSQL = """
    UPDATE reminder
    SET claimed_from = state, state = \(state: .claimed), owner = ?2, epoch = ?3
    WHERE id IN (SELECT value FROM json_each(?1))
    """

  private static let siblingSQL = """
    SELECT DISTINCT sibling.id
    FROM json_each(?1) AS picked
      CROSS JOIN reminder AS one ON one.id = picked.value AND one.trigger_kind IN \(triggers: .moment, .recurrence)
      CROSS JOIN reminder AS sibling
        ON sibling.rule = one.rule AND sibling.row_key = one.row_key AND sibling.leg = one.leg
    WHERE sibling.trigger_kind IN \(triggers: .moment, .recurrence)
      AND \(PartialIndex.isOpen("sibling")) AND +sibling.next_at <= ?2
    """

  // In the order of the picked ids, which is that of what is due in each queue.
  private static let fetchSQL = """
    SELECT reminder.id, public_id, origin, rule, step, leg, row_key, cycle,
      trigger_kind, customer, change, message_class, due, use_until, depth, attempts,
      attempts_on_channel, route_position, uncertainties, first_attempt, reason, reason_since,
      applied, channel, fuse, iif(reason = \(reason: .digest), parcel, NULL),
      uncertainties > 0 AND EXISTS (SELECT 1 FROM reminder AS other WHERE other.lead = reminder.id),
      created_at
    FROM json_each(?1) AS picked
      CROSS JOIN reminder ON reminder.id = picked.value
    """
}

/// The names behind the numbers of a small table, each asked for once: a batch has few, and a join would look each up for
/// every row.
private struct Names {
  enum Table {
    case rule, step, origin, channel
  }

  private let db: Database
  private let table: Table
  private var known: [Int64: String] = [:]

  init(_ db: Database, _ table: Table) {
    self.db = db
    self.table = table
  }

  subscript(number: Int64) -> String {
    mutating get throws {
      if let name = known[number] { return name }
      let statement = try Prepared(db, sql)
      statement.bind(number, at: 1)
      guard try statement.step() else {
        throw LedgerProblem(.damaged, "the ledger has no \(table) of number \(number)")
      }
      let name = statement.text(0)
      statement.reset()
      known[number] = name
      return name
    }
  }

  private var sql: String {
    switch table {
    case .rule: "SELECT name FROM rule WHERE id = ?"
    case .step: "SELECT name FROM step WHERE id = ?"
    case .channel: "SELECT name FROM channel WHERE id = ?"
    case .origin: "SELECT message_domain FROM origin WHERE id = ?"
    }
  }
}

/// A JSON array of numbers, for `json_each`: one statement for a whole batch.
enum JSONNumbers {
  static func array(_ numbers: [Int64]) -> String {
    var text = "["
    text.reserveCapacity(numbers.count * 8)
    for (index, number) in numbers.enumerated() {
      if index > 0 { text += "," }
      text += String(number)
    }
    return text + "]"
  }
}
