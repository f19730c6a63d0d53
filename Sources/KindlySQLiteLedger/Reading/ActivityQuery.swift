import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func activity(in zone: Zone, now: Instant) async throws -> [ExactText: RuleActivity] {
    try await read { db in try ActivityQuery(db, zone: zone, now: now).all() }
  }

  package func oldestDue(now: Instant) async throws -> [ExactText: Instant] {
    try await read { db in try OldestDueQuery(db, now: now).all() }
  }

  package func appliedSteps() async throws -> Set<StepName> {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT rule.name AS rule_name, step.name AS step_name
          FROM step JOIN rule ON rule.id = step.rule
          WHERE EXISTS (
            SELECT 1 FROM reminder
            WHERE reminder.rule = step.rule AND reminder.step = step.id AND applied = 1)
          """)
      return Set(rows.map { StepName(rule: $0["rule_name"], step: $0["step_name"]) })
    }
  }
}

/// Counts what the rules sent on each day: from the table of days as far as it goes, and from the reminders after that.
struct ActivityQuery {
  private let db: Database
  private let zone: Zone
  private let today: Int

  /// The fact that stores the last day whose messages are in the table.
  private static let fact = "activity"

  init(_ db: Database, zone: Zone, now: Instant) {
    self.db = db
    self.zone = zone
    today = zone.date(at: now).dayNumber
  }

  func all() throws -> [ExactText: RuleActivity] {
    let counted = try countedThrough()
    var days: [Int64: [CivilDate: Int]] = [:]
    let rows = try Row.fetchAll(
      db, sql: "SELECT rule, day, sent FROM rule_day WHERE day < ?", arguments: [today])
    for row in rows {
      days[row["rule"], default: [:]][CivilDate(dayNumber: row["day"])] = row["sent"]
    }
    for day in try uncounted(after: counted) {
      for (rule, count) in try sent(on: day) {
        days[rule, default: [:]][CivilDate(dayNumber: day)] = count
      }
    }
    let sentToday = try sent(on: today)
    var activity: [ExactText: RuleActivity] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT id, name FROM rule") {
      let rule: Int64 = row["id"]
      activity[ExactText(row["name"])] = RuleActivity(
        days[rule] ?? [:], today: sentToday[rule] ?? 0)
    }
    return activity
  }

  /// The days that have ended and are not in the table yet, oldest first.
  func uncounted(after counted: Int?) throws -> Range<Int> {
    let first: Int
    if let counted {
      first = counted + 1
    } else {
      let decided = try Int64.fetchOne(
        db, sql: "SELECT min(decided_at) FROM reminder WHERE decided_at IS NOT NULL")
      guard let decided else { return today..<today }
      first = zone.date(at: Instant(milliseconds: decided)).dayNumber
    }
    // What is older than reminders are kept cannot be counted any more.
    return min(max(first, today - Int(Retention.reminders / .days(1))), today)..<today
  }

  /// The last day whose messages are in the table; nil if none is. A day that has not ended by this clock is none of them.
  func countedThrough() throws -> Int? {
    let text = try String.fetchOne(
      db, sql: "SELECT text FROM fact WHERE name = ?", arguments: [ActivityQuery.fact])
    return text.flatMap { Int($0) }.map { min($0, today - 1) }
  }

  /// How many messages each rule sent on a day.
  func sent(on day: Int) throws -> [Int64: Int] {
    let start = zone.instant(of: WallClock(date: CivilDate(dayNumber: day), secondOfDay: 0))
    let end = zone.instant(of: WallClock(date: CivilDate(dayNumber: day + 1), secondOfDay: 0))
    // Prepared once, because after a long stop many days are counted.
    let counting = try db.cachedStatement(
      sql: """
        SELECT rule, count(*) AS count FROM reminder INDEXED BY reminder_decided
        WHERE decided_at IS NOT NULL AND decided_at >= ? AND decided_at < ? AND state = \(state: .sent)
        GROUP BY rule
        """)
    let rows = try Row.fetchAll(counting, arguments: [start.milliseconds, end.milliseconds])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["rule"], $0["count"]) })
  }

  /// Stores the counts of a day that has ended, in place of any it has.
  static func keep(_ sent: [Int64: Int], of day: Int, now: Instant, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM rule_day WHERE day = ?", arguments: [day])
    for (rule, count) in sent {
      try db.execute(
        sql: "INSERT INTO rule_day (rule, day, sent) VALUES (?, ?, ?)",
        arguments: [rule, day, count])
    }
    try db.execute(
      sql: "DELETE FROM rule_day WHERE day < ?",
      arguments: [day - Int(Retention.activity / .days(1))])
    try Facts.keep(fact, String(day), now: now, db)
  }
}

extension SQLiteLedger {
  package func countDays(in zone: Zone, now: Instant) async throws {
    let days = try await reader.read { db in
      let query = ActivityQuery(db, zone: zone, now: now)
      return try query.uncounted(after: try query.countedThrough())
    }
    for day in days {
      // Read by a connection of its own, because counting a day of a million messages would hold up the writer.
      let sent = try await reader.read { db in
        try ActivityQuery(db, zone: zone, now: now).sent(on: day)
      }
      try await writer.submit(rows: sent.count) { db in
        try ActivityQuery.keep(sent, of: day, now: now, db)
      }
    }
  }
}

/// Finds the oldest reminder of each rule that is due and not decided.
struct OldestDueQuery {
  private let db: Database
  private let now: Instant

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  func all() throws -> [ExactText: Instant] {
    var oldest: [ExactText: Instant] = [:]
    func add(_ rule: String, _ due: Instant) {
      guard due <= now else { return }
      oldest[rule] = min(oldest[rule] ?? due, due)
    }
    // What waits for no reason is next at its due time: the first of its queue is the oldest.
    for queue in try OutboxQueues(db, now: now).all() { add(queue.rule, queue.next) }
    // What was put off, and what a process holds, is next at a later time; these indexes hold nothing else. What waits for a
    // digest is not late before its time.
    for condition in [PartialIndex.isHeldBack, "owner IS NOT NULL"] {
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT rule.name AS name, oldest.due AS due
          FROM (
            SELECT rule, min(iif(reason IS \(reason: .digest), next_at, due)) AS due
            FROM reminder WHERE \(condition) GROUP BY rule) AS oldest
            JOIN rule ON rule.id = oldest.rule
          """)
      for row in rows { add(row["name"], Instant(milliseconds: row["due"])) }
    }
    return oldest
  }
}

extension ActivityQuery {
  /// What a rule usually sends on a day; nil before its first day with a message has ended.
  func usual(ofRule rule: Int64) throws -> UsualDay? {
    let counted = try countedThrough()
    var counts: [Int] = []
    for day in try uncounted(after: counted).reversed() where counts.count < UsualDay.mostDays {
      if let count = try sent(on: day)[rule] { counts.append(count) }
    }
    counts += try Int.fetchAll(
      db, sql: "SELECT sent FROM rule_day WHERE rule = ? AND day <= ? ORDER BY day DESC LIMIT ?",
      arguments: [rule, counted ?? today - 1, UsualDay.mostDays - counts.count])
    return UsualDay(counts)
  }
}
