import Foundation
import GRDB
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlySQLiteLedger

@Suite("The schema")
struct SchemaTests {
  @Test(
    "every older version comes to the same schema as a new ledger", arguments: 0..<Migration.newest)
  func migrates(from version: Int) throws {
    let older = try DatabaseQueue()
    let new = try DatabaseQueue()
    try older.inDatabase { db in
      try Migration.migrate(db, to: version)
      #expect(try Migration.version(db) == version)
      try Migration.migrate(db)
    }
    try new.inDatabase { try Migration.migrate($0) }
    #expect(try schema(older) == schema(new))
    #expect(try older.read { try Migration.version($0) } == Migration.newest)
  }

  @Test(
    "tasks and inbox entries keep their customers when the column may become NULL, and new ones may be about nobody"
  )
  func nobody() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { db in
      try Migration.migrate(db, to: Migration.nobody.number - 1)
      try db.execute(
        sql: """
          INSERT INTO task (public_id, rule, customer, assignee, subject, created_at, due_at)
          VALUES ('a', 'call', '7', 'anna', 'Call', 1, 2);
          INSERT INTO task_event (task, at, done_by, text) VALUES (1, 1, 'anna', 'taken');
          INSERT INTO inbox (public_id, rule, customer, subject, delivered_at)
          VALUES ('b', 'call', 'é', 'Call', 1);
          """)
      try Migration.migrate(db)
      try db.execute(
        sql: """
          INSERT INTO task (public_id, rule, assignee, subject, created_at, due_at)
          VALUES ('c', 'call', 'anna', 'Call', 1, 2);
          INSERT INTO inbox (public_id, rule, subject, delivered_at) VALUES ('d', 'call', 'Call', 1);
          """)
      let customers = try String?.fetchAll(
        db,
        sql: """
          SELECT customer FROM (SELECT public_id, customer FROM task UNION ALL SELECT public_id, customer FROM inbox)
          ORDER BY public_id
          """)
      #expect(customers == ["7", "é", nil, nil])
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM task_event") == 1)
    }
  }

  @Test(
    "a change log of which entries were read is read on, and no watch is redefined or unwatched")
  func watchStanding() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { db in
      try Migration.migrate(db, to: Migration.watchStanding.number - 1)
      try db.execute(
        sql: """
          INSERT INTO watch (name, has_baseline, log_position) VALUES ('customers', 1, 12);
          INSERT INTO watch (name, has_baseline) VALUES ('leases', 1);
          """)
      try Migration.migrate(db)
      let standings = try Row.fetchAll(db, sql: "SELECT * FROM watch ORDER BY name")
        .map(WatchTable.standing)
      #expect(standings.map(\.readsLog) == [true, false])
      #expect(standings.allSatisfy { $0.definition == nil && $0.unwatchedSince == nil })
    }
  }

  @Test(
    "the text of a failure that an earlier version stored is read without its subject, except a rule's"
  )
  func failures() throws {
    func insert(
      _ name: String, _ subject: String, _ kind: String, _ text: String, _ db: Database
    ) throws {
      let details = #"""
        {"fact": {"failure": {"_0": {"description": "\#(text)", "hint": "start it", "kind": "\#(kind)"}}},
        "subject": {"\#(subject)": {"_0": "\#(name)"}}}
        """#
      try db.execute(
        sql: """
          INSERT INTO problem (subject, name, step, item, kind, severity, since, details)
          VALUES (?, ?, '', 'failure', ?, 1, 1, ?)
          """, arguments: [subject, name, kind, details])
    }
    let queue = try DatabaseQueue()
    let problems = try queue.inDatabase { db in
      try Migration.migrate(db)
      try insert("lease", "rule", "condition", "rule lease: no such function", db)
      try insert(
        "crm", "source", "unreachable",
        "source crm: no route; Kindly tries again at the next poll", db)
      try insert("shop", "source", "unreachable", "source crm: no route", db)
      try insert("leases", "watch", "watch", "watch leases: no column id", db)
      return try ProblemTable.all(db)
    }
    #expect(
      problems.map { $0.sentences(in: .utc) } == [
        ["rule lease: rule lease: no such function"],
        ["source crm: no route; Kindly tries again at the next poll"],
        ["source shop: source crm: no route"],
        ["watch leases: no column id"],
      ])
    // This version finds the same value again.
    let crm = SourceProblem(
      .unreachable, of: .source("crm"), "no route", hint: "start it", retry: .nextPoll)
    #expect(problems[1].fact == .failure(crm))
  }

  @Test("migrations are numbered without a gap")
  func numbers() {
    #expect(Migration.all.map(\.number) == Array(1...Migration.newest))
  }

  private func schema(_ queue: DatabaseQueue) throws -> [String] {
    try queue.read {
      try String.fetchAll(
        $0, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }
  }

  @Test(
    "the schema admits the states of the enum with the reasons of each state's band, and no others")
  func admitsStates() async throws {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1)])
    await fixture.ledger.close(now: Fixture.start)
    let queue = try DatabaseQueue(path: fixture.temporary.path)
    let reasons = [nil] + (0...95).map(Optional.some)
    for state in -1...9 {
      for reason in reasons {
        let isAdmitted = try admits(queue, state: state, reason: reason)
        #expect(isAdmitted == belongs(state, reason), "state \(state), reason \(reason ?? -1)")
      }
    }
  }

  /// Whether the enums say that a reason belongs to a state; what is open keeps the reason it waited for last.
  private func belongs(_ number: Int, _ reason: Int?) -> Bool {
    guard let state = ReminderState(rawValue: number) else { return false }
    guard let reason else {
      return state == .sent || !state.isFinal
    }
    let band = SchemaTests.bands[state.isFinal ? state : .waiting]
    return band?.contains(reason) == true
  }

  /// The numbers that the schema keeps for the reasons of each state.
  private static let bands: [ReminderState: ClosedRange<Int>] = [
    .waiting: 1...30, .skipped: 31...50, .cancelled: 51...70, .failed: 71...90,
  ]

  @Test("every reason stands in the band of its state", arguments: Reason.allCases)
  func bands(_ reason: Reason) {
    #expect(SchemaTests.bands[reason.state]?.contains(reason.rawValue) == true)
  }

  @Test(
    "the index on revivable reminders covers exactly the reasons for which data cancels")
  func revivable() {
    let band = Reason.condition.rawValue...Reason.ruleAbsent.rawValue
    #expect(Reason.allCases.filter { band.contains($0.rawValue) } == Reason.byData)
  }

  private func admits(_ queue: DatabaseQueue, state: Int, reason: Int?) throws -> Bool {
    let isFinal = state >= 4
    let isHeld = state == 1 || state == 2
    return try queue.inDatabase { db in
      try db.beginTransaction()
      // Losing the error is right: the next transaction would fail loudly.
      defer { try? db.rollback() }
      do {
        try db.execute(
          sql: """
            UPDATE reminder SET state = ?, reason = ?, reason_since = ?, decided_at = ?, next_at = ?,
              owner = ?, epoch = ?, claimed_from = ?
            """,
          arguments: [
            state, reason, reason.map { _ in 1 }, isFinal ? 1 : nil, isFinal ? nil : 1,
            isHeld ? 1 : nil, isHeld ? 1 : nil, isHeld ? 0 : nil,
          ])
        return true
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
        return false
      }
    }
  }

  @Test(
    "the numbers of triggers, classes, states, outcomes and operations are those of the enums",
    arguments: [
      ("reminder", "trigger_kind", Trigger.allCases.map(\.rawValue)),
      ("reminder", "message_class", MessageClass.allCases.map(\.rawValue)),
      ("reminder", "state", ReminderState.allCases.map(\.rawValue)),
      ("task", "state", TaskState.allCases.map(\.rawValue)),
      ("attempt", "outcome", AttemptOutcome.allCases.map(\.rawValue)),
      ("suppression", "scope", SuppressionScope.allCases.map(\.rawValue)),
      ("changes", "operation", ChangeOperation.allCases.map(\.rawValue)),
    ])
  func listsNumbers(table: String, column: String, numbers: [Int]) throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let sql = try queue.read {
      try String.fetchOne(
        $0, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table])
    }
    let range = try #require(numbers.min())...(try #require(numbers.max()))
    #expect(numbers.sorted() == Array(range))
    #expect(
      sql?.contains("CHECK (\(column) BETWEEN \(range.lowerBound) AND \(range.upperBound))") == true
    )
  }

  @Test("the numbers of what a pause is about are those of the enum")
  func listsScopes() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let sql = try queue.read {
      try String.fetchOne($0, sql: "SELECT sql FROM sqlite_schema WHERE name = 'pause'")
    }
    let numbers = StoredScope.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
    #expect(sql?.contains("CHECK (scope IN (\(numbers)))") == true)
    #expect(sql?.contains("CHECK ((scope = \(pause: .all)) = (name = ''))") == true)
  }

  @Test("the tasks that are not final are counted on the index of open tasks")
  func countsOpenTasks() throws {
    let last = try #require(TaskState.allCases.max { $0.rawValue < $1.rawValue })
    #expect(TaskState.allCases.filter(\.isFinal) == [last])
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let sql = "SELECT count(*) FROM task WHERE \(PartialIndex.isOpenTask) AND due_at < 1"
    let steps = try queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql) }
    let text = steps.map { row -> String in row["detail"] }.joined(separator: "; ")
    #expect(text.hasPrefix("SEARCH task USING") && text.contains("task_open"), "\(text)")
  }

  @Test("the claim and the customer's history read an index")
  func usesIndexes() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let plans = [
      """
      SELECT id FROM reminder WHERE \(PartialIndex.isOpen) AND next_at <= 1
        AND rule = 1 AND step = 1 AND leg = 0 AND route_position = 0
      ORDER BY next_at LIMIT 9
      """,
      "SELECT id FROM reminder WHERE \(PartialIndex.isHeldBack) AND reason IN (6, 10, 15)",
      "SELECT id FROM reminder WHERE \(PartialIndex.isHeldBack) AND reason = 8 AND rule = 1",
      "SELECT id, next_at, parcel FROM reminder WHERE \(PartialIndex.isInDigest) AND next_at <= 1 ORDER BY next_at, parcel, due",
      "SELECT 1 FROM reminder WHERE parcel = 1 AND state IN (2, 3, 4)",
      "SELECT id FROM reminder WHERE lead = 1",
      "SELECT id FROM reminder WHERE customer = 'x' ORDER BY id DESC LIMIT 9",
      "SELECT 1 FROM reminder WHERE successor = 1", "SELECT 1 FROM reminder WHERE resend_of = 1",
      "SELECT 1 FROM reminder WHERE change = 1 AND \(Purge.needsChange.replacing(":now", with: "1"))",
    ]
    for sql in plans {
      let steps = try queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql) }
      let text = steps.map { row -> String in row["detail"] }.joined(separator: "; ")
      #expect(text.hasPrefix("SEARCH reminder USING"), "\(sql): \(text)")
      #expect(!text.contains("TEMP B-TREE"), "\(sql): \(text)")
    }
  }

  @Test("the told dates that are ahead are read from their index on, in its order")
  func readsToldDates() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let steps = try queue.read {
      try Row.fetchAll(
        $0, sql: "EXPLAIN QUERY PLAN " + AnnouncementTable.rowsSQL, arguments: [1, 2, 3, 4])
    }
    #expect(
      steps.map { row -> String in row["detail"] } == [
        "SEARCH announcement USING COVERING INDEX announcement_ahead (step=? AND until>?)",
        "SEARCH reminder USING INTEGER PRIMARY KEY (rowid=?)",
      ])
  }

  @Test("a reply reads the reminders of its row, and not all of its rule")
  func readsLadder() throws {
    let queue = try DatabaseQueue()
    let steps = try queue.inDatabase { db in
      try Migration.migrate(db)
      return try Row.fetchAll(
        db, sql: "EXPLAIN QUERY PLAN " + AnswerWriter.endLadderSQL, arguments: ["now": 1, "id": 1])
    }
    let details = steps.map { row -> String in row["detail"] }
    let reading = details.filter { $0.contains("SEARCH other") }
    #expect(reading.count == 1, "\(details)")
    #expect(reading.allSatisfy { $0.contains("(rule=? AND row_key=?)") }, "\(details)")
  }

  @Test("finding the queues takes one jump for each, however many reminders they hold")
  func jumpsFromQueueToQueue() throws {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try Migration.migrate($0) }
    let steps = try queue.read {
      try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + OutboxQueues.sql, arguments: [0, 500])
    }
    let jumps = steps.map { row -> String in row["detail"] }
      .filter { $0.hasPrefix("SEARCH following") }
    let index = "SEARCH following USING COVERING INDEX reminder_queue"
    #expect(
      jumps == [
        "\(index) (rule=? AND step=? AND leg=? AND route_position>?)",
        "\(index) (rule=? AND step=? AND leg>?)", "\(index) (rule=? AND step>?)",
        "\(index) (rule>?)",
      ])
  }
}
