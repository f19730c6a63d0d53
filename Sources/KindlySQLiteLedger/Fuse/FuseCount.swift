import GRDB
import KindlyCore

/// Counts the reminders that count for a rule's day.
struct FuseCount {
  private let db: Database
  private let rule: Int64
  private let day: CompanyDay
  private let sentToday: SentToday
  private let now: Instant

  init(_ db: Database, rule: Int64, _ day: CompanyDay, _ sentToday: SentToday, now: Instant) {
    self.db = db
    self.rule = rule
    self.day = day
    self.sentToday = sentToday
    self.now = now
  }

  /// - Parameter limit: More than this need not be counted.
  func load(limit: Int) throws -> FuseLoad {
    let gone = try gone()
    let departing = try departing(besides: gone, limit: limit)
    let checked = day.contains(now) ? try Fused.count(.none, ofRule: rule, db) : 0
    let room = max(limit - departing - checked, 0)
    var waiting = try waiting(limit: room, isExact: false)
    // Mostly, the index alone shows that there are few. Only if it does not, the reminders themselves are read.
    if waiting > room { waiting = try self.waiting(limit: room, isExact: true) }
    return FuseLoad(gone: gone, departing: departing, waiting: waiting + checked)
  }

  /// The number of reminders that have passed the fuse and leave on the day, or of those that were due on the day and
  /// leave later, whichever is larger.
  ///
  /// A reminder that is due in the afternoon and waits for the digest of the next morning counts on both days. The two
  /// numbers are not added, because each day would then also count those of the day before.
  ///
  /// - Parameter limit: More than this need not be counted.
  func departing(limit: Int = .max) throws -> Int {
    try departing(besides: try gone(), limit: limit)
  }

  private func departing(besides gone: Int, limit: Int) throws -> Int {
    try max(gone + gathered(limit: limit), postponed(limit: limit))
  }

  /// The reminders that wait for a digest of the day.
  private func gathered(limit: Int) throws -> Int {
    let begin = day.contains(now) ? Instant.distantPast : day.begins
    return try count(
      """
      SELECT count(*) FROM (
        SELECT 1 FROM reminder INDEXED BY reminder_waiting
        WHERE \(PartialIndex.isHeldBack) AND rule = ? AND fuse = \(fuse: .none)
          AND reason = \(reason: .digest) AND next_at >= ? AND next_at < ?
        LIMIT ?)
      """, [rule, begin.milliseconds, day.ends.milliseconds, FuseCount.beyond(limit)])
  }

  /// The reminders that were due on the day, have passed the fuse and wait for a later day, such as for their digest.
  private func postponed(limit: Int) throws -> Int {
    try count(
      """
      SELECT count(*) FROM (
        SELECT 1 FROM reminder INDEXED BY reminder_waiting
        WHERE \(PartialIndex.isHeldBack) AND rule = ? AND fuse = \(fuse: .none)
          AND reason IN \(reasons: Reason.followingFuse) AND due >= ? AND due < ? AND next_at >= ?
        LIMIT ?)
      """,
      [
        rule, day.begins.milliseconds, day.ends.milliseconds, day.ends.milliseconds,
        FuseCount.beyond(limit),
      ])
  }

  /// One more than a limit, which shows that there are more.
  private static func beyond(_ limit: Int) -> Int { limit == .max ? limit : limit + 1 }

  /// What was sent on the day and what a process has claimed, except what a person released and what was settled
  /// before.
  func gone() throws -> Int {
    guard day.contains(now) else { return 0 }
    let sent = try sentToday.counts(on: day, now: now, db)[rule] ?? 0
    let letGo = try count(
      """
      SELECT count(*) FROM reminder INDEXED BY reminder_let_go
      WHERE \(PartialIndex.isLetGo) AND rule = ? AND decided_at >= ? AND decided_at < ?
        AND state = \(state: .sent)
      """, [rule, day.begins.milliseconds, day.ends.milliseconds])
    let held = try count(
      """
      SELECT count(*) FROM reminder INDEXED BY reminder_held
      WHERE owner IS NOT NULL AND rule = ? AND fuse <> \(fuse: .released)
      """, [rule])
    let settled = try count(
      "SELECT ifnull(max(gone), 0) FROM fuse WHERE rule = ? AND day = ?",
      [rule, day.date.dayNumber])
    return max(sent - letGo + held - settled, 0)
  }

  private func waiting(limit: Int, isExact: Bool) throws -> Int {
    let counts = isExact ? "AND reason IS NOT \(reason: .fuse) AND fuse = \(fuse: .none)" : ""
    let statement = try Prepared(
      db,
      """
      SELECT count(*) FROM (
        SELECT 1 FROM reminder INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen) AND \(OutboxQueues.isMember(first: 4))
          AND next_at >= ?1 AND next_at < ?2 \(counts)
        LIMIT ?3)
      """)
    var total = 0
    for queue in try OutboxQueues(db, now: now).all() where queue.id.rule == rule {
      statement.bind(day.contains(now) ? Instant.distantPast : day.begins, at: 1)
      statement.bind(day.ends, at: 2)
      statement.bind(limit + 1 - total, at: 3)
      OutboxQueues.bind(queue.id, in: statement, from: 4)
      total += Int(try statement.integers().first ?? 0)
      if total > limit { break }
    }
    return total
  }

  private func count(_ sql: String, _ arguments: StatementArguments) throws -> Int {
    try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
  }
}

/// The reminders that wait for a fuse.
enum Fused {
  /// The condition for reminders that wait for a fuse and have this mark.
  static func condition(_ mark: FuseMark) -> String {
    """
    reminder.state = \(state: .waiting) AND reminder.reason = \(reason: .fuse) AND reminder.fuse = \(fuse: mark)
    """
  }

  static func count(_ mark: FuseMark, ofRule rule: Int64, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT count(*) FROM reminder INDEXED BY reminder_fused
          WHERE \(PartialIndex.isFused) AND rule = ? AND fuse = ?
          """), arguments: [rule, mark.rawValue]) ?? 0
  }

  /// Their ids, by due time: at most `limit`, and none newer than `through`.
  static func ids(
    _ mark: FuseMark, ofRule rule: Int64, through: Int64?, limit: Int?, _ db: Database
  ) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        SELECT id FROM reminder INDEXED BY reminder_fused
        WHERE \(PartialIndex.isFused) AND rule = ? AND fuse = ? AND id <= ifnull(?, id)
        ORDER BY due, id
        LIMIT ?
        """, arguments: [rule, mark.rawValue, through, limit ?? -1])
  }

  /// Releases reminders at their due time, and gives them a mark.
  static func letGo(_ ids: [Int64], as mark: FuseMark, now: Instant, _ db: Database) throws {
    try db.execute(
      sql: """
        UPDATE reminder
        SET fuse = :mark, reason = NULL, reason_since = NULL, next_at = max(due, :now)
        WHERE id IN (SELECT value FROM json_each(:ids))
        """,
      arguments: [
        "mark": mark.rawValue, "now": now.milliseconds, "ids": JSONNumbers.array(ids),
      ])
  }
}

/// Holds reminders of a rule, inside the commit in which its fuse blew or they were planned.
struct FuseHold {
  private let db: Database
  private let rule: Int64
  private let now: Instant

  init(_ db: Database, rule: Int64, now: Instant) {
    self.db = db
    self.rule = rule
    self.now = now
  }

  /// Holds the reminders that wait for a day and were never tried, and those that were checked. What was due on the day
  /// and has passed the fuse is held too, although it waits for a later day.
  func hold(_ day: CompanyDay) throws {
    let isToday = day.contains(now)
    try db.execute(
      sql: """
        \(FuseHold.update)
        WHERE id IN (
          SELECT id FROM reminder INDEXED BY reminder_queue
          WHERE \(PartialIndex.isOpen) AND rule = :rule AND next_at >= :lower AND next_at < :upper
          UNION ALL
          SELECT id FROM reminder INDEXED BY reminder_waiting
          WHERE \(PartialIndex.isHeldBack) AND rule = :rule
            AND reason IN \(reasons: Reason.followingFuse)
            AND (reason = \(reason: .digest) AND next_at >= :lower AND next_at < :upper
              OR due >= :begin AND due < :upper AND next_at >= :upper))
          AND \(FuseHold.isNew)
        """,
      arguments: [
        "rule": rule, "now": now.milliseconds, "begin": day.begins.milliseconds,
        "upper": day.ends.milliseconds,
        "lower": (isToday ? Instant.distantPast : day.begins).milliseconds,
      ])
    if isToday { try holdChecked() }
  }

  /// Holds the reminders that were checked for a suspect fuse.
  func holdChecked() throws {
    let ids = try Fused.ids(.none, ofRule: rule, through: nil, limit: nil, db)
    if ids.isEmpty { return }
    try db.execute(
      sql: """
        UPDATE reminder SET fuse = \(fuse: .held), next_at = use_until
        WHERE id IN (SELECT value FROM json_each(?))
        """, arguments: [JSONNumbers.array(ids)])
  }

  /// Holds the reminders of one occurrence.
  func hold(step: Int64, key: RowKey, cycle: Cycle) throws {
    try db.cachedStatement(
      sql: """
        \(FuseHold.update)
        WHERE rule = :rule AND row_key = :key AND cycle = :cycle AND step = :step AND \(FuseHold.isNew)
        """
    ).execute(arguments: [
      "rule": rule, "key": key.text, "cycle": cycle.text, "step": step, "now": now.milliseconds,
    ])
  }

  private static let update = """
    UPDATE reminder
    SET fuse = \(fuse: .held), next_at = use_until, parcel = NULL, reason = \(reason: .fuse),
      reason_since = iif(reason = \(reason: .fuse), reason_since, :now)
    """

  private static let isNew = """
    state = \(state: .waiting) AND attempts = 0 AND fuse = \(fuse: .none) AND use_until > :now
      AND trigger_kind <> \(trigger: .person) AND leg < \(FollowUp.legDistance)
    """
}
