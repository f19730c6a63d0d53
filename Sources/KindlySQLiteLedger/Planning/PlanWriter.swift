import GRDB
import KindlyCore

/// Writes one batch of a plan, inside the commit that holds it.
struct PlanWriter {
  private let db: Database
  private let batch: PlanBatch
  private let table: PlanTable
  private let now: Instant
  private let insertion: PlanInsertion
  /// The days whose reminders the rule's fuse holds.
  private let blownDays: [CompanyDay]
  /// Whether the summary gets an event for each reminder.
  private let tells: Bool
  private(set) var summary = PlanSummary()

  init(_ db: Database, _ batch: PlanBatch, _ identity: PublicIdentity, tells: Bool, now: Instant)
    throws
  {
    self.db = db
    self.batch = batch
    self.now = now
    self.tells = tells
    table = try PlanTable(db, batch)
    let origin = try SmallTables.origin(
      db, configuration: batch.configuration, place: batch.place, domain: identity.domain)
    blownDays = try FuseTable.blownDays(ofRule: table.rule, db, now: now)
    insertion = try PlanInsertion(db, batch, table, identity, origin: origin, now: now)
  }

  mutating func write() throws {
    let planned = try plan()
    // Corrections have cycles of their own, and each is dropped or held as it is made.
    if batch.isCorrection { return }
    for occurrence in planned {
      if batch.isDropped { try drop(occurrence) }
      try hold(occurrence)
    }
  }

  /// Holds the occurrence's reminders if they wait for a day whose fuse is blown.
  private func hold(_ occurrence: PlannedOccurrence, correction number: Int? = nil) throws {
    guard !occurrence.isAccepted,
      blownDays.contains(where: { $0.covers(due: occurrence.due, now: now) })
    else { return }
    try FuseHold(db, rule: table.rule, now: now).hold(
      step: table.step, key: occurrence.key,
      cycle: try table.cycle(of: occurrence, correction: number))
  }

  /// Plans the batch, and returns its occurrences under the names that the ledger keeps them by.
  private mutating func plan() throws -> [PlannedOccurrence] {
    if try table.isUntouched() {
      try insert(batch.occurrences)
      return batch.occurrences
    }
    var reader = try table.neighbours()
    var planned: [PlannedOccurrence] = []
    var new: [PlannedOccurrence] = []
    for found in batch.occurrences {
      let neighbours = try reader.neighbours(of: found)
      let occurrence = PlanDecision.named(found, of: batch, beside: neighbours)
      planned.append(occurrence)
      let work = PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now)
      if work == [.insert] {
        new.append(occurrence)
      } else {
        try perform(work, occurrence, neighbours)
        if !work.isEmpty { reader.forget() }
      }
    }
    try insert(new)
    return planned
  }

  private mutating func insert(_ occurrences: [PlannedOccurrence]) throws {
    guard tells else {
      summary.inserted += try insertion.insert(occurrences)
      return
    }
    for occurrence in occurrences { _ = try insertOne(occurrence) }
  }

  private mutating func insertOne(
    _ occurrence: PlannedOccurrence, besides known: Set<Int> = []
  ) throws -> [Int: Int64] {
    let legs = try insertion.insert(occurrence, besides: known)
    summary.inserted += legs.count
    for id in legs.values.sorted() { try tell(batch.isDropped ? .dropped : .planned, of: id) }
    return legs
  }

  private mutating func tell(_ kind: PlanEvent.Kind, of id: Int64) throws {
    guard tells else { return }
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT public_id, customer, due FROM reminder WHERE id = ?"),
      arguments: [id])
    guard let row else { return }
    let customer: String? = row["customer"]
    summary.events.append(
      PlanEvent(
        kind: kind, publicID: row["public_id"], rule: batch.rule,
        customer: customer.map(RowKey.init(canonical:)), due: Instant(milliseconds: row["due"])))
  }

  /// Cancels a planned reminder as a person would. It stays in the ledger, so it is never planned again.
  private func drop(_ occurrence: PlannedOccurrence, correction number: Int? = nil) throws {
    let statement = try Prepared(db, PlanWriter.dropSQL)
    statement.bind(table.rule, at: 1)
    statement.bind(table.step, at: 2)
    statement.bind(Reason.droppedByPerson.rawValue, at: 3)
    statement.bind(now, at: 4)
    statement.bind(occurrence.key.text, at: 5)
    statement.bind(try table.cycle(of: occurrence, correction: number).text, at: 6)
    try statement.run()
  }

  private mutating func perform(
    _ work: [PlanWork], _ occurrence: PlannedOccurrence, _ neighbours: [Neighbour]
  ) throws {
    var own: [Int: Int64] = [:]
    for neighbour in neighbours where isOwn(neighbour, occurrence) {
      own[neighbour.leg] = neighbour.id
    }
    for part in work {
      switch part {
      case .insert:
        own = try insertOne(occurrence)
      case .insertRest(let known):
        own = try insertOne(occurrence, besides: known)
      case .correct(let leg, let number, let was):
        own[leg] = try correct(occurrence, leg, number: number, was)
      case .retime(let id, let wait): try retime(id, occurrence, wait)
      case .revive(let id): try revive(id, occurrence)
      case .move(let id, let leg, let wasOpen):
        try move(id, to: own[leg] ?? (batch.isCorrection ? nil : own[0]))
        if wasOpen {
          summary.moved += 1
          try tell(.moved, of: id)
        }
      }
    }
  }

  /// Whether a neighbour is a reminder of the occurrence; for a correction, one that is still to be sent.
  private func isOwn(_ neighbour: Neighbour, _ occurrence: PlannedOccurrence) -> Bool {
    guard batch.isCorrection else { return neighbour.cycle == occurrence.cycle }
    return neighbour.isOfStep && neighbour.cycle.isCorrection && neighbour.state == .waiting
      && neighbour.cycle.anchor == occurrence.cycle.anchor
  }

  private mutating func correct(
    _ occurrence: PlannedOccurrence, _ leg: Int, number: Int, _ was: AnnouncedDate
  ) throws -> Int64? {
    guard let id = try insertion.insertCorrection(occurrence, leg, number: number) else {
      return nil
    }
    try AnnouncementTable.keep(was: was, of: id, db)
    summary.inserted += 1
    if batch.isDropped { try drop(occurrence, correction: number) }
    try hold(occurrence, correction: number)
    try tell(batch.isDropped ? .dropped : .planned, of: id)
    return id
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
    let count = try statement.run()
    summary.retimed += count
    if count > 0 { try tell(.retimed, of: id) }
  }

  private mutating func revive(_ id: Int64, _ occurrence: PlannedOccurrence) throws {
    let statement = try Prepared(db, PlanWriter.reviveSQL)
    statement.bind(id, at: 1)
    statement.bind(occurrence.due, at: 2)
    statement.bind(occurrence.useUntil, at: 3)
    statement.bind(batch.hasApplied(occurrence, now: now) ? 1 : 0, at: 4)
    statement.bind((occurrence.isAccepted ? FuseMark.released : .none).rawValue, at: 5)
    let count = try statement.run()
    summary.revived += count
    if count > 0 { try tell(.revived, of: id) }
  }

  private func move(_ id: Int64, to successor: Int64?) throws {
    let statement = try Prepared(db, PlanWriter.moveSQL)
    statement.bind(id, at: 1)
    statement.bind(Reason.dateMoved.rawValue, at: 2)
    statement.bind(now, at: 3)
    statement.bind(successor, at: 4)
    try statement.run()
  }

  private static let dropSQL = """
    UPDATE reminder
    SET state = \(state: .cancelled), reason = ?3, reason_since = ?4, decided_at = ?4, next_at = NULL
    WHERE rule = ?1 AND step = ?2 AND row_key = ?5 AND cycle = ?6 AND state = \(state: .waiting)
    """

  private static let retimeSQL = """
    UPDATE reminder
    SET due = ?2, use_until = ?3, next_at = ?4,
      reason = iif(?5, reason, NULL), reason_since = iif(?5, reason_since, NULL)
    WHERE id = ?1 AND state = \(state: .waiting)
    """

  private static let reviveSQL = """
    UPDATE reminder
    SET \(Assignment.isOpen), reason = NULL, reason_since = NULL, decided_at = NULL, successor = NULL,
      due = ?2, use_until = ?3, next_at = ?2, revivals = revivals + 1,
      route_position = 0, attempts_on_channel = 0, applied = max(applied, ?4),
      fuse = iif(?5 = \(fuse: .released) OR fuse = \(fuse: .released), \(fuse: .released), \(fuse: .none))
    WHERE id = ?1 AND state = \(state: .cancelled)
    """

  private static let moveSQL = """
    UPDATE reminder
    SET state = \(state: .cancelled), reason = ?2, reason_since = ?3, decided_at = ifnull(decided_at, ?3),
      next_at = NULL, successor = ?4
    WHERE id = ?1 AND state IN \(states: .waiting, .cancelled)
    """
}
