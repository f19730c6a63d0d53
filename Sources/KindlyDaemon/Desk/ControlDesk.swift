import KindlyControl
import KindlyCore
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
    return try await daemon.ledger.actions(before: nil, limit: 1).first?.id ?? 0
  }

  /// More lines than this say no more to anyone.
  private static let mostTold = 10_000

  /// Tells the journal at debug what a request did to each reminder.
  private func tell(of request: ControlRequest, by peer: Peer, after action: Int64) async throws {
    let changed = try await daemon.ledger.reminders(
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
    let desk = WritingDesk(
      ledger: daemon.ledger, names: DeskNames(daemon.current.value),
      setting: RunningDaemon(daemon: daemon, bells: bells), clock: daemon.options.clock
    ) { because in ActionNote(uid: peer.uid, user: peer.user, because: because) }
    switch request {
    case .ping: return .ok(text: "kindly \(daemon.options.version) is running", count: 1)
    case .standing: return .standing(daemon.standing)
    case .reload(let acceptDrop):
      let text = try await daemon.reloader.reload(acceptDrop: acceptDrop, askedBy: peer.user)
      await bells.ringAll()
      return .ok(text: text, count: 1)
    case .sendTest(let channel, let address, let template, let parameters):
      return await sendTest(channel, address, template, parameters)
    case .pause, .resume, .outboxRetry, .outboxCancel, .outboxRestore, .outboxSettle, .resend,
      .release, .drop, .sourceAccept, .sourceIgnore, .inboxRead, .task, .suppressionAdd,
      .suppressionLift, .forget,
      .arm,
      .clockAccept:
      guard let reply = try await desk.answer(request) else {
        preconditionFailure("\(request.verb) is no verb of the desk")
      }
      return reply
    }
  }

  /// Hands one test message to a channel as it is configured, past the outbox.
  private func sendTest(
    _ channel: String, _ address: String, _ template: String?, _ parameters: [String]
  ) async -> ControlReply {
    let generation = daemon.current.value
    guard let outlet = generation.outlets[channel] else {
      let names = generation.outlets.keys.sorted().map(\.string)
      return .refused(text: UnknownName("channel", channel, among: names).text)
    }
    let id = "test-\(now.milliseconds)"
    let text = "This is a test of the channel \(channel). If you can read it, the channel works."
    let delivery = Delivery(
      publicID: id, messageID: "\(id)@kindly.invalid", rule: "send-test", messageClass: .service,
      about: "test", recipient: Recipient(key: "test", name: "", address: address),
      message: Message(
        subject: "A test from Kindly", text: text, shortText: text,
        forms: [ChannelForm(channel: channel, template: template, written: parameters)]),
      attempt: 1, date: now)
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
      .release, .drop, .sourceAccept, .sourceIgnore, .inboxRead, .task, .suppressionAdd,
      .suppressionLift, .forget,
      .sendTest, .arm,
      .clockAccept:
      false
    }
  }
}

/// The daemon that the desk's requests take effect in.
private struct RunningDaemon: DeskSetting {
  let daemon: Daemon
  let bells: Bells

  var isRunning: Bool { true }

  func holds(_ watch: String) -> Bool { daemon.health.hold(of: watch) != nil }

  func apply(_ pause: Pause) { daemon.pauses.add(pause) }

  func lift(_ scope: PauseScope) { daemon.pauses.remove(scope) }

  func wake(_ part: DeskPart) async {
    switch part {
    case .outbox: await bells.dispatcher.ring()
    case .sources: for board in [bells.watchers, bells.schedulers] { await board.ringAll() }
    case .everything: await bells.ringAll()
    }
  }

  func doubtsClock(_: any KeepingLedger, now _: Instant) -> Bool { daemon.clocks.hold() != nil }

  func acceptClock(_: any ActingLedger, _ note: ActionNote, now _: Instant) async throws -> Int {
    try await daemon.acceptClock(note)
  }
}

extension ChannelForm {
  /// A form of parameters that are written `NAME=VALUE`.
  fileprivate init(channel: String, template: String?, written parameters: [String]) {
    self.init(
      channel: channel, template: template,
      parameters: parameters.map { text in
        let name = text.prefix { $0 != "=" }
        return Parameter(name: String(name), value: String(text.dropFirst(name.count + 1)))
      })
  }
}
