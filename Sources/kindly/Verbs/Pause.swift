import ArgumentParser
import KindlyControl
import KindlyCore

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold back a rule, a channel or everything.",
    discussion: """
      When it returns, no further hand-over begins. Reminders go on being planned and wait with the reason `paused`; the \
      pause survives restarts. Without a daemon it is kept in the ledger for the next start.

      EXAMPLES
        kindly pause --all --because "wrong price in the letter"
        kindly pause trial --for 2h --because "new welcome text is being written"
        kindly pause channel:email --because "mail server moves"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: PauseTarget

  @Option(name: .customLong("for"), help: "Resume by itself after this time: 30m, 2h, 3d.")
  var length: Span?

  @OptionGroup var because: Because

  func run() async throws {
    let workplace = Workplace(try place.load())
    let scope = try target.scope(in: workplace.configuration)
    let seconds = length.map { Int($0.duration.wholeMilliseconds / 1000) }
    print(
      try await Desk(workplace: workplace).ask(
        .pause(scope, seconds: seconds, because: because.text)))
  }
}
