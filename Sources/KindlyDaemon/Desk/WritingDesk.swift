package import KindlyControl
package import KindlyCore

/// Carries out the verbs that write in the ledger: for the daemon, and for a command that holds the ledger while no
/// daemon runs.
package struct WritingDesk<Setting: DeskSetting>: Sendable {
  package typealias Ledger = ActingLedger & KeepingLedger & DispatchingLedger & NoticingLedger
    & ReadingLedger

  let ledger: any Ledger
  let names: DeskNames
  let setting: Setting
  let clock: any Timekeeper
  let note: @Sendable (_ because: String?) -> ActionNote

  /// - Parameter note: who asks, with the reason that was given.
  package init(
    ledger: any Ledger, names: DeskNames, setting: Setting, clock: any Timekeeper,
    note: @escaping @Sendable (_ because: String?) -> ActionNote
  ) {
    self.ledger = ledger
    self.names = names
    self.setting = setting
    self.clock = clock
    self.note = note
  }

  var now: Instant { clock.now }

  /// Carries out a request; nil where only a daemon can answer it.
  package func answer(_ request: ControlRequest) async throws -> ControlReply? {
    do {
      return try await reply(to: request)
    } catch let refusal as DeskRefusal {
      return .refused(text: refusal.text)
    } catch let problem as LedgerProblem where problem.kind == .refused {
      return .refused(text: problem.description + (problem.hint.map { "; \($0)" } ?? ""))
    }
  }

  private func reply(to request: ControlRequest) async throws -> ControlReply? {
    switch request {
    case .pause(let scope, let seconds, let because):
      return try await pause(scope, seconds, note(because))
    case .resume(let scope): return try await resume(scope)
    case .outboxRetry(let selection): return try await retry(selection)
    case .outboxCancel(let selection, let because): return try await cancel(selection, because)
    case .outboxRestore(let selection, let because): return try await restore(selection, because)
    case .release(let rule, let first, let through, let because):
      return try await release(rule, first: first, through: through, because)
    case .drop(let rule, let through, let because):
      return try await drop(rule, through: through, because)
    case .outboxSettle(let id, let settlement, let because):
      return try await settle(id, settlement, because)
    case .resend(let id, let because): return try await resend(id, because)
    case .sourceAccept(let name, let because): return try await accept(.accept, name, because)
    case .sourceIgnore(let name, let because): return try await accept(.ignore, name, because)
    case .inboxRead(let ids):
      let count = try await ledger.markRead(ids, note: note(nil), now: now)
      return .ok(text: "\(count) marked read", count: count)
    case .task(let id, let action, let by):
      try await ledger.act(on: id, action, by: by, note: note(nil), now: now)
      return .ok(text: "task \(id) \(words(of: action))", count: 1)
    case .suppressionAdd(let address, let customer, let because):
      return try await suppress(address, customer, because)
    case .suppressionLift(let selection, let because): return try await lift(selection, because)
    case .forget(let customer, let because):
      return try await forget(RowKey(canonical: customer), because)
    case .arm(let because): return try await arm(because)
    case .clockAccept(let because): return try await acceptClock(because)
    case .reload, .sendTest, .standing, .ping: return nil
    }
  }
}

// MARK: Tasks

extension WritingDesk {
  /// What an action did to a task.
  private func words(of action: TaskAction) -> String {
    switch action {
    case .take: "is taken"
    case .done(let outcome, _, _): "is done: \(outcome)"
    case .again(_, let date, _, _): "is to be done again on \(date)"
    case .snooze(let until, _): "is put off until \(names.zone.text(of: until))"
    case .give(let other, _): "is given to \(other)"
    }
  }
}

// MARK: Pauses

extension WritingDesk {
  /// Pauses; when this returns, no further hand-over begins.
  private func pause(
    _ scope: ControlRequest.Scope, _ seconds: Int?, _ note: ActionNote
  ) async throws -> ControlReply {
    try await check(scope)
    let since = now
    let until = seconds.map { since + .seconds($0) }
    let pause = Pause(
      scope: PauseScope(scope), since: since, until: until, because: note.because ?? "",
      by: note.user)
    try await ledger.pause(pause.scope, until: until, note: note, now: since)
    setting.apply(pause)
    let end = until.map { "until \(names.zone.text(of: $0))" } ?? "until it is resumed"
    return .ok(text: "\(pause.scope.words) paused \(end)", count: 1)
  }

  private func resume(_ scope: ControlRequest.Scope) async throws -> ControlReply {
    let scope = (asked: scope, kept: PauseScope(scope))
    let wasPaused = try await ledger.resume(scope.kept, note: note(nil), now: now)
    setting.lift(scope.kept)
    // The ledger has woken what was put off; this wakes what the gate put off until it heard that the pause is over.
    _ = try await ledger.wake([.paused], scope: scope.kept, now: now)
    await setting.wake(.outbox)
    guard wasPaused else {
      // A rule that is gone from the configuration may be paused still, so its name is checked only now.
      try await check(scope.asked)
      throw DeskRefusal("\(scope.kept.words) was not paused")
    }
    let next = setting.isRunning ? "are sent now" : "are sent when the daemon starts"
    return .ok(text: "\(scope.kept.words) resumed; its waiting reminders \(next)", count: 1)
  }

  /// Refuses a scope whose name neither the configuration nor the ledger has.
  private func check(_ scope: ControlRequest.Scope) async throws {
    let unknown = try await scope.unknownName(
      rules: names.rules, channels: names.channels, in: ledger)
    if let unknown { throw DeskRefusal(unknown.text) }
  }
}

// MARK: The outbox

extension WritingDesk {
  private func retry(_ selection: Selection) async throws -> ControlReply {
    let count = try await ledger.retry(
      try await ledger.chosen(selection), note: note(nil), now: now)
    await setting.wake(.outbox)
    return .ok(text: "due now: \(counted(count, "waiting reminder"))", count: count)
  }

  private func cancel(_ selection: Selection, _ because: String) async throws -> ControlReply {
    let count = try await ledger.cancel(
      try await ledger.chosen(selection), note: note(because), now: now)
    return .ok(text: "\(counted(count, "reminder")) cancelled", count: count)
  }

  private func restore(_ selection: Selection, _ because: String) async throws -> ControlReply {
    let count = try await ledger.restore(
      try await ledger.chosen(selection), note: note(because), now: now)
    await setting.wake(.outbox)
    return .ok(text: "\(counted(count, "reminder")) restored", count: count)
  }

  private func release(
    _ rule: String, first: Int?, through: Int64?, _ because: String
  ) async throws -> ControlReply {
    try await check(.rule(rule))
    let release = try await ledger.release(
      rule, first: first, through: through, note: note(because), now: now)
    guard release.released > 0 else { throw DeskRefusal("rule \(rule) holds no reminders") }
    await setting.wake(.outbox)
    let left =
      release.left > 0
      ? "; \(release.left) \(release.left == 1 ? "is" : "are") still held" : ""
    let next = setting.isRunning ? "" : " and the daemon runs"
    let count = counted(release.released, "reminder")
    return .ok(
      text: "\(count) of rule \(rule) released; each is sent once it is due\(next)\(left)",
      count: release.released)
  }

  private func drop(
    _ rule: String, through: Int64?, _ because: String
  ) async throws -> ControlReply {
    try await check(.rule(rule))
    let count = try await ledger.drop(rule, through: through, note: note(because), now: now)
    guard count > 0 else { throw DeskRefusal("rule \(rule) holds no reminders") }
    return .ok(
      text: "\(counted(count, "reminder")) of rule \(rule) dropped, and never sent", count: count)
  }

  private func settle(
    _ id: String, _ settlement: ControlRequest.Settlement, _ because: String
  ) async throws -> ControlReply {
    try await ledger.settle(
      try await ledger.number(of: id), as: settlement == .sent ? .sent : .failed,
      note: note(because), now: now)
    return .ok(text: "\(id) is settled as \(settlement.rawValue)", count: 1)
  }

  private func resend(_ id: String, _ because: String) async throws -> ControlReply {
    let new = try await ledger.resend(
      try await ledger.number(of: id), useUntil: now + Lateness.afterMoment, note: note(because),
      now: now)
    await setting.wake(.outbox)
    let name = try await ledger.reminder(.id(new))?.summary.publicID ?? "\(new)"
    let when = setting.isRunning ? "" : " when the daemon starts"
    return .ok(text: "\(id) is sent again as \(name)\(when)", count: 1)
  }
}

// MARK: Sources, people and the ledger itself

extension WritingDesk {
  private func accept(
    _ acceptance: SourceAcceptance, _ name: String, _ because: String
  ) async throws -> ControlReply {
    let watches = names.watches.filter { $0.name.isExactly(name) || $0.source.isExactly(name) }
      .map(\.name)
    guard !watches.isEmpty else {
      let known = names.watches.map(\.name) + names.sources
      throw DeskRefusal(
        UnknownName("watch or source", name, among: known, plural: "watches and sources").text)
    }
    let standings = try await ledger.standings()
    // Until the next look, a decision can still be changed.
    let held = watches.filter { watch in
      guard let standing = standings[watch] else { return false }
      return standing.anyHold != nil || standing.isDecided || setting.holds(watch)
    }
    guard !held.isEmpty else { throw DeskRefusal("\(name) has no held changes") }
    for watch in held {
      try await ledger.accept(acceptance, ofWatch: watch, note: note(because), now: now)
    }
    await setting.wake(.sources)
    let what =
      acceptance == .accept ? "the held changes take effect" : "the held changes are discarded"
    let when = setting.isRunning ? "at the next look" : "at the daemon's next look"
    return .ok(text: "\(held.joined(separator: ", ")): \(what) \(when)", count: held.count)
  }

  private func suppress(
    _ address: String, _ customer: String?, _ because: String
  ) async throws -> ControlReply {
    let isNew = try await ledger.suppress(
      address, of: customer.map(RowKey.init(canonical:)), note: note(because), now: now)
    guard isNew else {
      throw DeskRefusal(
        "this address is suppressed already; `kindly suppression list` shows since when")
    }
    return .ok(text: "suppressed; nothing is sent to this address until it is lifted", count: 1)
  }

  private func lift(
    _ selection: SuppressionSelection, _ because: String
  ) async throws -> ControlReply {
    let lift = try await ledger.lift(selection, note: note(because), now: now)
    guard lift.lifted > 0 else {
      throw DeskRefusal(
        "no suppressed address matches; `kindly suppression list` shows all of them")
    }
    await setting.wake(.outbox)
    let addresses = counted(lift.lifted, "address", "addresses")
    let reminders = counted(lift.revived, "reminder")
    return .ok(text: "\(addresses) lifted; \(reminders) back in the queue", count: lift.lifted)
  }

  private func forget(_ customer: RowKey, _ because: String) async throws -> ControlReply {
    let summary = try await ledger.forget(
      customer, inWatch: names.home, namedIn: names.customerColumns, note: note(because), now: now)
    let cancelled =
      summary.cancelled > 0 ? "; \(counted(summary.cancelled, "reminder")) cancelled" : ""
    return .ok(
      text:
        "customer \(customer) is forgotten: \(counted(summary.deleted, "text")) deleted\(cancelled)",
      count: summary.deleted)
  }

  private func arm(_ because: String) async throws -> ControlReply {
    try await ledger.arm(note(because), now: now)
    await setting.wake(.everything)
    let when = setting.isRunning ? "from now on" : "when the daemon starts"
    return .ok(text: "armed; reminders that are due are sent \(when)", count: 1)
  }

  private func acceptClock(_ because: String) async throws -> ControlReply {
    guard try await setting.doubtsClock(ledger, now: now) else {
      throw DeskRefusal("the clock is trusted; there is nothing to accept")
    }
    let revived = try await setting.acceptClock(ledger, note(because), now: now)
    await setting.wake(.everything)
    let time = names.zone.text(of: now)
    let when = setting.isRunning ? "" : " when the daemon starts"
    return .ok(
      text:
        "clock accepted: it is \(time); planning and sending continue\(when)\(revivedWords(revived))",
      count: 1)
  }
}

/// A request that the desk refuses, with what to tell the person who asked.
package struct DeskRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let text: String

  package var description: String { text }

  init(_ text: String) {
    self.text = text
  }
}

extension ReadingLedger {
  /// The ledger's number of a public id.
  package func number(of id: String) async throws -> Int64 {
    guard let detail = try await reminder(.publicID(id)) else {
      throw DeskRefusal("there is no reminder \(id); `kindly outbox list` shows the ids")
    }
    return detail.summary.id
  }

  /// A selection of the control socket as the ledger takes it; one that would mean everything is refused.
  package func chosen(_ selection: Selection) async throws -> ReminderSelection {
    switch selection {
    case .ids(let ids):
      var numbers: [Int64] = []
      for id in ids { numbers.append(try await number(of: id)) }
      if !numbers.isEmpty { return ReminderSelection(ids: numbers) }
    case .matching(let filter):
      if !filter.isEmpty { return filter.reminders }
    }
    throw DeskRefusal("choose reminders by id, or by rule, channel, state, reason or time")
  }
}
