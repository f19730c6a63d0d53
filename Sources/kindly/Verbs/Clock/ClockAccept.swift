import ArgumentParser
import KindlyControl

struct ClockAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Confirm that the machine's clock is right.",
    discussion: """
      A wrong clock would send reminders early, or skip all of them as too late. So Kindly plans and sends nothing after \
      the clock was set by more than an hour, while it is behind the last time in the ledger, or when, at the start, it is \
      more than twelve hours ahead of that time and no time server confirms it. `kindly status` shows the reason. Check \
      `date` first, and set the clock if it is wrong. Reminders that were skipped as too late because of the wrong clock \
      then wait again.

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
