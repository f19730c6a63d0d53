import ArgumentParser
import KindlyControl

struct OutboxRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Make waiting reminders due now.",
    discussion: """
      They are read again before they leave, as always: quiet hours and pauses still hold.

      EXAMPLES
        kindly outbox retry --reason "channel down"
        kindly outbox retry jr3xxcfwc7dvmnd7b7hx
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: OutboxTarget

  func run() async throws {
    let workplace = Workplace(try place.load())
    let selection = try await target.selection(workplace)
    print(try await Desk(workplace: workplace).ask(.outboxRetry(selection)))
  }
}
