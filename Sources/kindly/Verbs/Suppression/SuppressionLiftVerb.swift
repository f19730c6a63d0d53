import ArgumentParser
import KindlyControl
import KindlyCore

struct SuppressionLiftVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lift",
    abstract: "Send to suppressed addresses again.",
    discussion: """
      Reminders that were skipped or failed because an address was suppressed go back into the queue while they are still \
      useful. A reminder is skipped again if another address of its customer is still suppressed.

      On a terminal the number of addresses is shown first, and the command asks. In a script, add --yes. Addresses and \
      ids are lifted without a question.

      EXAMPLES
        kindly suppression lift li@example.com --because "typo on our side"
        kindly suppression lift --customer 42 --because "new server" --yes
        kindly suppression lift --channel email --since 2h --dry-run
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "Addresses, or ids as `kindly suppression list` shows them.")
  var names: [String] = []

  @OptionGroup var filter: SuppressionFilter
  @OptionGroup var consent: BulkConsent
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    guard !names.isEmpty || filter.customer != nil || filter.channel != nil || filter.since != nil
    else {
      throw ValidationError(
        "choose addresses: by address or id, or by --customer, --channel or --since")
    }
    try because.validate(isNeeded: !consent.dryRun)
  }

  func run() async throws {
    let workplace = try await place.workplace()
    var selection = filter.selection(workplace, names: names)
    let found = try await workplace.reading { [selection] in
      try await $0.suppressions(selection, limit: .max)
    }
    let count = counted(found.count, "address", "addresses")
    if consent.dryRun { return print("dry run: \(count) would be lifted") }
    if names.isEmpty {
      guard let newest = found.first else {
        return print("no suppressed address matches; nothing was changed")
      }
      try await consent.ask(about: count, "lifted")
      // What is suppressed while the person thinks was not in the count.
      selection.through = newest.since
    }
    print(
      try await Desk(workplace: workplace).ask(
        .suppressionLift(selection, because: because.text)))
  }
}
