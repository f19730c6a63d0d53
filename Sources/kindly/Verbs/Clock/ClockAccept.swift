import ArgumentParser
import KindlyControl

struct ClockAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Confirm that the machine's clock is right.",
    discussion: """
      A wrong clock would send reminders early or call all of them too late. So Kindly plans and sends nothing while the \
      clock was set by over an hour, shows less than was already recorded, or is over twelve hours ahead of that at the \
      start with no time server to confirm it; `kindly status` says so. Look at `date` first, and set the clock if it is \
      wrong. Reminders that a wrong clock skipped as too late wait again after this.

      EXAMPLES
        kindly clock accept --because "the virtual machine was paused"
      """)

  @OptionGroup var place: ConfigurationPlace

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.clockAccept(because: because.text)))
  }
}
