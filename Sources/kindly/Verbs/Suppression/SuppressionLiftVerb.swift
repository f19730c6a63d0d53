import ArgumentParser
import KindlyControl
import KindlyCore

struct SuppressionLiftVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lift",
    abstract: "Let suppressed addresses be written to again.",
    discussion: """
      Reminders that were skipped or failed because the address was suppressed wait again while they are still of use. \
      They are skipped again where another address of the customer is still suppressed.

      EXAMPLES
        kindly suppression lift li@example.com --because "typo on our side"
        kindly suppression lift --customer 42 --because "new mail server"
        kindly suppression lift --channel email --since 2h --because "broken relay"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "Addresses, or ids as `kindly suppression list` shows them.")
  var names: [String] = []

  @OptionGroup var filter: SuppressionFilter
  @OptionGroup var because: Because

  func validate() throws {
    guard !names.isEmpty || filter.customer != nil || filter.channel != nil || filter.since != nil
    else {
      throw ValidationError(
        "say which: an address, an id, or --customer, --channel or --since")
    }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let selection = filter.selection(workplace, names: names)
    print(
      try await Desk(workplace: workplace).ask(
        .suppressionLift(selection, because: because.text)))
  }
}
