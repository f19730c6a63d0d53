import GRDB
import KindlyCore

/// Writes one batch of a plan, inside the commit that holds it.
struct PlanWriter {
  private let db: Database
  private let batch: PlanBatch
  private let table: PlanTable
  private let now: Instant
  private let identity: PublicIdentity
  private let prefix: [UInt8]
  private let insertion: Prepared
  private(set) var summary = PlanSummary()

  init(_ db: Database, _ batch: PlanBatch, _ identity: PublicIdentity, now: Instant) throws {
    self.db = db
    self.batch = batch
    self.now = now
    self.identity = identity
    table = try PlanTable(db, batch)
    prefix = identity.prefix(rule: batch.rule, step: batch.step)
    insertion = try Prepared(db, PlanWriter.insertSQL)
    let origin = try SmallTables.origin(
      db, configuration: batch.configuration, place: batch.place, domain: identity.domain)
    insertion.bind(table.rule, at: 1)
    insertion.bind(table.step, at: 4)
    insertion.bind(batch.trigger.rawValue, at: 7)
    insertion.bind(batch.messageClass.rawValue, at: 8)
    insertion.bind(origin, at: 12)
    insertion.bind(now, at: 13)
  }

  mutating func write() throws {
    if try table.isUntouched() {
      for occurrence in batch.occurrences { _ = try insert(occurrence) }
      return
    }
    let statement = try table.neighbourStatement()
    for occurrence in batch.occurrences {
      let neighbours = try table.neighbours(of: occurrence, statement)
      try perform(
        PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now), occurrence,
        neighbours)
    }
  }

  private mutating func perform(
    _ work: [PlanWork], _ occurrence: PlannedOccurrence, _ neighbours: [Neighbour]
  ) throws {
    var own: [Int: Int64] = [:]
    for neighbour in neighbours where neighbour.cycle == occurrence.cycle {
      own[neighbour.leg] = neighbour.id
    }
    for part in work {
      switch part {
      case .insert: own = try insert(occurrence)
      case .retime(let id, let wait): try retime(id, occurrence, wait)
      case .revive(let id): try revive(id, occurrence)
      case .move(let id, let leg, let wasOpen):
        try move(id, to: own[leg] ?? own[0])
        if wasOpen { summary.moved += 1 }
      }
    }
  }

  /// Inserts all legs, or none where the occurrence exists; legs count from 0, so the first tells.
  private mutating func insert(_ occurrence: PlannedOccurrence) throws -> [Int: Int64] {
    insertion.bind(occurrence.key.text, at: 2)
    insertion.bind(occurrence.cycle.text, at: 3)
    insertion.bind(occurrence.customer?.text, at: 9)
    insertion.bind(occurrence.change, at: 10)
    insertion.bind(occurrence.depth, at: 11)
    insertion.bind(occurrence.due, at: 14)
    insertion.bind(occurrence.useUntil, at: 15)
    var ids: [Int: Int64] = [:]
    for leg in 0..<batch.legs {
      insertion.bind(leg, at: 5)
      insertion.bind(
        identity.publicID(
          prefix: prefix, key: occurrence.key, cycle: occurrence.cycle, leg: leg), at: 6)
      if try insertion.run() == 0 { break }
      ids[leg] = db.lastInsertedRowID
      summary.inserted += 1
    }
    return ids
  }

  private mutating func retime(
    _ id: Int64, _ occurrence: PlannedOccurrence, _ wait: RetimedWait
  ) throws {
    let statement = try Prepared(db, PlanWriter.retimeSQL)
    statement.bind(id, at: 1)
    statement.bind(occurrence.due, at: 2)
    statement.bind(occurrence.useUntil, at: 3)
    switch wait {
    case .anew:
      statement.bind(occurrence.due, at: 4)
      statement.bind(0, at: 5)
    case .kept(let until):
      statement.bind(until, at: 4)
      statement.bind(1, at: 5)
    }
    summary.retimed += try statement.run()
  }

  private mutating func revive(_ id: Int64, _ occurrence: PlannedOccurrence) throws {
    let statement = try Prepared(db, PlanWriter.reviveSQL)
    statement.bind(id, at: 1)
    statement.bind(occurrence.due, at: 2)
    statement.bind(occurrence.useUntil, at: 3)
    summary.revived += try statement.run()
  }

  private func move(_ id: Int64, to successor: Int64?) throws {
    let statement = try Prepared(db, PlanWriter.moveSQL)
    statement.bind(id, at: 1)
    statement.bind(Reason.dateMoved.rawValue, at: 2)
    statement.bind(now, at: 3)
    statement.bind(successor, at: 4)
    try statement.run()
  }

  private static let insertSQL = """
    INSERT INTO reminder (
      rule, row_key, cycle, step, leg, public_id, trigger_kind, message_class, customer, change,
      depth, origin, created_at, state, due, use_until, next_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14, ?15, ?14)
    ON CONFLICT (rule, row_key, cycle, step, leg) DO NOTHING
    """

  private static let retimeSQL = """
    UPDATE reminder
    SET due = ?2, use_until = ?3, next_at = ?4,
      reason = iif(?5, reason, NULL), reason_since = iif(?5, reason_since, NULL)
    WHERE id = ?1 AND state = 0
    """

  private static let reviveSQL = """
    UPDATE reminder
    SET state = 0, reason = NULL, reason_since = NULL, decided_at = NULL, successor = NULL,
      due = ?2, use_until = ?3, next_at = ?2, revivals = revivals + 1,
      route_position = 0, attempts_on_channel = 0
    WHERE id = ?1 AND state = 6
    """

  private static let moveSQL = """
    UPDATE reminder
    SET state = 6, reason = ?2, reason_since = ?3, decided_at = ifnull(decided_at, ?3),
      next_at = NULL, successor = ?4
    WHERE id = ?1 AND state IN (0, 6)
    """
}
