import ArgumentParser
import KindlyControl
import KindlyCore
import KindlyDaemon

/// The reminders that the fuse of a rule holds, as the target of `release` and `drop`.
struct HeldReminders: ParsableArguments {
  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The rule.", completion: Known.rules)
  var rule: String

  @OptionGroup var consent: BulkConsent

  /// Counts them, asks, makes the change and prints the result.
  ///
  /// - Parameter request: makes the request from the rule and the newest reminder that was counted.
  func run(
    _ verb: BulkVerb, first: Int? = nil, _ request: (String, Int64?) -> ControlRequest
  ) async throws {
    let workplace = try await place.workplace()
    let summary = try await workplace.reading { ledger in
      try await OutboxFilter.check(rule: rule, workplace, ledger)
      return try await ledger.summary(
        of: verb, on: ReminderSelection(rule: rule), now: workplace.now)
    }
    let held = summary.words(workplace.time)
    let chosen = first.map { $0 < summary.count ? "the first \($0) of \(held)" : held } ?? held
    if consent.dryRun { return print("dry run: \(chosen) would be \(verb.participle)") }
    guard summary.count > 0 else {
      return print("rule \(rule) holds no reminders; nothing was changed")
    }
    try await consent.ask(about: chosen, verb.participle)
    // Reminders planned while the person decides were not in the count.
    print(try await Desk(workplace: workplace).ask(request(rule, summary.newest)))
  }
}
