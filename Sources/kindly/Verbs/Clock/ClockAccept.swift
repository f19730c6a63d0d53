import ArgumentParser
import KindlyControl

struct ClockAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Say that the machine's clock is right, so that planning and sending go on.",
    discussion: """
      A wrong clock would send what is not due or call everything too late. So nothing is planned or sent while the clock was \
      set by over an hour, shows less than was already recorded, or is over twelve hours ahead of it at the start with no time \
      server to confirm it: see `kindly status`. Look at `date` first, and set the clock if it is wrong. Reminders that a \
      wrong clock skipped as too late wait again after this.

      EXAMPLES
        kindly clock accept --because "the virtual machine was paused over the weekend"
      """)

  @OptionGroup var place: ConfigurationPlace

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.ask(.clockAccept(because: because.text)))
  }
}
