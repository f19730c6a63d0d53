import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyLedger

/// Does in the ledger what the daemon would do on its control socket, when no daemon runs.
///
/// The changes take effect when the daemon starts. The person's name comes from this process instead of the socket.
struct LedgerDesk {
  let workplace: Workplace
  let ledger: any ActingLedger & ReadingLedger & KeepingLedger

  private var now: Instant { workplace.now }
  private var configuration: Configuration { workplace.configuration }

  func answer(_ request: ControlRequest) async throws -> String {
    switch request {
    case .pause(let scope, let seconds, let because):
      return try await pause(scope, seconds, because)
    case .resume(let scope):
      // Also a rule that is gone from the configuration may be paused still.
      guard
        try await ledger.resume(PauseScope(scope), note: Caller.note(because: nil), now: now)
      else {
        let scope = try await known(scope)
        throw Failure(.refused, "\(scope.words) was not paused")
      }
      return "\(PauseScope(scope).words) resumed; its reminders go on when the daemon starts"
    case .outboxRetry, .outboxCancel, .outboxRestore, .outboxSettle, .resend:
      return try await outbox(request)
    case .sourceAccept(let name, let because):
      return try await accept(.accept, name, because)
    case .sourceIgnore(let name, let because):
      return try await accept(.ignore, name, because)
    case .inboxRead(let ids):
      let count = try await ledger.markRead(ids, note: Caller.note(because: nil), now: now)
      return "\(count) marked read"
    case .suppressionAdd(let address, let customer, let because):
      let note = Caller.note(because: because)
      return try LedgerDesk.text(
        of: SuppressionWords.added(
          try await ledger.suppress(
            address, of: customer.map(RowKey.init(canonical:)), note: note, now: now)))
    case .suppressionLift(let selection, let because):
      let note = Caller.note(because: because)
      return try LedgerDesk.text(
        of: SuppressionWords.lifted(try await ledger.lift(selection, note: note, now: now)))
    case .arm(let because):
      try await ledger.arm(Caller.note(because: because), now: now)
      return "armed; reminders that are due are sent when the daemon starts"
    case .clockAccept(let because): return try await acceptClock(because)
    case .reload, .sendTest, .standing, .ping:
      throw ControlError.daemonNotRunning(path: workplace.socket)
    }
  }

  private static func text(of reply: ControlReply) throws -> String {
    switch reply {
    case .ok(let text, _): return text
    case .refused(let text): throw Failure(.refused, text)
    // Only a question about the daemon itself is answered so, and none comes this way.
    case .standing(let standing): return "kindly \(standing.version) is running"
    }
  }

  private func pause(
    _ scope: ControlRequest.Scope, _ seconds: Int?, _ because: String
  ) async throws -> String {
    let scope = try await known(scope)
    let until = seconds.map { now + .seconds($0) }
    try await ledger.pause(scope, until: until, note: Caller.note(because: because), now: now)
    let end = until.map { "until \(configuration.timezone.text(of: $0))" } ?? "until it is resumed"
    return "\(scope.words) paused \(end)"
  }

  /// Accepts a clock that would hold the next daemon: one that is before the recorded time or far ahead of it. Without
  /// a daemon nothing is known of steps.
  private func acceptClock(_ because: String) async throws -> String {
    let last = try await ledger.lastTime()
    guard last > now || ClockGuard.isFarAhead(now, of: last) else {
      throw Failure(.refused, "the clock agrees with the ledger; there is nothing to accept")
    }
    let revived = try await ledger.acceptClock(Caller.note(because: because), now: now)
    let time = configuration.timezone.text(of: now)
    return
      "clock accepted: it is \(time); planning and sending continue when the daemon starts\(revivedWords(revived))"
  }

  private func known(_ scope: ControlRequest.Scope) async throws -> PauseScope {
    let unknown = try await scope.unknownName(
      rules: configuration.rules.map(\.name), channels: configuration.channels.map(\.name),
      in: ledger)
    if let unknown { throw unknown.failure }
    return PauseScope(scope)
  }

  private func outbox(_ request: ControlRequest) async throws -> String {
    switch request {
    case .outboxRetry(let selection):
      let count = try await ledger.retry(
        try await ledger.chosen(selection), note: Caller.note(because: nil), now: now)
      return "due now: \(counted(count, "waiting reminder"))"
    case .outboxCancel(let selection, let because):
      let count = try await ledger.cancel(
        try await ledger.chosen(selection), note: Caller.note(because: because), now: now)
      return "\(counted(count, "reminder")) cancelled"
    case .outboxRestore(let selection, let because):
      let count = try await ledger.restore(
        try await ledger.chosen(selection), note: Caller.note(because: because), now: now)
      return "\(counted(count, "reminder")) restored"
    case .outboxSettle(let id, let settlement, let because):
      try await ledger.settle(
        try await ledger.number(of: id), as: settlement == .sent ? .sent : .failed,
        note: Caller.note(because: because), now: now)
      return "\(id) is settled as \(settlement.rawValue)"
    case .resend(let id, let because):
      let made = try await ledger.resend(
        try await ledger.number(of: id), useUntil: now + Lateness.afterMoment,
        note: Caller.note(because: because), now: now)
      let name = try await ledger.reminder(.id(made))?.summary.publicID ?? "\(made)"
      return "\(id) is sent again as \(name) when the daemon starts"
    case .pause, .resume, .sourceAccept, .sourceIgnore, .inboxRead, .suppressionAdd,
      .suppressionLift, .reload, .sendTest, .arm, .clockAccept, .standing, .ping:
      preconditionFailure("\(request.verb) is no verb of the outbox")
    }
  }

  private func accept(
    _ acceptance: SourceAcceptance, _ name: String, _ because: String
  ) async throws -> String {
    let watches = Set(
      texts: configuration.watches.filter { $0.name == name || $0.source == name }.map(\.name))
    guard !watches.isEmpty else {
      let names = configuration.watches.map(\.name) + configuration.sources.map(\.name)
      throw UnknownName(
        "watch or source", name, among: names, plural: "watches and sources"
      ).failure
    }
    let held = try await ledger.standings()
      .filter { watches.contains($0.key) && $0.value.anyHold != nil }.keys.sorted().map(\.string)
    guard !held.isEmpty else { throw Failure(.refused, "\(name) has no held changes") }
    for watch in held {
      try await ledger.accept(
        acceptance, ofWatch: watch, note: Caller.note(because: because), now: now)
    }
    let what =
      acceptance == .accept ? "the held changes take effect" : "the held changes are discarded"
    return "\(held.joined(separator: ", ")): \(what) at the daemon's next look"
  }
}

extension PauseScope {
  /// What is paused, as people say it.
  var words: String {
    switch self {
    case .all: "everything"
    case .rule(let name): "rule \(name)"
    case .channel(let name): "channel \(name)"
    }
  }
}
