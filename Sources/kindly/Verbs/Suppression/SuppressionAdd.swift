import ArgumentParser
import KindlyControl
import KindlyCore

struct SuppressionAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Stop sending to addresses.",
    discussion: """
      Write an address as the customer database has it. Reminders for it are skipped as `suppressed`, or go over the next \
      channel of their route.

      On a terminal, several addresses are counted first, and the command asks. In a script, add --yes. A single address \
      is suppressed without a question.

      EXAMPLES
        kindly suppression add li@example.com --because "asked us not to write"
        kindly suppression add a@example.com b@example.com --dry-run
        kindly suppression add $(cat gone.txt) --because "left" --yes
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "Mail addresses or phone numbers.")
  var addresses: [String]

  @OptionGroup var consent: BulkConsent
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    guard addresses.allSatisfy({ !$0.trimmedOfInvisible.isEmpty }) else {
      throw ValidationError("expected an address, got an empty one")
    }
    try because.validate(isNeeded: !consent.dryRun)
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let addresses = Set(texts: addresses.map(\.trimmedOfInvisible)).sorted().map(\.string)
    if let single = addresses.first, addresses.count == 1, !consent.dryRun {
      return print(try await suppress(single, workplace))
    }
    let present = try await workplace.reading { try await $0.suppressed(addresses) }
    let new = addresses.filter { !present.contains($0) }
    let rest =
      present.isEmpty
      ? "" : " (\(counted(present.count, "more is", "more are")) suppressed already)"
    let count = counted(new.count, "address", "addresses") + rest
    if consent.dryRun { return print("dry run: \(count) would be suppressed") }
    guard !new.isEmpty else {
      return print("every address is suppressed already; nothing was changed")
    }
    try await consent.ask(about: count, "suppressed")
    for address in new { _ = try await suppress(address, workplace) }
    print("\(count) suppressed; nothing is sent to them until they are lifted")
  }

  private func suppress(_ address: String, _ workplace: Workplace) async throws -> String {
    try await Desk(workplace: workplace).ask(
      .suppressionAdd(address: address, because: because.text))
  }
}
