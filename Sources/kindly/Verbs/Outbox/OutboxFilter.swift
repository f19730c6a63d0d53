import ArgumentParser
import KindlyConfig
import KindlyControl
import KindlyCore

/// Selects the reminders for a verb of the outbox; all given criteria must match.
struct OutboxFilter: ParsableArguments {
  @Option(help: "Only this rule.", completion: Known.rules)
  var rule: String?

  @Option(help: "Only those last tried on this channel.", completion: Known.channels)
  var channel: String?

  @Option(help: ArgumentHelp("Only this state.", valueName: "state"))
  var state: ReminderState?

  @Option(
    help: ArgumentHelp("Only this reason, such as \"quiet hours\".", valueName: "reason"))
  var reason: ListedReason?

  @Option(
    help: ArgumentHelp(
      """
      Only those due at or after this time: 2026-02-10, "2026-02-10 09:30", 3d (three days ago) or +2h (in two hours). \
      A time in the past selects reminders due up to now, unless --until is given. +0m selects all that are still to come.
      """, valueName: "time"))
  var since: Since?

  @Option(help: ArgumentHelp("Only those due before this time.", valueName: "time"))
  var until: Since?

  @Option(help: ArgumentHelp("Only this customer.", valueName: "id"))
  var customer: String?

  /// The selection of the ledger's readers.
  func selection(_ workplace: Workplace) -> ReminderSelection {
    var selection = filter(workplace).reminders
    selection.hasApplied = reason?.hasApplied
    return selection
  }

  /// The same for the control socket. It does not tell `never applied` from `condition`: no verb that writes can change
  /// reminders that ended for either.
  func filter(_ workplace: Workplace) -> Selection.Filter {
    let start = since?.instant(now: workplace.now, zone: workplace.zone)
    var end = until?.instant(now: workplace.now, zone: workplace.zone)
    // "Since an hour ago" ends now for everybody who says it; what is due tomorrow is not meant.
    if let since, let start, end == nil, !since.isAhead, start <= workplace.now {
      end = workplace.now + .milliseconds(1)
    }
    return Selection.Filter(
      rule: rule, channel: channel, state: state, reason: meantReason, since: start, until: end,
      customer: customer.map(workplace.customerKey))
  }

  /// Refuses names that neither the configuration nor the ledger knows.
  func checkNames(_ workplace: Workplace, _ ledger: any ReadingLedger) async throws {
    if let rule { try await OutboxFilter.check(rule: rule, workplace, ledger) }
    if let channel {
      let configured = workplace.configuration.channels.map(\.name)
      try OutboxFilter.check("channel", channel, configured, try await ledger.names().channels)
    }
  }

  /// Refuses the name of a rule that neither the configuration nor the ledger knows.
  static func check(
    rule: String, _ workplace: Workplace, _ ledger: any ReadingLedger
  ) async throws {
    let rules = workplace.configuration.rules.flatMap { [$0.name] + $0.formerNames }
    try check("rule", rule, rules, try await ledger.names().rules)
  }

  private static func check(
    _ kind: String, _ name: String, _ configured: [String], _ kept: [String]
  ) throws {
    let known = configured + kept.filter { !configured.containsExactly($0) }
    guard known.containsExactly(name) else {
      throw UnknownName(kind, name, among: known).failure
    }
  }

  /// The reason that is meant. Two states share the words `rule absent`; the requested state decides between them.
  private var meantReason: Reason? {
    guard let meant = reason?.reason, let state else { return reason?.reason }
    return Reason.allCases.first { $0.words == meant.words && $0.state == state } ?? meant
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

  func validate() throws {
    guard ids.isEmpty != filter.isEmpty else {
      throw ValidationError(
        "choose reminders by id, or by --rule, --channel, --state, --reason, --since, --until or --customer"
      )
    }
  }

  /// The selection as the control socket takes it.
  func selection(_ workplace: Workplace, for verb: BulkVerb) throws -> Selection {
    guard ids.isEmpty else { return .ids(ids) }
    if let state = filter.state, state != verb.state {
      throw Failure(
        .usage, "expected --state \(verb.state.word), got \(state.word): \(verb.limits)")
    }
    return .matching(filter.filter(workplace))
  }
}

extension ReminderState: ExpressibleByArgument {
  package init?(argument: String) { self.init(word: argument.lowercased()) }

  package static var allValueStrings: [String] { allCases.map(\.word) }
}

/// A reason as `kindly outbox list` shows it, where `never applied` stands for a condition that has never held.
struct ListedReason: Hashable {
  let reason: Reason
  /// Whether the condition must have held at least once; nil for a reason that does not say.
  let hasApplied: Bool?
}

extension ListedReason: ExpressibleByArgument {
  /// Reads `quiet hours`, and `quiet-hours` for those who dislike quoting.
  init?(argument: String) {
    let words = ListedReason.spaced(argument.lowercased())
    if ListedReason.spaced(ReminderSummary.neverAppliedWords).isExactly(words) {
      self.init(reason: .condition, hasApplied: false)
      return
    }
    let found = Reason.given.first { ListedReason.spaced($0.words).isExactly(words) }
    guard let found else { return nil }
    self.init(reason: found, hasApplied: found == .condition ? true : nil)
  }

  private static func spaced(_ words: String) -> String { words.replacing("-", with: " ") }

  /// The words that something gives, each once.
  static var allValueStrings: [String] {
    (Reason.given.map(\.words) + [ReminderSummary.neverAppliedWords]).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }
}
