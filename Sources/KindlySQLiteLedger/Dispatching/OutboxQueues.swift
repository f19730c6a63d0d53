import GRDB
import KindlyCore

/// Finds the queues of the outbox: one jump in the index for each, however many reminders they hold.
struct OutboxQueues {
  private let db: Database
  private let now: Instant

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  /// All queues that hold something to wait for, by rule and step.
  func all() throws -> [OutboxQueue] {
    let statement = try Prepared(db, OutboxQueues.sql)
    statement.bind(now, at: 1)
    statement.bind(OutboxQueue.mostCounted, at: 2)
    var queues: [OutboxQueue] = []
    while try statement.step() {
      queues.append(
        OutboxQueue(
          id: OutboxQueue.ID(
            rule: statement.integer(0), step: statement.integer(1), leg: Int(statement.integer(2)),
            routePosition: Int(statement.integer(3))),
          rule: statement.text(4), step: statement.text(5), next: statement.instant(6),
          due: Int(statement.integer(7))))
    }
    return queues
  }

  /// The condition that a reminder is of a queue, whose id `bind` sets from parameter `first` on.
  static func isMember(first: Int) -> String {
    "rule = ?\(first) AND step = ?\(first + 1) AND leg = ?\(first + 2) AND route_position = ?\(first + 3)"
  }

  static func bind(_ id: OutboxQueue.ID, in statement: Prepared, from first: Int32) {
    statement.bind(id.rule, at: first)
    statement.bind(id.step, at: first + 1)
    statement.bind(id.leg, at: first + 2)
    statement.bind(id.routePosition, at: first + 3)
  }

  // The index's columns that name a queue, in its order.
  private static let columns = ["rule", "step", "leg", "route_position"]

  /// The first entry of the queue after that of `one`.
  ///
  /// A comparison of all columns at once would use the index for the first one only, and read every entry of a rule to find the
  /// end of its last queue. So there is one jump for each column: to the next value of the last column with all others equal, and
  /// if there is none, of the column before.
  private static let following: String = columns.indices.reversed().map { last in
    let equal: String = columns[..<last].map { "following.\($0) = one.\($0) AND " }.joined()
    return """
      (SELECT following.id FROM reminder AS following INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen("following"))
          AND \(equal)following.\(columns[last]) > one.\(columns[last])
        ORDER BY \(columns.map { "following.\($0)" }.joined(separator: ", ")), following.next_at
        LIMIT 1)
      """
  }.joined(separator: ",\n")

  // A recursive query that jumps from each queue's first entry to that of the next queue; SQLite has no such plan of
  // its own.
  static let sql = """
    WITH RECURSIVE head (id) AS (
      SELECT id FROM (
        SELECT id FROM reminder INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen)
        ORDER BY rule, step, leg, route_position, next_at
        LIMIT 1)
      UNION ALL
      SELECT coalesce(\(following))
      FROM head CROSS JOIN reminder AS one ON one.id = head.id)
    SELECT first.rule, first.step, first.leg, first.route_position, rule.name, step.name,
      first.next_at,
      (SELECT count(*) FROM (
        SELECT 1 FROM reminder AS due INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen("due")) AND due.rule = first.rule
          AND due.step = first.step AND due.leg = first.leg
          AND due.route_position = first.route_position AND due.next_at <= ?1
        LIMIT ?2))
    FROM head
      CROSS JOIN reminder AS first ON first.id = head.id
      CROSS JOIN rule ON rule.id = first.rule
      CROSS JOIN step ON step.id = first.step
    """
}
