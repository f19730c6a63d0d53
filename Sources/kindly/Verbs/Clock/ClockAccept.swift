import ArgumentParser
import KindlyControl

struct ClockAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Say that the machine's clock is right, so that planning and sending go on.",
    discussion: """
      A clock that was set by over an hour, or that shows less than was already recorded, would send what is not due or call \
      everything too late, so nothing is planned or sent by it: see `kindly status`. Look at `date` first.

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
