import ArgumentParser
import KindlyControl

struct Resend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a finished reminder once more.",
    discussion: """
      This makes a new reminder, linked to the old one and written from the row as it is now. The old reminder keeps its \
      state.

      EXAMPLES
        kindly resend jr3xxcfwc7dvmnd7b7hx --because "the customer lost it"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The reminder's id, as `kindly outbox list` shows it.")
  var id: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.resend(id: id, because: because.text)))
  }
}
