import ArgumentParser
import KindlyControl

struct OutboxCancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Cancel waiting and uncertain reminders for good.",
    discussion: """
      A cancelled occurrence is not planned again, whatever its row does.

      EXAMPLES
        kindly outbox cancel --rule trial --because "the campaign was called off"
        kindly outbox cancel --customer 42 --because "asked us by phone not to write"
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: OutboxTarget
  @OptionGroup var because: Because

  func run() async throws {
    let workplace = Workplace(try place.load())
    let selection = try await target.selection(workplace)
    print(
      try await Desk(workplace: workplace).ask(.outboxCancel(selection, because: because.text)))
  }
}
