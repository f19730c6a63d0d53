import GRDB
package import KindlyCore

extension SQLiteLedger: FuseLedger {
  package func fuses(now: Instant) async throws -> FuseStandings {
    try await reader.fuses(now: now)
  }

  package func usualDay(
    ofRule rule: String, in zone: Zone, now: Instant
  ) async throws -> UsualDay? {
    try await reader.usualDay(ofRule: rule, in: zone, now: now)
  }

  package func load(
    ofRule rule: String, on day: CompanyDay, limit: Int, now: Instant
  ) async throws -> FuseLoad {
    try await reader.load(ofRule: rule, on: day, limit: limit, now: now)
  }

  @discardableResult
  package func keep(_ standing: FuseStanding, now: Instant) async throws -> Bool {
    try await writer.submit { db in
      let rule = try SQLiteLedger.number(ofRule: standing.rule, db)
      let before = try FuseTable.standings(db, rule: rule, day: standing.day, now: now).first
      if before?.state == .blown { return false }
      try FuseTable.store(standing, ofRule: rule, now: now, db)
      if standing.state == .blown { try FuseHold(db, rule: rule, now: now).hold(standing.day) }
      return true
    }
  }

  package func settle(_ standing: FuseStanding, now: Instant) async throws -> FuseSettlement {
    let sentToday = reader.sentToday
    return try await writer.submit { db in
      let rule = try SQLiteLedger.number(ofRule: standing.rule, db)
      let hold = FuseHold(db, rule: rule, now: now)
      if standing.state == .blown {
        try hold.holdChecked()
        return .released(0)
      }
      let checked = try Fused.ids(.none, ofRule: rule, through: nil, limit: nil, db)
      let departing = try FuseCount(db, rule: rule, standing.day, sentToday, now: now).departing()
      if standing.fuse.isBlown(by: departing + checked.count) {
        let blown = FuseStanding(
          rule: standing.rule, day: standing.day, state: .blown, since: now, fuse: standing.fuse,
          letters: departing + checked.count)
        try FuseTable.store(blown, ofRule: rule, now: now, db)
        try hold.hold(standing.day)
        // After midnight the day is over, and what was checked on it is still too much.
        try hold.holdChecked()
        return .blown(blown)
      }
      // They keep their reason, which tells the gate that they were checked.
      try db.execute(
        sql: """
          UPDATE reminder SET next_at = max(due, ?)
          WHERE id IN (SELECT value FROM json_each(?)) AND next_at > ?
          """, arguments: [now.milliseconds, JSONNumbers.array(checked), now.milliseconds])
      return .released(db.changesCount)
    }
  }

  package func mend(_ standing: FuseStanding, now: Instant) async throws -> Int {
    try await writer.submit { db in
      let rule = try SQLiteLedger.number(ofRule: standing.rule, db)
      try db.execute(
        sql: "DELETE FROM fuse WHERE rule = ? AND day = ?",
        arguments: [rule, standing.day.date.dayNumber])
      var ids = try Fused.ids(.none, ofRule: rule, through: nil, limit: nil, db)
      // If several days are blown, nobody can tell which of them holds what.
      let others = try FuseTable.standings(db, rule: rule, now: now)
      if !others.contains(where: { $0.state == .blown }) {
        ids += try Fused.ids(.held, ofRule: rule, through: nil, limit: nil, db)
      }
      try Fused.letGo(ids, as: .none, now: now, db)
      return ids.count
    }
  }

  package func noteResumption(now: Instant) async throws {
    try await writer.submit { db in try FuseTable.noteResumption(now: now, db) }
  }

  private static func number(ofRule name: String, _ db: Database) throws -> Int64 {
    guard let number = try SmallTables.rule(db, name) else {
      throw LedgerProblem(.refused, "rule \(name) has never been active")
    }
    return number
  }
}

/// What people do with the reminders that a fuse holds; part of `ActingLedger`.
extension SQLiteLedger {
  package func release(
    _ rule: String, first: Int?, through: Int64?, note: ActionNote, now: Instant
  ) async throws -> FuseRelease {
    let sentToday = reader.sentToday
    return try await writer.submit { db in
      let number = try SQLiteLedger.number(ofRule: rule, db)
      let ids = try Fused.ids(.held, ofRule: number, through: through, limit: first, db)
      try Fused.letGo(ids, as: .released, now: now, db)
      let left = try SQLiteLedger.finish("release", ids, rule, number, sentToday, note, now, db)
      return FuseRelease(released: ids.count, left: left)
    }
  }

  package func drop(
    _ rule: String, through: Int64?, note: ActionNote, now: Instant
  ) async throws -> Int {
    let sentToday = reader.sentToday
    return try await writer.submit { db in
      let number = try SQLiteLedger.number(ofRule: rule, db)
      let ids = try Fused.ids(.held, ofRule: number, through: through, limit: nil, db)
      try db.execute(
        sql: """
          UPDATE reminder
          SET state = \(state: .cancelled), reason = \(reason: .droppedByPerson), reason_since = :now,
            decided_at = :now, next_at = NULL, fuse = \(fuse: .none)
          WHERE id IN (SELECT value FROM json_each(:ids))
          """, arguments: ["now": now.milliseconds, "ids": JSONNumbers.array(ids)])
      _ = try SQLiteLedger.finish("drop", ids, rule, number, sentToday, note, now, db)
      return ids.count
    }
  }

  /// Records what a person did to held reminders, and settles the fuse once it holds none. Returns how many it still
  /// holds.
  private static func finish(
    _ verb: String, _ ids: [Int64], _ name: String, _ rule: Int64, _ sentToday: SentToday,
    _ note: ActionNote, _ now: Instant, _ db: Database
  ) throws -> Int {
    guard !ids.isEmpty else { return try Fused.count(.held, ofRule: rule, db) }
    let left = try Fused.count(.held, ofRule: rule, db)
    if left == 0 { try FuseTable.settle(ofRule: rule, sentToday, now: now, db) }
    try ActionTable.record(
      verb, "\(counted(ids.count, "reminder")) of rule \(name)", note, reminders: ids, now: now, db)
    return left
  }
}
