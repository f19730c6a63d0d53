import ArgumentParser
import KindlyCore
import KindlyDesk

struct TaskGive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "give",
    abstract: "Hand a task to another colleague or team.",
    discussion: """
      EXAMPLES
        kindly task give 17 bob
        kindly task give 17 "team service" --note "speaks Polish"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  @Argument(help: "The colleague's key, or `team NAME`.")
  var assignee: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var note: String?

  func run() async throws {
    try await place.workplace(for: .everybody).act(on: id, by: caller) { viewer, _ in
      .give(to: try await viewer.assignee(assignee), note: note)
    }
  }
}
