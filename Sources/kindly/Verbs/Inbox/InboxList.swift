import ArgumentParser
import KindlyCore
import KindlyDesk

struct InboxList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the entries, newest first.",
    discussion: """
      EXAMPLES
        kindly inbox list
        kindly inbox list --unread --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Only entries that nobody has marked read.")
  var unread = false

  @Option(help: ArgumentHelp("Show at most this many.", valueName: "count"))
  var limit = 50

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace()
    let entries = try await workplace.reading {
      try await $0.inbox(unreadOnly: unread, before: nil, limit: max(1, limit))
    }
    if json {
      try JSONOutput.print(entries.map { InboxView($0, workplace.time) })
      return
    }
    var table = Table([
      .init("id", .right), .init("delivered"), .init("customer"),
      .init("rule"), .init("read"),
      .init("subject"),
    ])
    for entry in entries {
      table.add([
        "\(entry.id)", workplace.time(entry.delivered), entry.customer, entry.rule,
        entry.read == nil ? "" : "read", entry.subject,
      ])
    }
    print(entries.isEmpty ? "there are no entries" : table.text)
  }
}

/// An inbox entry for scripts.
private struct InboxView: Encodable {
  let id: Int64
  let publicId: String
  let delivered: String
  let rule: String
  let customer: String
  let subject: String
  let body: String?
  let read: String?

  init(_ entry: InboxEntry, _ time: TimeText) {
    id = entry.id
    publicId = entry.publicID
    delivered = time.stamp(entry.delivered)
    rule = entry.rule
    customer = entry.customer
    subject = entry.subject
    body = entry.body
    read = time.stamp(entry.read)
  }
}
