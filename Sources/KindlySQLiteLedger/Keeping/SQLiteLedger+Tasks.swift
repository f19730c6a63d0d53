import GRDB
package import KindlyCore

extension SQLiteLedger: TaskLedger {
  package func keep(_ task: TaskDelivery, now: Instant) async throws {
    try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO task (
            public_id, rule, customer, assignee, subject, card, lists, created_at, due_at, reminder,
            about)
          VALUES (
            ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \(HandedOver.reminder), \(HandedOver.subject))
          ON CONFLICT (public_id) DO NOTHING
          """,
        arguments: [
          task.publicID, task.rule, task.customer, task.assignee, task.subject, task.card,
          try ShownListsText.text(of: task.lists), now.milliseconds, task.due.milliseconds,
        ])
    }
  }

  package func act(
    on task: Int64, _ action: TaskAction, by: String, note: ActionNote, now: Instant
  ) async throws {
    try await writer.submit { db in
      try TaskTable.refuseUnlessOpen(task, for: action, by: by, db)
      let text = try TaskTable.perform(action, on: task, by: by, now: now, db)
      try db.execute(
        sql: "INSERT INTO task_event (task, at, done_by, text) VALUES (?, ?, ?, ?)",
        arguments: [task, now.milliseconds, by, text])
      try ActionTable.record(action.verb, "task \(task)", note, now: now, db)
    }
  }
}

extension SQLiteLedgerReader {
  package func tasks(
    _ selection: TaskSelection, now: Instant, limit: Int
  ) async throws -> [TaskRecord] {
    try await read { db in
      try TaskTable.fetch(
        db,
        """
        WHERE (:all OR \(PartialIndex.isOpenTask)
            AND (:sleeping OR coalesce(sleeps_until, 0) <= :now))
          AND (:assignees IS NULL OR assignee IN (SELECT value FROM json_each(:assignees)))
        ORDER BY state = \(task: .done), due_at, id
        LIMIT :limit
        """,
        [
          "all": selection.includesAll, "sleeping": selection.includesSleeping,
          "now": now.milliseconds,
          "assignees": selection.assignees.map(JSONText.array), "limit": limit,
        ])
    }
  }

  package func task(_ id: Int64) async throws -> (task: TaskRecord, events: [TaskEvent])? {
    try await read { db in
      guard let task = try TaskTable.fetch(db, "WHERE id = :id", ["id": id]).first else {
        return nil
      }
      let events = try Row.fetchAll(
        db, sql: "SELECT at, done_by, text FROM task_event WHERE task = ? ORDER BY id",
        arguments: [id]
      ).map { row in
        TaskEvent(
          at: Instant(milliseconds: row["at"]), by: row["done_by"], text: row["text"])
      }
      return (task, events)
    }
  }
}

/// The tasks and what is done with them.
enum TaskTable {
  static func fetch(
    _ db: Database, _ tail: String, _ arguments: StatementArguments
  ) throws -> [TaskRecord] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, public_id, rule, customer, assignee, subject, card, lists, state, created_at, due_at,
          sleeps_until, taken_by, outcome, kind, note, decided_at
        FROM task
        \(tail)
        """, arguments: arguments
    ).map { row in
      let (sleeps, decided): (Int64?, Int64?) = (row["sleeps_until"], row["decided_at"])
      return TaskRecord(
        id: row["id"], publicID: row["public_id"], rule: row["rule"], customer: row["customer"],
        assignee: row["assignee"], subject: row["subject"], card: row["card"],
        lists: try ShownListsText.lists(in: row["lists"]),
        state: try Stored.task(row["state"]),
        created: Instant(milliseconds: row["created_at"]),
        due: Instant(milliseconds: row["due_at"]),
        sleepsUntil: sleeps.map(Instant.init(milliseconds:)), takenBy: row["taken_by"],
        outcome: row["outcome"], kind: row["kind"], note: row["note"],
        decided: decided.map(Instant.init(milliseconds:)))
    }
  }

  /// Refuses to act on a task that is unknown, finished, or taken by somebody else.
  static func refuseUnlessOpen(
    _ id: Int64, for action: TaskAction, by: String, _ db: Database
  ) throws {
    guard let task = try fetch(db, "WHERE id = :id", ["id": id]).first else {
      throw LedgerProblem(
        .refused, "there is no task \(id)", hint: "`kindly task list` shows the ids")
    }
    if let outcome = task.outcome {
      throw LedgerProblem(
        .refused, "task \(id) is done already: \(outcome)",
        hint: "`kindly task show \(id)` shows who did it")
    }
    if action == .take, let other = task.takenBy, !other.isExactly(by) {
      throw LedgerProblem(
        .refused, "task \(id) is taken by \(other)",
        hint: "`kindly task give \(id)` hands it to somebody else")
    }
  }

  /// Performs an action, and returns it as a line of the task's history.
  static func perform(
    _ action: TaskAction, on id: Int64, by: String, now: Instant, _ db: Database
  ) throws -> String {
    func update(_ assignments: String, _ arguments: StatementArguments) throws {
      try db.execute(
        sql: "UPDATE task SET \(assignments) WHERE id = :id", arguments: arguments + ["id": id])
    }
    func putOff(_ until: Instant) throws {
      try update(
        "sleeps_until = :until, due_at = max(due_at, :until)", ["until": until.milliseconds])
    }
    switch action {
    case .take:
      try update("state = \(task: .taken), taken_by = :by, sleeps_until = NULL", ["by": by])
      return "taken"
    case .done(let outcome, let kind, let note):
      try update(
        """
        state = \(task: .done), outcome = :outcome, kind = :kind, note = :note, decided_at = :now,
        sleeps_until = NULL
        """,
        ["outcome": outcome, "kind": kind, "note": note, "now": now.milliseconds])
      return joined("done: \(self.outcome(outcome, kind))", note)
    case .snooze(let until, let note):
      try putOff(until)
      return joined("put off", note)
    case .again(let until, let date, let kind, let note):
      try putOff(until)
      return joined("\(outcome(TaskOutcome.again, kind)) on \(date)", note)
    case .give(let other, let note):
      try update(
        "state = \(task: .open), taken_by = NULL, assignee = :other, sleeps_until = NULL",
        ["other": other])
      return joined("given to \(other)", note)
    }
  }

  private static func outcome(_ name: String, _ kind: String?) -> String {
    name + (kind.map { " (\($0))" } ?? "")
  }

  private static func joined(_ text: String, _ note: String?) -> String {
    note.map { "\(text): \($0)" } ?? text
  }
}
