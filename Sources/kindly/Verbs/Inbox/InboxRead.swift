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
      """)

  /// How many of the newest entries are searched; older ones are no longer useful.
  private static let searched = 10_000

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The entries' ids, as `kindly inbox list` shows them.")
  var ids: [Int64]

  func run() async throws {
    let workplace = try await place.workplace()
    let wanted = Set(ids)
    let found = try await workplace.reading { ledger in
      try await ledger.inbox(unreadOnly: false, before: nil, limit: InboxRead.searched)
        .filter { wanted.contains($0.id) }
    }
    let missing = wanted.subtracting(found.map(\.id)).sorted()
    guard missing.isEmpty else {
      let names = missing.map(String.init).joined(separator: ", ")
      throw Failure(.refused, "there is no inbox entry \(names); `kindly inbox list` shows the ids")
    }
    for entry in found.sorted(by: { $0.id < $1.id }) {
      print(
        """
        \(entry.id) · \(workplace.time(entry.delivered)) · customer \(entry.customer) · rule \(entry.rule)
        \(OneLine.text(entry.subject))

        \(entry.body ?? "(its text is older than texts are kept)")

        """)
    }
    _ = try await Desk(workplace: workplace).ask(.inboxRead(ids: ids))
  }
}
