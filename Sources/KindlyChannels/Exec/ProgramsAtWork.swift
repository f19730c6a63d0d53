import Synchronization

/// The programs that a channel is running, so that closing can kill those that do not finish.
final class ProgramsAtWork: Sendable {
  private struct State {
    var next = 0
    var tasks: [Int: Task<ExecRun.Ending, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Runs one in a task of its own, which nobody but `kill` cancels.
  func run(_ body: @escaping @Sendable () async -> ExecRun.Ending) async -> ExecRun.Ending {
    let (number, task) = state.withLock { state in
      // Unstructured, because cancelling the caller must not end it.
      let task = Task { await body() }
      let number = state.next
      state.next += 1
      state.tasks[number] = task
      return (number, task)
    }
    let ending = await task.value
    state.withLock { _ = $0.tasks.removeValue(forKey: number) }
    return ending
  }

  /// Kills every program that runs.
  func kill() {
    let tasks = state.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
  }
}
