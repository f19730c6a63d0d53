import ArgumentParser
import KindlyCore
import KindlyDesk

struct OutboxList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List reminders, newest first.",
    discussion: """
      EXAMPLES
        kindly outbox list --state waiting
        kindly outbox list --rule trial --since 7d --csv > trial.csv
        kindly outbox list --state uncertain --json
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var filter: OutboxFilter

  @Option(help: ArgumentHelp("Show at most this many; 0 shows all.", valueName: "count"))
  var limit = 50

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @Flag(help: "Print JSON.")
  var json = false

  /// Read at once; between two pages the ledger's log may be put back.
  private static let page = 1000

  func validate() throws {
    if csv && json { throw ValidationError("choose one of --csv and --json") }
    if limit < 0 { throw ValidationError("expected --limit to be 0 or more, got \(limit)") }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let selection = filter.selection(workplace)
    let found = try await workplace.reading { ledger in
      try await filter.checkNames(workplace, ledger)
      return try await all(ledger, selection)
    }
    let time = workplace.time
    if json { return try JSONOutput.print(found.map { ReminderView($0, time) }) }
    if csv { return printCSV(found, time) }
    if found.isEmpty { return print("no reminder matches") }
    var table = Table([
      .init("id"), .init("due"), .init("rule"), .init("step"),
      .init("customer"), .init("state"),
      .init("reason"), .init("channel"), .init("attempts", .right),
    ])
    for reminder in found {
      table.add([
        reminder.publicID, time(reminder.due), reminder.rule, reminder.step,
        reminder.customer?.description ?? "row \(reminder.key)", reminder.state.word,
        reminder.reasonWords ?? "", reminder.channel ?? "", "\(reminder.attempts)",
      ])
    }
    print(table.text)
    if limit > 0, found.count == limit {
      Standard.error("only the newest \(limit) are shown; --limit 0 shows all")
    }
  }

  private func all(
    _ ledger: any ReadingLedger, _ selection: ReminderSelection
  ) async throws -> [ReminderSummary] {
    var found: [ReminderSummary] = []
    while limit == 0 || found.count < limit {
      let wanted = limit == 0 ? OutboxList.page : min(OutboxList.page, limit - found.count)
      let page = try await ledger.reminders(selection, before: found.last?.id, limit: wanted)
      found += page
      if page.count < wanted { break }
    }
    return found
  }

  private func printCSV(_ found: [ReminderSummary], _ time: TimeText) {
    print(
      CSVOutput.line([
        "id", "rule", "step", "leg", "row", "cycle", "customer", "state", "reason", "due",
        "use_until",
        "next", "decided", "channel", "attempts",
      ]))
    for reminder in found {
      print(
        CSVOutput.line([
          reminder.publicID, reminder.rule, reminder.step, "\(reminder.leg)",
          reminder.key.description, reminder.cycle.description,
          reminder.customer?.description ?? "", reminder.state.word, reminder.reasonWords ?? "",
          time.stamp(reminder.due), time.stamp(reminder.useUntil),
          time.stamp(reminder.next) ?? "", time.stamp(reminder.decided) ?? "",
          reminder.channel ?? "", "\(reminder.attempts)",
        ]))
    }
  }
}

/// A reminder for scripts.
struct ReminderView: Encodable {
  let id: String
  let rule: String
  let step: String
  let leg: Int
  let row: String
  let cycle: String
  let customer: String?
  let state: String
  let reason: String?
  let due: String
  let useUntil: String
  let next: String?
  let decided: String?
  let channel: String?
  let attempts: Int

  init(_ reminder: ReminderSummary, _ time: TimeText) {
    id = reminder.publicID
    rule = reminder.rule
    step = reminder.step
    leg = reminder.leg
    row = reminder.key.description
    cycle = reminder.cycle.description
    customer = reminder.customer?.description
    state = reminder.state.word
    reason = reminder.reasonWords
    due = time.stamp(reminder.due)
    useUntil = time.stamp(reminder.useUntil)
    next = time.stamp(reminder.next)
    decided = time.stamp(reminder.decided)
    channel = reminder.channel
    attempts = reminder.attempts
  }
}
