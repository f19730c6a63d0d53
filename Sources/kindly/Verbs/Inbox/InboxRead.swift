import ArgumentParser
import KindlyControl
import KindlyCore
import KindlyDesk

struct InboxRead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Show entries and mark them read.",
    discussion: """
      EXAMPLES
        kindly inbox read 17
        kindly inbox read 17 18 19
        kindly inbox read --all
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Argument(help: "The entries' ids, as `kindly inbox list` shows them.")
  var ids: [Int64] = []

  @Flag(help: "Mark all unread entries without showing them.")
  var all = false

  func validate() throws {
    guard all == ids.isEmpty else {
      throw ValidationError(
        all ? "expected ids or --all, got both" : "expected the ids of entries, or --all; got none")
    }
  }

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let visible = try await workplace.inbox(for: caller, unreadOnly: all)
    let found = all ? visible : try chosen(among: visible)
    if !all { show(found, workplace) }
    let text = try await Desk(workplace: workplace).ask(.inboxRead(ids: found.map(\.id)))
    if all { print(text) }
  }

  /// The entries with these ids, without duplicates, oldest first.
  private func chosen(among entries: [InboxEntry]) throws -> [InboxEntry] {
    let wanted = Set(ids)
    let found = entries.filter { wanted.contains($0.id) }
    let missing = wanted.subtracting(found.map(\.id)).sorted()
    guard missing.isEmpty else {
      let names = missing.map(String.init).joined(separator: ", ")
      throw Failure(.refused, "there is no inbox entry \(names); `kindly inbox list` shows the ids")
    }
    return found.sorted { $0.id < $1.id }
  }

  private func show(_ entries: [InboxEntry], _ workplace: Workplace) {
    for entry in entries {
      let customer = entry.customer.map { " · customer \($0)" } ?? ""
      let recipient = entry.recipient.map { " · for \($0)" } ?? ""
      print(
        """
        \(entry.id) · \(workplace.time(entry.delivered))\(customer)\(recipient) · rule \(entry.rule)
        \(OneLine.text(entry.subject))

        \(entry.body ?? "(its text is older than texts are kept)")

        """)
    }
  }
}
