import ArgumentParser
import KindlyControl
import KindlyCore

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stop sending for a rule, a channel or everything.",
    discussion: """
      Once this command returns, nothing more is handed over. Reminders are still planned and wait with the reason \
      `paused`. The pause survives restarts. While no daemon is running, the pause is recorded and holds from the next start.

      EXAMPLES
        kindly pause --all --because "wrong price in the letter"
        kindly pause trial --for 2h --because "rewriting the welcome letter"
        kindly pause channel:email --because "mail server maintenance"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: PauseTarget

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("End the pause after this time: 30m, 2h, 3d.", valueName: "time"))
  var length: Span?

  @OptionGroup var because: Because

  func run() async throws {
    let workplace = try await place.workplace()
    let scope = try await target.scope(workplace)
    let seconds = length.map { Int($0.duration.wholeMilliseconds / 1000) }
    print(
      try await Desk(workplace: workplace).ask(
        .pause(scope, seconds: seconds, because: because.text)))
  }
}
