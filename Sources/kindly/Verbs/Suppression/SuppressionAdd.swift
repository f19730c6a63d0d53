import ArgumentParser
import KindlyChannels
import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDesk

struct SuppressionAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Stop sending to addresses.",
    discussion: """
      Write an address as the customer database has it. Reminders for it are skipped as `suppressed`, or go over the next \
      channel of their route. If the customer database can be reached, the customer who has the address is recorded, and \
      `suppression list` shows who it is.

      On a terminal, several addresses are counted first, and the command asks. In a script, add --yes. A single address \
      is suppressed without a question.

      EXAMPLES
        kindly suppression add li@example.com --because "asked us not to write"
        kindly suppression add a@example.com b@example.com --dry-run
        kindly suppression add $(cat gone.txt) --because "left" --yes
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(
    help: "Mail addresses, phone numbers, or addresses of another kind that `customers:` names.")
  var addresses: [String]

  @OptionGroup var consent: BulkConsent
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    for address in addresses {
      let text = address.trimmedOfInvisible
      guard !text.isEmpty else { throw ValidationError("expected an address, got an empty one") }
    }
    try because.validate(isNeeded: !consent.dryRun)
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let addresses = Set(texts: addresses.map(\.trimmedOfInvisible)).sorted().map(\.string)
    try check(addresses, workplace.configuration)
    if let single = addresses.first, addresses.count == 1, !consent.dryRun {
      return print(try await suppress([single], workplace))
    }
    let present = try await workplace.reading { try await $0.suppressed(addresses, for: .service) }
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
    _ = try await suppress(new, workplace)
    print("\(count) suppressed; nothing is sent to them until they are lifted")
  }

  /// Suppresses addresses, each with its customer, and returns the last answer.
  private func suppress(_ addresses: [String], _ workplace: Workplace) async throws -> String {
    let customers = await customers(of: addresses, workplace)
    var answer = ""
    for address in addresses {
      answer = try await Desk(workplace: workplace).ask(
        .suppressionAdd(
          address: address, customer: customers[address]?.text, because: because.text))
    }
    return answer
  }

  /// The customers who have the addresses; without a database to ask, the addresses are suppressed all the same.
  private func customers(
    of addresses: [String], _ workplace: Workplace
  ) async -> [ExactText: RowKey] {
    guard workplace.configuration.customers != nil else { return [:] }
    let inquiry = workplace.inquiry
    let search = CustomerSearch(inquiry: inquiry)
    var customers: [ExactText: RowKey] = [:]
    do {
      for address in addresses {
        customers[address] = try await search.keys(ofAddress: address)?.first
      }
    } catch {
      Standard.error(
        "`kindly suppression list` will not name the customer: \(Failure.text(of: error))")
    }
    await inquiry.close()
    return customers
  }

  /// Refuses texts that no channel could accept as an address.
  private func check(_ addresses: [String], _ configuration: Configuration) throws {
    let others = configuration.customers?.addresses.map(\.kind) ?? []
    let kinds = [.email, .phone] + others.filter { ![.email, .phone].contains($0) }
    // Losing the error is right: it says what one kind of channel expects, and any kind will do.
    let wrong = addresses.first { text in !kinds.contains { (try? $0.checked(text)) != nil } }
    guard let wrong else { return }
    let expected = kinds.map(\.word).joined(separator: ", ")
    throw Failure(
      .usage, "expected addresses of a known kind (\(expected)), got \(OneLine.text(wrong))")
  }
}
