import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

struct TaskDone: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "done",
    abstract: "Say how a task ended.",
    discussion: """
      The outcomes are those of `task outcomes:` in kindly.yaml; without it, they are reached, not reached, complaint, \
      wants to buy and again. With again and a date, the task stays open but is not listed until that date. Without \
      --at, the time is the `default time` of kindly.yaml.

      EXAMPLES
        kindly task done 17 --outcome reached
        kindly task done 17 --outcome complaint --kind delivery
        kindly task done 17 --outcome again --on 2026-12-05 --at 10:00
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The task's id, as `kindly task list` shows it.")
  var id: Int64

  @Option(help: "How it ended.")
  var outcome: String

  @Option(help: "The kind of the outcome, such as what a complaint is about.")
  var kind: String?

  @Option(help: ArgumentHelp("The date on which to do it again.", valueName: "date"))
  var on: CivilDate?

  @Option(help: ArgumentHelp("The time on that date.", valueName: "time"))
  var at: TimeOfDay?

  @Option(help: ArgumentHelp("What the customer said.", valueName: "text"))
  var note: String?

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let outcome = try known(workplace.configuration.taskOutcomes)
    let kind = try known(outcome)
    let isAgain = outcome.name.isExactly(TaskOutcome.again)
    guard isAgain == (on != nil), on != nil || at == nil else {
      throw Failure(
        .usage,
        isAgain
          ? "expected --on with --outcome again: the date on which to do it again, such as --on 2026-12-05"
          : "expected --on and --at only with --outcome again, got --outcome \(OneLine.text(outcome.name))"
      )
    }
    try await workplace.act(on: id, by: caller) { viewer, task in
      guard let on else { return .done(outcome: outcome.name, kind: kind, note: note) }
      let zone = try await viewer.zone(for: task)
      let time = at ?? workplace.configuration.defaultTime
      let until = zone.instant(of: WallClock(date: on, secondOfDay: time.minutes * 60))
      guard until > workplace.now else {
        throw Failure(
          .usage, "expected --on to be a time in the future, got \(zone.text(of: until))")
      }
      return .again(until: until, date: zone.text(of: until), kind: kind, note: note)
    }
  }

  private func known(_ outcomes: [TaskOutcome]) throws -> TaskOutcome {
    if let found = outcomes.first(where: { $0.name.isExactly(outcome) }) { return found }
    let names = outcomes.map(\.name)
    throw Failure(
      .refused,
      "expected --outcome to be one of \(names.joined(separator: ", ")), got \(OneLine.text(outcome))"
        + Suggestion.text(for: outcome, among: names))
  }

  /// The kind, which must be one of those that the configuration lists for the outcome.
  private func known(_ outcome: TaskOutcome) throws -> String? {
    guard let kind, !outcome.kinds.isEmpty else { return kind }
    if let found = outcome.kinds.first(where: { $0.isExactly(kind) }) { return found }
    throw Failure(
      .refused,
      "expected --kind of \(outcome.name) to be one of \(outcome.kinds.joined(separator: ", ")), got \(OneLine.text(kind))"
        + Suggestion.text(for: kind, among: outcome.kinds))
  }
}
