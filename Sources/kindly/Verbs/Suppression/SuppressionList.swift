import ArgumentParser
import KindlyCore
import KindlyDesk

struct SuppressionList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List suppressed addresses, newest first.",
    discussion: """
      The address itself is not kept and cannot be shown. `--json` prints an array of objects with id, since, channel, \
      customer, because, by and scope: `everything`, or `marketing` after a reply such as STOP.

      EXAMPLES
        kindly suppression list --since 1d
        kindly suppression list --channel email --json
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var filter: SuppressionFilter

  @Option(help: ArgumentHelp("Show at most this many.", valueName: "count"))
  var limit = 50

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace()
    let selection = filter.selection(workplace)
    let found = try await workplace.reading {
      try await $0.suppressions(selection, limit: max(1, limit))
    }
    if json { return try JSONOutput.print(found.map { SuppressionView($0, workplace.time) }) }
    if found.isEmpty { return print("no suppressed address matches") }
    var table = Table([
      .init("id"), .init("since"), .init("scope"), .init("channel"), .init("customer"),
      .init("by"),
      .init("because"),
    ])
    for record in found {
      table.add([
        record.id, workplace.time(record.since), record.scope.word, record.channel ?? "",
        record.customer?.description ?? "", record.by ?? "", record.because,
      ])
    }
    print(table.text)
    if found.count == limit {
      Standard.error("only the newest \(limit) are shown; --limit shows more")
    }
  }
}

/// A suppressed address for scripts.
private struct SuppressionView: Encodable {
  let id: String
  let since: String
  let channel: String?
  let customer: String?
  let because: String
  let by: String?
  let scope: String

  init(_ record: SuppressionRecord, _ time: TimeText) {
    id = record.id
    since = time.stamp(record.since)
    channel = record.channel
    customer = record.customer?.description
    because = record.because
    by = record.by
    scope = record.scope.word
  }
}
