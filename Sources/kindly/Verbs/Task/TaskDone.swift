import ArgumentParser
import KindlyConfig
import KindlyCore

struct TaskDone: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "done",
    abstract: "Say how a task ended.",
    discussion: """
      The outcomes are those of `task outcomes:` in kindly.yaml; without it, they are reached, not reached, complaint and \
      wants to buy.

      EXAMPLES
        kindly task done 17 --outcome reached
        kindly task done 17 --outcome complaint --kind delivery --note "wrong size"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: TaskCaller

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  @Option(help: "How it ended.")
  var outcome: String

  @Option(help: "The kind of the outcome, such as what a complaint is about.")
  var kind: String?

  @Option(help: ArgumentHelp("What the customer said.", valueName: "text"))
  var note: String?

  func run() async throws {
    let workplace = try await place.workplace()
    let known = workplace.configuration.taskOutcomes
    guard let outcome = known.first(where: { $0.isExactly(outcome) }) else {
      throw Failure(
        .refused,
        "expected --outcome to be one of \(known.joined(separator: ", ")), got \(OneLine.text(outcome))"
          + Suggestion.text(for: outcome, among: known))
    }
    try await workplace.act(on: id, by: caller) { _ in
      .done(outcome: outcome, kind: kind, note: note)
    }
  }
}
