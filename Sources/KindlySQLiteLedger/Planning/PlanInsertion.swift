import GRDB
import KindlyCore

/// Inserts the reminders of a batch.
///
/// Most of the cost of one insert is opening the table's many indexes, so a statement takes many rows at a time.
struct PlanInsertion {
  private let db: Database
  private let batch: PlanBatch
  private let table: PlanTable
  private let identity: PublicIdentity
  private let now: Instant
  private let prefix: [UInt8]
  private let single: Prepared
  private let many: Prepared

  /// Beyond this many rows the cost of a statement is too small a part to matter.
  private static let rowsAtOnce = 64
  private static let sharedParameters: Int32 = 6
  private static let parametersOfRow: Int32 = 12

  init(
    _ db: Database, _ batch: PlanBatch, _ table: PlanTable, _ identity: PublicIdentity,
    origin: Int64, now: Instant
  ) throws {
    self.db = db
    self.batch = batch
    self.table = table
    self.identity = identity
    self.now = now
    prefix = identity.prefix(rule: batch.rule, step: batch.step)
    single = try Prepared(db, PlanInsertion.singleSQL)
    many = try Prepared(db, PlanInsertion.manySQL)
    for statement in [single, many] {
      statement.bind(table.rule, at: 1)
      statement.bind(table.step, at: 2)
      statement.bind(batch.trigger.rawValue, at: 3)
      statement.bind(batch.messageClass.rawValue, at: 4)
      statement.bind(origin, at: 5)
      statement.bind(now, at: 6)
    }
  }

  /// Inserts all legs of occurrences that are new; one that is in the batch twice is inserted once.
  func insert(_ occurrences: [PlannedOccurrence]) throws -> Int {
    let total = occurrences.count * batch.legs.count
    let whole = total - total % PlanInsertion.rowsAtOnce
    var inserted = 0
    for index in 0..<total {
      let occurrence = occurrences[index / batch.legs.count]
      let leg = batch.legs[index % batch.legs.count]
      let cycle = try table.cycle(of: occurrence)
      if index < whole {
        let row = index % PlanInsertion.rowsAtOnce
        try bind(occurrence, leg, cycle, to: many, row: row)
        if row == PlanInsertion.rowsAtOnce - 1 { inserted += try many.run() }
      } else {
        try bind(occurrence, leg, cycle, to: single, row: 0)
        inserted += try single.run()
      }
    }
    return inserted
  }

  /// Inserts all legs of one occurrence but those that are known, or none if the first of them exists.
  func insert(
    _ occurrence: PlannedOccurrence, besides known: Set<Int> = []
  ) throws -> [Int: Int64] {
    var ids: [Int: Int64] = [:]
    let cycle = try table.cycle(of: occurrence)
    for leg in batch.legs where !known.contains(leg) {
      try bind(occurrence, leg, cycle, to: single, row: 0)
      if try single.run() == 0 { break }
      ids[leg] = db.lastInsertedRowID
    }
    return ids
  }

  /// Inserts the correction of a leg and returns its id; nil if it exists already.
  func insertCorrection(
    _ occurrence: PlannedOccurrence, _ leg: Int, number: Int
  ) throws -> Int64? {
    let cycle = try table.cycle(of: occurrence, correction: number)
    try bind(occurrence, leg, cycle, to: single, row: 0)
    return try single.run() == 0 ? nil : db.lastInsertedRowID
  }

  private func bind(
    _ occurrence: PlannedOccurrence, _ leg: Int, _ cycle: Cycle, to statement: Prepared, row: Int
  ) throws {
    let first = PlanInsertion.sharedParameters + 1 + Int32(row) * PlanInsertion.parametersOfRow
    statement.bind(occurrence.key.text, at: first)
    statement.bind(cycle.text, at: first + 1)
    statement.bind(leg, at: first + 2)
    statement.bind(
      identity.publicID(prefix: prefix, key: occurrence.key, cycle: cycle, leg: leg),
      at: first + 3)
    statement.bind(occurrence.customer?.text, at: first + 4)
    statement.bind(occurrence.change, at: first + 5)
    statement.bind(occurrence.depth, at: first + 6)
    statement.bind(occurrence.due, at: first + 7)
    statement.bind(occurrence.useUntil, at: first + 8)
    statement.bind(batch.hasApplied(occurrence, now: now) ? 1 : 0, at: first + 9)
    let mark: FuseMark = occurrence.isAccepted ? .released : .none
    statement.bind(mark.rawValue, at: first + 10)
    statement.bind(occurrence.cause, at: first + 11)
  }

  private static let singleSQL = sql(rows: 1)
  private static let manySQL = sql(rows: rowsAtOnce)

  private static func sql(rows: Int) -> String {
    let values = (0..<rows).map { row in
      let first = Int(sharedParameters) + 1 + row * Int(parametersOfRow)
      let own = (0..<Int(parametersOfRow)).map { "?\(first + $0)" }
      return """
        (?1, ?2, ?3, ?4, ?5, ?6, \(state: .waiting), \(own.joined(separator: ", ")), \(own[7]))
        """
    }
    return """
      INSERT INTO reminder (
        rule, step, trigger_kind, message_class, origin, created_at, state, row_key, cycle, leg,
        public_id, customer, change, depth, due, use_until, applied, fuse, cause, next_at)
      VALUES \(values.joined(separator: ",\n"))
      ON CONFLICT (rule, row_key, cycle, step, leg) DO NOTHING
      """
  }
}
