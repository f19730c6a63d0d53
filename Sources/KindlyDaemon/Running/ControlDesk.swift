import KindlyControl
import KindlyCore
import KindlyLedger
import Logging

/// Does what people ask on the control socket, and records who asked and why.
struct ControlDesk: Sendable {
  let daemon: Daemon
  let bells: Bells

  func answer(_ request: ControlRequest, from peer: Peer) async -> ControlReply {
    do {
      let before = try await lastAction()
      let reply = try await reply(to: request, peer)
      if case .ok(let text, _) = reply, !request.tellsItself {
        daemon.options.log.notice("\(request.verb) by \(peer.user): \(text)")
        if let before { try await tell(of: request, by: peer, after: before) }
      }
      return reply
    } catch {
      return .refused(text: "\(error)")
    }
  }

  /// The last thing that a person did; nil where nobody is told what it changes.
  private func lastAction() async throws -> Int64? {
    guard daemon.options.log.tellsEachReminder else { return nil }
    return try await daemon.ledger.reader.actions(before: nil, limit: 1).first?.id ?? 0
  }

  /// More lines than this say no more to anyone.
  private static let mostTold = 10_000

  /// Tells the journal at debug what a request did to each reminder.
  private func tell(of request: ControlRequest, by peer: Peer, after action: Int64) async throws {
    let changed = try await daemon.ledger.reader.reminders(
      ReminderSelection(actedAfter: action), before: nil, limit: ControlDesk.mostTold)
    for reminder in changed.reversed() {
      let reason = reminder.reasonWords.map { " (\($0))" } ?? ""
      daemon.options.log.tell(
        of: reminder.publicID, rule: reminder.rule, customer: reminder.customer,
        "\(request.verb) by \(peer.user): it is \(reminder.state.word)\(reason)")
    }
  }

  private var now: Instant { daemon.options.clock.now }

  private func reply(to request: ControlRequest, _ peer: Peer) async throws -> ControlReply {
    switch request {
    case .ping: return .ok(text: "kindly \(daemon.options.version) is running", count: 1)
    case .standing: return .standing(daemon.standing(now: now))
    case .pause(let scope, let seconds, let because):
      return try await pause(scope, seconds, peer.note(because))
    case .resume(let scope): return try await resume(scope, peer.note(nil))
    case .outboxRetry, .outboxCancel, .outboxRestore, .outboxSettle, .resend:
      return try await outbox(request, peer)
    case .sourceAccept(let name, let because):
      return try await accept(.accept, name, peer.note(because))
    case .sourceIgnore(let name, let because):
      return try await accept(.ignore, name, peer.note(because))
    case .inboxRead(let ids):
      let count = try await daemon.ledger.markRead(ids, note: peer.note(nil), now: now)
      return .ok(text: "\(count) marked read", count: count)
    case .suppressionAdd(let address, let customer, let because):
      let isNew = try await daemon.ledger.suppress(
        address, of: customer.map(RowKey.init(canonical:)), note: peer.note(because), now: now)
      return SuppressionWords.added(isNew)
    case .suppressionLift(let selection, let because):
      let lift = try await daemon.ledger.lift(selection, note: peer.note(because), now: now)
      await bells.dispatcher.ring()
      return SuppressionWords.lifted(lift)
    case .reload(let acceptDrop):
      let text = try await daemon.reloader.reload(acceptDrop: acceptDrop, askedBy: peer.user)
      await bells.ringAll()
      return .ok(text: text, count: 1)
    case .sendTest(let channel, let address): return await sendTest(channel, address)
    case .arm(let because):
      try await daemon.ledger.arm(peer.note(because), now: now)
      await bells.ringAll()
      return .ok(text: "armed; reminders that are due are sent from now on", count: 1)
    case .clockAccept(let because): return try await acceptClock(peer.note(because))
    }
  }

  /// Pauses; when this returns, no further hand-over begins.
  private func pause(
    _ scope: ControlRequest.Scope, _ seconds: Int?, _ note: ActionNote
  ) async throws -> ControlReply {
    if let problem = try await unknown(scope) { return .refused(text: problem) }
    let since = now
    let until = seconds.map { since + .seconds($0) }
    let pause = Pause(
      scope: PauseScope(scope), since: since, until: until, because: note.because ?? "",
      by: note.user)
    try await daemon.ledger.pause(pause.scope, until: until, note: note, now: since)
    daemon.pauses.add(pause)
    let zone = daemon.current.value.zone
    let end = until.map { "until \(zone.text(of: $0))" } ?? "until it is resumed"
    return .ok(text: "\(scope.words) paused \(end)", count: 1)
  }

  private func resume(
    _ scope: ControlRequest.Scope, _ note: ActionNote
  ) async throws -> ControlReply {
    let wasPaused = try await daemon.ledger.resume(PauseScope(scope), note: note, now: now)
    daemon.pauses.remove(PauseScope(scope))
    // The ledger has woken the reminders it deferred itself; this wakes those that the pause of a channel held at the
    // gate.
    _ = try await daemon.ledger.wake([.paused], scope: PauseScope(scope), now: now)
    await bells.dispatcher.ring()
    guard wasPaused else {
      return .refused(text: try await unknown(scope) ?? "\(scope.words) was not paused")
    }
    return .ok(text: "\(scope.words) resumed; its waiting reminders are sent now", count: 1)
  }

  /// Why nothing has the name of a scope; nil if the configuration or the ledger has it.
  private func unknown(_ scope: ControlRequest.Scope) async throws -> String? {
    let generation = daemon.current.value
    return try await scope.unknownName(
      rules: generation.rules.keys.sorted().map(\.string),
      channels: generation.outlets.keys.sorted().map(\.string), in: daemon.ledger
    )?.text
  }

  private func accept(
    _ acceptance: SourceAcceptance, _ name: String, _ note: ActionNote
  ) async throws -> ControlReply {
    let generation = daemon.current.value
    let watches = generation.watches.values
      .filter { $0.name == name || $0.source == name }.map(\.name).sortedExactly
    guard !watches.isEmpty else {
      let names =
        generation.watches.keys.sorted().map(\.string)
        + generation.sources.keys.sorted().map(\.string)
      return .refused(
        text: UnknownName(
          "watch or source", name, among: names, plural: "watches and sources"
        ).text)
    }
    let held = watches.filter { daemon.health.hold(of: $0) != nil }
    guard !held.isEmpty else { return .refused(text: "\(name) has no held changes") }
    for watch in held {
      try await daemon.ledger.accept(acceptance, ofWatch: watch, note: note, now: now)
    }
    for board in [bells.watchers, bells.schedulers] { await board.ringAll() }
    let what =
      acceptance == .accept ? "the held changes take effect" : "the held changes are discarded"
    return .ok(text: "\(held.joined(separator: ", ")): \(what) at the next look", count: held.count)
  }

  private func acceptClock(_ note: ActionNote) async throws -> ControlReply {
    guard daemon.clocks.hold() != nil else {
      return .refused(text: "the clock is trusted; there is nothing to accept")
    }
    let revived = try await daemon.acceptClock(note)
    await bells.ringAll()
    let time = daemon.current.value.zone.text(of: now)
    return .ok(
      text: "clock accepted: it is \(time); planning and sending continue\(revivedWords(revived))",
      count: 1)
  }

  /// Hands one test message to a channel as it is configured, past the outbox.
  private func sendTest(_ channel: String, _ address: String) async -> ControlReply {
    let generation = daemon.current.value
    guard let outlet = generation.outlets[channel] else {
      let names = generation.outlets.keys.sorted().map(\.string)
      return .refused(text: UnknownName("channel", channel, among: names).text)
    }
    let id = "test-\(now.milliseconds)"
    let text = "This is a test of the channel \(channel). If you can read it, the channel works."
    let delivery = Delivery(
      publicID: id, messageID: "\(id)@kindly.invalid", rule: "send-test", messageClass: .service,
      recipient: Recipient(name: "", address: address, customer: "test"),
      message: Message(subject: "A test from Kindly", text: text, shortText: text), attempt: 1,
      date: now)
    do {
      let payload = try outlet.channel.prepare(delivery)
      let outcome = await outlet.channel.send(payload, deadline: .seconds(60))
        .masked(by: Mask([(address, .address)]))
      if case .sent(let evidence) = outcome { return .ok(text: "sent: \(evidence)", count: 1) }
      return .refused(text: "\(outcome.word): \(outcome.text)")
    } catch {
      return .refused(text: "\(error)")
    }
  }
}

extension ControlRequest {
  /// Whether the journal has its line from elsewhere, or needs none.
  fileprivate var tellsItself: Bool {
    switch self {
    case .reload, .standing, .ping: true
    case .pause, .resume, .outboxRetry, .outboxCancel, .outboxRestore, .outboxSettle, .resend,
      .sourceAccept, .sourceIgnore, .inboxRead, .suppressionAdd, .suppressionLift, .sendTest, .arm,
      .clockAccept:
      false
    }
  }
}

extension Peer {
  /// Who asked and why, as the ledger records it.
  func note(_ because: String?) -> ActionNote {
    ActionNote(uid: uid, user: user, because: because)
  }
}

extension ControlRequest.Scope {
  var words: String {
    switch self {
    case .all: "everything"
    case .rule(let name): "rule \(name)"
    case .channel(let name): "channel \(name)"
    }
  }
}
