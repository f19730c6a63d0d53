import ArgumentParser
import KindlyControl
import KindlyCore

struct SuppressionAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Send nothing to an address any more.",
    discussion: """
      Write the address as the customer database has it. Reminders for it are skipped as `suppressed`, or go over the next \
      channel of their route.

      EXAMPLES
        kindly suppression add li@example.com --because "asked us not to write"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The mail address or phone number.")
  var address: String

  @OptionGroup var because: Because

  func validate() throws {
    guard !address.trimmedOfInvisible.isEmpty else {
      throw ValidationError("expected an address, got an empty one")
    }
  }

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(
      try await desk.ask(
        .suppressionAdd(address: address.trimmedOfInvisible, because: because.text)))
  }
}
