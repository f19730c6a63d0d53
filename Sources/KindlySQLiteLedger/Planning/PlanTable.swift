import GRDB
import KindlyCore

/// Reads what exists for a batch's occurrences; used on a reader to find the differences, and on the writer to act on them.
struct PlanTable {
  let rule: Int64
  let step: Int64
  private let lives: KeyLives?
  private let batch: PlanBatch
  private let db: Database

  init(_ db: Database, _ batch: PlanBatch) throws {
    guard let rule = try SmallTables.rule(db, batch.rule),
      let step = try SmallTables.step(db, rule: rule, batch.step)
    else {
      throw LedgerProblem(
        .refused, "rule \(batch.rule), step \(batch.step) was planned before it was activated")
    }
    self.rule = rule
    self.step = step
    // A change's cycle is the change, which no other row has.
    lives = batch.trigger.isDated ? try KeyLives(db, rule: rule) : nil
    self.batch = batch
    self.db = db
  }

  /// Whether the rule has no reminder for any row from the batch's first key to its last; then all of it is new.
  func isUntouched() throws -> Bool {
    // By bytes, as the ledger's index compares them.
    let keys = batch.occurrences.map(\.key)
    guard let first = keys.min(), let last = keys.max() else { return true }
    let statement = try Prepared(
      db, "SELECT 1 FROM reminder WHERE rule = ? AND row_key BETWEEN ? AND ? LIMIT 1")
    statement.bind(rule, at: 1)
    statement.bind(first.text, at: 2)
    statement.bind(last.text, at: 3)
    defer { statement.reset() }
    return try !statement.step()
  }

  /// What reads an occurrence's neighbours: a dated one's are all of its row and step, another's its own legs.
  func neighbours() throws -> NeighbourReader {
    NeighbourReader(
      statement: try neighbourStatement(), lives: lives, isByRow: batch.trigger.isDated)
  }

  private func neighbourStatement() throws -> Prepared {
    if batch.isCorrection { return try correctionStatement() }
    let scope = batch.trigger.isDated ? "" : "AND cycle = ?4"
    let unitChanged = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT unit_changed_at FROM step WHERE id = ?"), arguments: [step])
    let isOfOtherUnit = unitChanged.map { "created_at < \($0)" } ?? "0"
    let statement = try Prepared(
      db,
      """
      SELECT \(PlanTable.neighbourColumns), 1, NULL, NULL, NULL, \(isOfOtherUnit)
      FROM reminder
      WHERE rule = ?1 AND row_key = ?2 AND step = ?3 \(scope)
      """)
    statement.bind(rule, at: 1)
    statement.bind(step, at: 3)
    return statement
  }

  private static let neighbourColumns = """
    id, leg, cycle, trigger_kind, state, reason, due, use_until, next_at, revivals,
    successor IS NOT NULL, created_at, route_position
    """

  /// The same for a correction: the reminders of its own step, and those of other steps that told the same date.
  private func correctionStatement() throws -> Prepared {
    let steps = try batch.corrections?.steps.compactMap { try SmallTables.step(db, rule: rule, $0) }
    let statement = try Prepared(
      db,
      """
      SELECT \(PlanTable.neighbourColumns), reminder.step = ?3, decided_at, date, until, 0
      FROM reminder LEFT JOIN announcement ON announcement.reminder = reminder.id
      WHERE rule = ?1 AND row_key = ?2
        AND (reminder.step = ?3 OR reminder.step IN (SELECT value FROM json_each(?4)) AND date IS NOT NULL)
      """)
    statement.bind(rule, at: 1)
    statement.bind(step, at: 3)
    statement.bind(JSONNumbers.array(steps ?? []), at: 4)
    return statement
  }

  /// An occurrence's cycle as it is stored; with a number, the cycle of its correction.
  func cycle(of occurrence: PlannedOccurrence, correction number: Int? = nil) throws -> Cycle {
    let cycle =
      number.map { Cycle.correction(to: occurrence.cycle, number: $0) } ?? occurrence.cycle
    guard let life = try lives?.life(of: occurrence.key) else { return cycle }
    return cycle.ofRow(life.number)
  }

  /// The occurrences that would change something.
  func differences(now: Instant) throws -> [PlannedOccurrence] {
    if try isUntouched() { return batch.occurrences }
    var reader = try neighbours()
    return try batch.occurrences.filter { occurrence in
      let neighbours = try reader.neighbours(of: occurrence)
      return !PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now).isEmpty
    }
  }

  /// What is still to come of each occurrence.
  func prospects(now: Instant) throws -> [Prospect] {
    if try isUntouched() { return batch.occurrences.map { _ in .new } }
    var reader = try neighbours()
    return try batch.occurrences.map { occurrence in
      Prospect(
        of: occurrence, in: batch, beside: try reader.neighbours(of: occurrence), now: now)
    }
  }

  /// The occurrences that would change something, apart by whether they would be one more letter.
  func preview(now: Instant) throws -> PlanPreview {
    var preview = PlanPreview()
    if try isUntouched() {
      preview.additions = batch.occurrences
      return preview
    }
    var reader = try neighbours()
    for occurrence in batch.occurrences {
      let neighbours = try reader.neighbours(of: occurrence)
      let work = PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now)
      if work.contains(where: \.isAddition) {
        preview.additions.append(occurrence)
      } else if !work.isEmpty {
        preview.amendments.append(occurrence)
      }
    }
    return preview
  }
}

extension PlanWork {
  /// Whether it makes a reminder, or brings a cancelled one back.
  fileprivate var isAddition: Bool {
    switch self {
    case .insert, .insertRest, .correct, .revive: true
    case .retime, .move: false
    }
  }
}
