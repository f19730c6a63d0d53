import ArgumentParser
import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyDesk

/// How a verb that may change many reminders ensures that the intended ones are meant.
struct BulkConsent: ParsableArguments {
  @Flag(help: "Show what would change, and change nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Do not ask; a script needs it wherever the command would ask.")
  var yes = false

  func validate() throws {
    if dryRun && yes { throw ValidationError("choose one of --dry-run and --yes") }
  }
}

extension BulkConsent {
  /// Asks a person whether what was counted is what they meant; throws where it is not, or where nobody can be asked.
  ///
  /// - Parameters:
  ///   - count: What would change, such as `52 reminders`.
  ///   - participle: What becomes of it, such as `cancelled`.
  func ask(about count: String, _ participle: String) async throws {
    if yes { return }
    guard Terminal.isThere else {
      throw Failure(
        .usage,
        "\(count) would be \(participle), but there is no terminal to ask on; add --yes to confirm, or --dry-run to only show this"
      )
    }
    let isMeant = try await Terminal().ask(
      "\(count) will be \(participle). Go on? (yes or no)", proposing: "no"
    ) { answer in
      switch answer.lowercased() {
      case "yes", "y": true
      case "no", "n": false
      default: throw Failure(.usage, "expected yes or no")
      }
    }
    guard isMeant else { throw Failure(.refused, "nothing was changed") }
  }
}

/// What all verbs take that change a selection of reminders, after a person has seen how many they are.
struct BulkOptions: ParsableArguments {
  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: OutboxTarget
  @OptionGroup var consent: BulkConsent

  func run(_ verb: BulkVerb, _ request: (Selection) -> ControlRequest) async throws {
    let change = BulkChange(
      verb: verb, workplace: try await place.workplace(), target: target, consent: consent)
    try await change.run(request)
  }
}

/// A verb of the outbox at work on the reminders that a person named.
private struct BulkChange {
  let verb: BulkVerb
  let workplace: Workplace
  let target: OutboxTarget
  let consent: BulkConsent

  /// Counts, asks where a filter chose the reminders, and makes the change; prints what came of it.
  func run(_ request: (Selection) -> ControlRequest) async throws {
    let (selection, summary) = try await workplace.reading { ledger in
      try await target.filter.checkNames(workplace, ledger)
      let selection = try target.selection(workplace, for: verb)
      let chosen = try await ledger.chosen(selection)
      if case .ids(let ids) = selection { try await refuseOthers(among: ids, ledger) }
      return (selection, try await ledger.summary(of: verb, on: chosen, now: workplace.now))
    }
    let words = summary.words(workplace.time)
    if consent.dryRun { return print("dry run: \(words) would be \(verb.participle)") }
    guard case .matching(var filter) = selection else {
      return print(try await Desk(workplace: workplace).ask(request(selection)))
    }
    guard summary.count > 0 else { return print("no reminder matches; nothing was changed") }
    try await consent.ask(about: words, verb.participle)
    // Reminders planned while the person decides were not in the count.
    filter.through = summary.newest
    print(try await Desk(workplace: workplace).ask(request(.matching(filter))))
  }

  /// An id names one reminder, so one that the verb cannot change is an error and not a smaller number.
  private func refuseOthers(among ids: [String], _ ledger: any ReadingLedger) async throws {
    for id in ids {
      let number = try await ledger.number(of: id)
      let fitting = try await ledger.summary(
        of: verb, on: ReminderSelection(ids: [number]), now: workplace.now)
      if fitting.count > 0 { continue }
      let state = try await ledger.reminder(.id(number)).map {
        ReminderStory.state(of: $0.summary)
      }
      throw Failure(
        .refused,
        "reminder \(id) cannot be \(verb.participle): it is \(state ?? "gone"); \(verb.limits)")
    }
  }
}

extension BulkSummary {
  /// `52 reminders (lease 2, trial 50; due 2026-11-28 09:00 CET to 2026-11-29 09:00 CET)`.
  func words(_ time: TimeText) -> String {
    let count = counted(self.count, "reminder")
    guard let first = firstDue, let last = lastDue else { return count }
    let rules = byRule.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let span = first == last ? time(first) : "\(time(first)) to \(time(last))"
    return "\(count) (\(rules); due \(span))"
  }
}

extension BulkVerb {
  /// What becomes of the reminders.
  var participle: String {
    switch self {
    case .retry: "retried"
    case .cancel: "cancelled"
    case .restore: "restored"
    case .release: "released"
    case .drop: "dropped"
    }
  }

  /// The state that the reminders must be in.
  var state: ReminderState {
    switch self {
    case .retry, .cancel, .release, .drop: .waiting
    case .restore: .cancelled
    }
  }

  /// What the verb can change.
  var limits: String {
    switch self {
    case .retry:
      """
      only reminders that wait for a reason and are due can be retried; `kindly release` sends what a rule's fuse holds
      """
    case .release, .drop:
      "only reminders that the fuse of their rule holds can be released or dropped"
    case .cancel:
      "only waiting reminders can be cancelled; `kindly outbox settle` decides an uncertain one"
    case .restore:
      "only reminders that a person cancelled and that are still useful can be restored"
    }
  }
}
