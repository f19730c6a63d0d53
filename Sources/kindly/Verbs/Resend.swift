import ArgumentParser
import KindlyControl

struct Resend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a decided reminder once more.",
    discussion: """
      It becomes a new reminder, linked to the old one, rendered from the row as it is now; the old one keeps its state.

      EXAMPLES
        kindly resend jr3xxcfwc7dvmnd7b7hx --because "the customer lost it"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The reminder's id, as `kindly outbox list` shows it.")
  var id: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.ask(.resend(id: id, because: because.text)))
  }
}
