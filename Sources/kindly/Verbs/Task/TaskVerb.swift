import ArgumentParser
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyDesk

/// The verbs about what colleagues have to do.
struct TaskVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task",
    abstract: "List the tasks of colleagues, and work on them.",
    discussion: """
      Tasks come from channels of type task. You see your own tasks and those of your team, if the column that `user:` \
      under `colleagues:` names holds your user name. root sees all tasks, and can act for a colleague with --as.
      """,
    subcommands: [
      TaskList.self, TaskShow.self, TaskTake.self, TaskDone.self, TaskSnooze.self, TaskGive.self,
    ], defaultSubcommand: TaskList.self)
}

extension Workplace {
  /// Does something with a task that the caller may see, and prints what became of it.
  func act(
    on id: Int64, by caller: ViewerOption,
    _ action: (Viewer, TaskRecord) async throws -> TaskAction
  ) async throws {
    let inquiry = inquiry
    let viewer = try await caller.viewer(inquiry)
    let task = try await reading { try await viewer.task(id, in: $0) }.task
    let action = try await action(viewer, task)
    await inquiry.close()
    print(try await Desk(workplace: self).ask(.task(id, action, by: viewer.name)))
  }
}
