import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

/// The verbs about what the inbox channel delivered.
struct Inbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read what channels of type inbox delivered.",
    discussion: """
      You see the entries for you, for your team and for every colleague. For this, the column that `user:` under \
      `colleagues:` names must hold your user name. root sees all entries. Without `colleagues:`, everybody who may read \
      the ledger sees all entries.
      """,
    subcommands: [InboxList.self, InboxRead.self], defaultSubcommand: InboxList.self)

  /// The number of newest entries to search for those that the caller may see; older ones are no longer useful.
  static let searched = 10_000
}

extension Workplace {
  /// The inbox entries that the caller may see, newest first.
  func inbox(for caller: ViewerOption, unreadOnly: Bool) async throws -> [InboxEntry] {
    let entries = try await reading {
      try await $0.inbox(unreadOnly: unreadOnly, before: nil, limit: Inbox.searched)
    }
    guard configuration.colleagues != nil || caller.colleague != nil else { return entries }
    let inquiry = inquiry
    let visible = try await caller.viewer(inquiry).visible(entries)
    await inquiry.close()
    return visible
  }
}
