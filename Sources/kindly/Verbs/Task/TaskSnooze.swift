import ArgumentParser
import KindlyConfig
import KindlyCore

struct TaskSnooze: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snooze",
    abstract: "Put a task off until a time.",
    discussion: """
      EXAMPLES
        kindly task snooze 17 --until +2h
        kindly task snooze 17 --until 2026-12-05 --note "is on holiday"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  @Option(help: ArgumentHelp("Until when: a date, a date and time, or +2h.", valueName: "time"))
  var until: Since

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var note: String?

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let end = until.instant(now: workplace.now, zone: workplace.configuration.timezone)
    guard end > workplace.now else {
      throw Failure(
        .usage,
        "expected --until to be a time in the future, got \(workplace.time(end)); write +2h for two hours from now"
      )
    }
    try await workplace.act(on: id, by: caller) { _, _ in .snooze(until: end, note: note) }
  }
}
