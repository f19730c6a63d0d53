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
        kindly inbox list --as anna
        kindly inbox list --unread --json
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var caller: ViewerOption

  @Flag(help: "Only entries that nobody has marked read.")
  var unread = false

  @Option(help: ArgumentHelp("Show at most this many.", valueName: "count"))
  var limit = 50

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace(for: .everybody)
    let visible = try await workplace.inbox(for: caller, unreadOnly: unread)
    let entries = visible.prefix(max(1, limit))
    if json {
      try JSONOutput.print(entries.map { InboxView($0, workplace.time) })
      return
    }
    var table = Table([
      .init("id", .right), .init("delivered"), .init("customer"), .init("for"), .init("rule"),
      .init("read"), .init("subject"),
    ])
    for entry in entries {
      table.add([
        "\(entry.id)", workplace.time(entry.delivered), entry.customer ?? "", entry.recipient ?? "",
        entry.rule, entry.read == nil ? "" : "read", entry.subject,
      ])
    }
    guard !entries.isEmpty else { return print("there are no entries") }
    print(table.text)
    print("\n\(visible.count { $0.read == nil }) unread")
  }
}

/// An inbox entry for scripts.
private struct InboxView: Encodable {
  let id: Int64
  let publicId: String
  let delivered: String
  let rule: String
  let customer: String?
  let recipient: String?
  let subject: String
  let body: String?
  let read: String?

  init(_ entry: InboxEntry, _ time: TimeText) {
    id = entry.id
    publicId = entry.publicID
    delivered = time.stamp(entry.delivered)
    rule = entry.rule
    customer = entry.customer
    recipient = entry.recipient
    subject = entry.subject
    body = entry.body
    read = time.stamp(entry.read)
  }
}
