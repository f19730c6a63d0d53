import GRDB
import KindlyCore

/// Makes rules and their steps known, inside the commit that holds the activation.
struct Activation {
  private let db: Database
  private let rules: [RuleActivation]
  private let now: Instant

  init(_ db: Database, _ rules: [RuleActivation], now: Instant) {
    self.db = db
    self.rules = rules
    self.now = now
  }

  func perform() throws -> [ExactText: RuleStanding] {
    // A name that is in use cannot be a former one, or two rules would fight for one identity.
    let names = Set(texts: rules.map(\.name))
    var standings: [ExactText: RuleStanding] = [:]
    for rule in rules {
      let start = now - (rule.backfill ?? .zero)
      let id = try known(rule, besides: names) ?? begin(rule, at: start)
      try db.execute(
        sql: "UPDATE rule SET watch = :watch WHERE id = :id AND watch IS NOT :watch",
        arguments: ["watch": rule.watch, "id": id])
      try activateSteps(of: rule, id, from: start)
      try awaken(id)
      guard let standing = try RuleTable.standings(db, id: id).values.first else {
        throw LedgerProblem(.failed, "a rule vanished while it was activated")
      }
      standings[rule.name] = standing
    }
    return standings
  }

  /// The rule's number where it is known by its name or, renamed now, by a former one.
  private func known(_ rule: RuleActivation, besides names: Set<ExactText>) throws -> Int64? {
    if let id = try SmallTables.rule(db, rule.name) { return id }
    for former in rule.formerNames where !names.contains(former) {
      guard let id = try SmallTables.rule(db, former) else { continue }
      try db.execute(sql: "UPDATE rule SET name = ? WHERE id = ?", arguments: [rule.name, id])
      try movePause(from: former, to: rule.name)
      return id
    }
    return nil
  }

  /// Gives the pause of a rule its new name. If that name was paused too, the pause that lasts longer stays.
  private func movePause(from former: String, to name: String) throws {
    try db.execute(
      sql: """
        INSERT INTO pause (scope, name, since, until, because, paused_by)
        SELECT scope, :name, since, until, because, paused_by
        FROM pause
        WHERE scope = \(pause: .rule) AND name = :former
        ON CONFLICT (scope, name) DO UPDATE
        SET since = excluded.since, until = excluded.until, because = excluded.because,
          paused_by = excluded.paused_by
        WHERE pause.until IS NOT NULL
          AND (excluded.until IS NULL OR excluded.until > pause.until)
        """, arguments: ["name": name, "former": former])
    try db.execute(
      sql: "DELETE FROM pause WHERE scope = \(pause: .rule) AND name = :former",
      arguments: ["former": former])
  }

  private func begin(_ rule: RuleActivation, at start: Instant) throws -> Int64 {
    try db.execute(
      sql: "INSERT INTO rule (name, activated_at, change_position) VALUES (?, ?, ?)",
      arguments: [rule.name, start.milliseconds, try changePosition(at: start)])
    return db.lastInsertedRowID
  }

  /// The last change before a start. A rule or step without a backfill starts after all changes so far.
  private func changePosition(at start: Instant) throws -> Int64 {
    guard start < now else { return try LastChange.id(db) }
    let first = try Int64.fetchOne(
      db, sql: "SELECT min(id) FROM changes WHERE noticed_at >= ?", arguments: [start.milliseconds])
    return try first.map { $0 - 1 } ?? LastChange.id(db)
  }

  private func activateSteps(of rule: RuleActivation, _ id: Int64, from start: Instant) throws {
    try addSteps(of: rule, id, from: start)
    for step in rule.steps {
      try db.execute(
        sql: """
          UPDATE step
          SET unit_changed_at = CASE WHEN counts_minutes <> :minutes THEN :now ELSE unit_changed_at END,
            counts_minutes = :minutes
          WHERE rule = :rule AND name = :name AND counts_minutes IS NOT :minutes
          """,
        arguments: [
          "minutes": step.countsMinutes, "now": now.milliseconds, "rule": id, "name": step.name,
        ])
    }
  }

  private func addSteps(of rule: RuleActivation, _ id: Int64, from start: Instant) throws {
    let names = Set(texts: rule.steps.map(\.name))
    for step in rule.steps {
      if try SmallTables.step(db, rule: id, step.name) != nil { continue }
      var isRenamed = false
      for former in step.formerNames where !isRenamed && !names.contains(former) {
        guard let known = try SmallTables.step(db, rule: id, former) else { continue }
        try db.execute(sql: "UPDATE step SET name = ? WHERE id = ?", arguments: [step.name, known])
        isRenamed = true
      }
      guard !isRenamed else { continue }
      try db.execute(
        sql: """
          INSERT INTO step (rule, name, scanned_through, begun_at, changes_after)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          id, step.name, start.milliseconds, now.milliseconds, try changePosition(at: start),
        ])
    }
  }

  private func awaken(_ id: Int64) throws {
    try db.execute(
      sql: """
        UPDATE reminder SET next_at = max(due, :now)
        WHERE \(PartialIndex.isHeldBack) AND reason = \(reason: .ruleAbsentWaiting) AND rule = :rule
        """, arguments: ["now": now.milliseconds, "rule": id])
  }
}

/// The newest change of any watch, which stays known when changes are purged.
enum LastChange {
  static func id(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'changes'") ?? 0
  }
}
