import ArgumentParser
import KindlyControl
import KindlyCore

/// Which reminders a verb of the outbox is about; every part that is given must fit.
struct OutboxFilter: ParsableArguments {
  @Option(help: "Of this rule.")
  var rule: String?

  @Option(help: "Last tried on this channel.")
  var channel: String?

  @Option(help: ArgumentHelp("In this state.", valueName: "state"))
  var state: ReminderState?

  @Option(help: ArgumentHelp("With this reason, such as `quiet hours`.", valueName: "reason"))
  var reason: Reason?

  @Option(help: "Due at or after: 2026-02-10, \"2026-02-10 09:30\", or 3d for three days ago.")
  var since: Since?

  @Option(help: "Due before.")
  var until: Since?

  @Option(help: ArgumentHelp("About this customer.", valueName: "id"))
  var customer: String?

  /// The selection of the ledger's readers.
  func selection(_ workplace: Workplace) -> ReminderSelection {
    ReminderSelection(
      rule: rule, channel: channel, states: state.map { [$0] } ?? [], reason: meantReason,
      since: since?.instant(now: workplace.now, zone: workplace.zone),
      until: until?.instant(now: workplace.now, zone: workplace.zone),
      customer: customer.map(workplace.customerKey))
  }

  /// Two states share the words `rule absent`; the state that was asked for tells which is meant.
  private var meantReason: Reason? {
    guard let reason, let state else { return reason }
    return Reason.allCases.first { $0.words == reason.words && $0.state == state } ?? reason
  }

  var isEmpty: Bool {
    rule == nil && channel == nil && state == nil && reason == nil && since == nil && until == nil
      && customer == nil
  }
}

/// The reminders that a writing verb of the outbox changes: named by id, or found by a filter.
struct OutboxTarget: ParsableArguments {
  @Argument(help: "Ids of reminders, as `kindly outbox list` shows them.")
  var ids: [String] = []

  @OptionGroup var filter: OutboxFilter

  /// A customer's reminders go by id; more than these are no one customer's.
  private static let mostOfCustomer = 1000

  func validate() throws {
    guard ids.isEmpty != filter.isEmpty else {
      throw ValidationError(
        "say which reminders: by id, or by --rule, --channel, --state, --reason, --since, --until or --customer"
      )
    }
  }

  /// The selection as the control socket takes it.
  func selection(_ workplace: Workplace) async throws -> Selection {
    guard ids.isEmpty else { return .ids(ids) }
    let selection = filter.selection(workplace)
    guard selection.customer != nil else {
      return .matching(
        Selection.Filter(
          rule: selection.rule, channel: selection.channel, state: filter.state,
          reason: selection.reason, since: selection.since, until: selection.until))
    }
    let found = try await workplace.reading {
      try await $0.reminders(selection, before: nil, limit: OutboxTarget.mostOfCustomer)
    }
    let open = found.filter { !$0.state.isFinal }.map(\.publicID)
    guard !open.isEmpty else {
      throw Failure(.refused, "no open reminder of that customer fits")
    }
    return .ids(open)
  }
}

extension ReminderState: ExpressibleByArgument {
  package init?(argument: String) { self.init(word: argument.lowercased()) }

  package static var allValueStrings: [String] { allCases.map(\.word) }
}

extension Reason: ExpressibleByArgument {
  /// Reads `quiet hours`, and `quiet-hours` for those who dislike quoting.
  package init?(argument: String) {
    let words = argument.lowercased().replacing("-", with: " ")
    let found = Reason.allCases.first { $0.words.replacing("-", with: " ") == words }
    guard let found else { return nil }
    self = found
  }

  package static var allValueStrings: [String] { allCases.map(\.words) }
}
