import GRDB
import KindlyCore

/// Finds the tasks whose cards reminders carry.
enum CarriedTasks {
  static func of(_ carriers: [Int64], _ db: Database) throws -> [Int64: CarriedTask] {
    let statement = try Prepared(
      db,
      """
      SELECT carrier.id, maker.state, maker.reason, task.state
      FROM json_each(?1) AS asked
        CROSS JOIN reminder AS carrier ON carrier.id = asked.value
        CROSS JOIN reminder AS maker
          ON \(Siblings.condition(of: "maker", before: "carrier", by: Leg.carrierDistance))
        LEFT JOIN task ON task.public_id = maker.public_id
      """)
    statement.bind(JSONNumbers.array(carriers), at: 1)
    var tasks: [Int64: CarriedTask] = [:]
    while try statement.step() {
      tasks[statement.integer(0)] = task(
        try statement.optionalInteger(3).map(Stored.task),
        of: try Stored.state(statement.integer(1)),
        try Stored.reason(statement.optionalInteger(2)))
    }
    return tasks
  }

  /// What became of a task.
  ///
  /// - Parameters:
  ///   - task: nil if there is none: not yet, not at all, or not any more, because old tasks are deleted.
  ///   - state: the state of the reminder that makes the task, with its reason.
  private static func task(
    _ task: TaskState?, of state: ReminderState, _ reason: Reason?
  ) -> CarriedTask {
    switch task {
    case .done?: return .done
    case .open?, .taken?: return .open
    case nil: break
    }
    switch state {
    case .waiting, .claimed, .sending, .uncertain: return .expected
    case .sent: return .open
    case .skipped, .cancelled, .failed: return reason.map(CarriedTask.ended) ?? .expected
    }
  }
}
