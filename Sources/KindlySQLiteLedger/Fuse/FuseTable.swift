import Foundation
import GRDB
import KindlyCore

/// The table of the fuses that have a standing.
enum FuseTable {
  /// A blown fuse that holds nothing after this time is whole again. By then, what blew it has been planned.
  private static let patience = Duration.hours(1)
  /// How long a standing is kept after its day.
  private static let retention = Duration.days(30)
  /// The fact that stores when sending resumed after a long stop.
  private static let resumption = "resumed"

  static func noteResumption(now: Instant, _ db: Database) throws {
    try Facts.keep(resumption, "", now: now, db)
  }

  static func resumed(_ db: Database) throws -> Instant? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT at FROM fact WHERE name = ?"), arguments: [resumption]
    ).map(Instant.init(milliseconds:))
  }

  /// The standings of all rules, or of one rule on one day.
  static func standings(
    _ db: Database, rule: Int64? = nil, day: CompanyDay? = nil, now: Instant
  ) throws -> [FuseStanding] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT rule.name AS name, fuse.*,
            EXISTS (SELECT 1 FROM reminder INDEXED BY reminder_fused
              WHERE \(PartialIndex.isFused) AND reminder.rule = fuse.rule
                AND reminder.fuse = \(fuse: .none) AND +next_at > :now) AS has_checked
          FROM fuse JOIN rule ON rule.id = fuse.rule
          WHERE (:rule IS NULL OR fuse.rule = :rule) AND (:day IS NULL OR day = :day)
            AND \(isInForce)
          ORDER BY rule.name, day
          """),
      arguments: [
        "now": now.milliseconds, "rule": rule, "day": day?.date.dayNumber,
        "recent": (now - patience).milliseconds,
      ])
    return try rows.map(standing)
  }

  /// Leaves out blown fuses that are whole again; `:recent` is bound.
  private static let isInForce = """
    (state <> \(standing: .blown) OR since > :recent
      OR EXISTS (SELECT 1 FROM reminder INDEXED BY reminder_fused
        WHERE \(Fused.condition(.held)) AND reminder.rule = fuse.rule))
    """

  private static func day(_ row: Row) -> CompanyDay {
    CompanyDay(
      CivilDate(dayNumber: row["day"]), begins: Instant(milliseconds: row["begins_at"]),
      ends: Instant(milliseconds: row["ends_at"]))
  }

  private static func standing(_ row: Row) throws -> FuseStanding {
    let basis: String = row["basis"]
    return FuseStanding(
      rule: row["name"],
      day: day(row),
      state: try Stored.standing(row["state"]), since: Instant(milliseconds: row["since"]),
      fuse: Fuse(
        most: row["most"],
        basis: try JSONDecoder().decode(Fuse.Basis.self, from: Data(basis.utf8))),
      letters: row["letters"], hasChecked: row["has_checked"])
  }

  /// The days from today on whose fuse is blown. Mostly there are none, and planning must learn that quickly.
  static func blownDays(ofRule rule: Int64, _ db: Database, now: Instant) throws -> [CompanyDay] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT day, begins_at, ends_at FROM fuse
          WHERE rule = :rule AND state = \(standing: .blown) AND ends_at > :now AND \(isInForce)
          """),
      arguments: [
        "rule": rule, "now": now.milliseconds, "recent": (now - patience).milliseconds,
      ]
    ).map(day)
  }

  /// Stores a standing; what was settled before on that day stays settled.
  static func store(
    _ standing: FuseStanding, ofRule rule: Int64, now: Instant, _ db: Database
  ) throws {
    try db.execute(
      sql: "DELETE FROM fuse WHERE ends_at < ?", arguments: [(now - retention).milliseconds])
    try db.execute(
      sql: """
        INSERT INTO fuse (rule, day, begins_at, ends_at, state, since, letters, most, basis)
        VALUES (:rule, :day, :begins, :ends, :state, :since, :letters, :most, :basis)
        ON CONFLICT (rule, day) DO UPDATE
        SET state = excluded.state, letters = excluded.letters, most = excluded.most, basis = excluded.basis,
          since = iif(state = excluded.state, since, excluded.since)
        """,
      arguments: [
        "rule": rule, "day": standing.day.date.dayNumber,
        "begins": standing.day.begins.milliseconds, "ends": standing.day.ends.milliseconds,
        "state": standing.state.rawValue, "since": standing.since.milliseconds,
        "letters": standing.letters, "most": standing.fuse.most,
        "basis": String(decoding: try JSONEncoder().encode(standing.fuse.basis), as: UTF8.self),
      ])
  }

  /// Settles the blown fuses of a rule: what was sent by now no longer counts.
  static func settle(
    ofRule rule: Int64, _ sentToday: SentToday, now: Instant, _ db: Database
  ) throws {
    for day in try blownDays(ofRule: rule, db, now: now) {
      let gone = try FuseCount(db, rule: rule, day, sentToday, now: now).gone()
      try db.execute(
        sql: "UPDATE fuse SET gone = gone + ? WHERE rule = ? AND day = ?",
        arguments: [gone, rule, day.date.dayNumber])
    }
    try db.execute(
      sql:
        "UPDATE fuse SET state = \(standing: .settled), since = ? WHERE rule = ? AND state = \(standing: .blown)",
      arguments: [now.milliseconds, rule])
  }
}
