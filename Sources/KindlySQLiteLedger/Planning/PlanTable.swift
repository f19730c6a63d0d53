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
    guard var first = batch.occurrences.first?.key.text else { return true }
    var last = first
    for occurrence in batch.occurrences {
      let key = occurrence.key.text
      if key < first { first = key } else if key > last { last = key }
    }
    let statement = try Prepared(
      db, "SELECT 1 FROM reminder WHERE rule = ? AND row_key BETWEEN ? AND ? LIMIT 1")
    statement.bind(rule, at: 1)
    statement.bind(first, at: 2)
    statement.bind(last, at: 3)
    defer { statement.reset() }
    return try !statement.step()
  }

  /// The statement that reads an occurrence's neighbours: a dated one's are all of its row and step, another's its own legs.
  func neighbourStatement() throws -> Prepared {
    if batch.isCorrection { return try correctionStatement() }
    let scope = batch.trigger.isDated ? "" : "AND cycle = ?4"
    let statement = try Prepared(
      db,
      """
      SELECT \(PlanTable.neighbourColumns), 1, NULL, NULL, NULL
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
      SELECT \(PlanTable.neighbourColumns), reminder.step = ?3, decided_at, date, until
      FROM reminder LEFT JOIN announcement ON announcement.reminder = reminder.id
      WHERE rule = ?1 AND row_key = ?2
        AND (reminder.step = ?3 OR reminder.step IN (SELECT value FROM json_each(?4)) AND date IS NOT NULL)
      """)
    statement.bind(rule, at: 1)
    statement.bind(step, at: 3)
    statement.bind(JSONNumbers.array(steps ?? []), at: 4)
    return statement
  }

  func neighbours(of occurrence: PlannedOccurrence, _ statement: Prepared) throws -> [Neighbour] {
    let life = try lives?.life(of: occurrence.key)
    statement.bind(occurrence.key.text, at: 2)
    if !batch.trigger.isDated { statement.bind(occurrence.cycle.text, at: 4) }
    var neighbours: [Neighbour] = []
    while try statement.step() {
      if let life, statement.instant(11) < life.since { continue }
      let stored = Cycle(stored: statement.text(2))
      neighbours.append(
        Neighbour(
          id: statement.integer(0), leg: Int(statement.integer(1)),
          cycle: life == nil ? stored : stored.ofRow(1),
          trigger: try Stored.trigger(statement.integer(3)),
          state: try Stored.state(statement.integer(4)),
          reason: try Stored.reason(statement.optionalInteger(5)), due: statement.instant(6),
          useUntil: statement.instant(7), next: statement.optionalInstant(8),
          revivals: Int(statement.integer(9)), hasSuccessor: statement.integer(10) != 0,
          routePosition: Int(statement.integer(12)), isOfStep: statement.integer(13) != 0,
          told: told(statement), decided: statement.optionalInstant(14)))
    }
    return neighbours
  }

  private func told(_ statement: Prepared) -> Announcement? {
    guard let date = statement.optionalText(15), let until = statement.optionalInstant(16) else {
      return nil
    }
    return Announcement(date: AnnouncedDate(stored: date), until: until)
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
    let statement = try neighbourStatement()
    return try batch.occurrences.filter { occurrence in
      let neighbours = try neighbours(of: occurrence, statement)
      return !PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now).isEmpty
    }
  }

  /// What is still to come of each occurrence.
  func prospects(now: Instant) throws -> [Prospect] {
    if try isUntouched() { return batch.occurrences.map { _ in .new } }
    let statement = try neighbourStatement()
    return try batch.occurrences.map { occurrence in
      Prospect(
        of: occurrence, in: batch, beside: try neighbours(of: occurrence, statement), now: now)
    }
  }

  /// The occurrences that would change something, apart by whether they would be one more letter.
  func preview(now: Instant) throws -> PlanPreview {
    var preview = PlanPreview()
    if try isUntouched() {
      preview.additions = batch.occurrences
      return preview
    }
    let statement = try neighbourStatement()
    for occurrence in batch.occurrences {
      let neighbours = try neighbours(of: occurrence, statement)
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
    case .insert, .correct, .revive: true
    case .retime, .move: false
    }
  }
}
