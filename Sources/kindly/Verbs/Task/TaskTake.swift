import ArgumentParser
import KindlyCore

struct TaskTake: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "take",
    abstract: "Begin to work on a task, so that nobody else does.",
    discussion: """
      EXAMPLES
        kindly task take 17
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  func run() async throws {
    try await place.workplace(for: .everybody).act(on: id, by: caller) { _, _ in .take }
  }
}
