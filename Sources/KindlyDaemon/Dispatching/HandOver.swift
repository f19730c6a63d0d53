import KindlyCore
import KindlyTemplates
import Logging

/// Takes ready reminders from a lane one after the other and hands each over: what one connection of a channel does.
struct HandOver: Sendable {
  let generation: Generation
  let ledger: any DispatchingLedger & NoticingLedger
  let health: Health
  let pauses: PauseBoard
  let breakers: BreakerBoard
  let clock: any Timekeeper
  let log: Logger
  let tally: Tally
  /// Called when something was put back that may be due before the dispatcher's next look.
  let stirred: @Sendable () async -> Void

  /// Works until the lane is closed and empty.
  ///
  /// The outcome of one message and the `sending` of the next are submitted together: one commit a message.
  func work(_ lane: Lane) async throws {
    var owed: [Transition] = []
    while true {
      var ready = await lane.takeNow()
      if ready == nil {
        try await submit(&owed)
        ready = await lane.take()
      }
      guard let ready else { return }
      try await handOver(ready, lane, &owed)
    }
  }

  private func handOver(
    _ stale: ReadyReminder, _ lane: Lane, _ owed: inout [Transition]
  ) async throws {
    let slot = await lane.slot(now: clock.now)
    if slot > clock.now {
      try await submit(&owed)
      try await clock.sleep(until: slot)
    }
    guard let ready = try await refreshed(stale, &owed) else { return }
    let channel = ready.outlet.channel
    if isHeld(ready) {
      owed.append(ready.reminder.move(.release))
      return
    }
    let payload: Payload
    let templateHash: String
    do {
      (payload, templateHash) = try write(ready)
    } catch {
      owed.append(unwritten(ready, error))
      return
    }
    let reminder = ready.reminder
    owed.append(
      Transition(
        reminder: reminder.id, lease: reminder.lease, move: .sending(channel: channel.name),
        templateHash: templateHash))
    let dropped = try await submit(&owed)
    if dropped.contains(reminder.id) { return }
    // Asked once more, because committing took its time; nothing was handed over, so it does not count as tried.
    if isHeld(ready) {
      owed.append(reminder.move(.release))
      return
    }
    let began = clock.now
    let outcome = await channel.send(payload, deadline: ready.outlet.deadline)
    owed.append(try await settle(outcome, ready, began: began))
  }

  /// Whether a pause came, or the channel failed as a whole, since the reminder passed the gate.
  ///
  /// Given back, it meets the gate again: what is in the lane behind a failure must not run into the same wall.
  private func isHeld(_ ready: ReadyReminder) -> Bool {
    let channel = ready.outlet.channel.name
    let now = clock.now
    return pauses.pausedUntil(rule: ready.rule.name, channel: channel, now: now) != nil
      || breakers.downUntil(channel, now: now) != nil
  }

  /// The reminder as its row is now: a recheck older than five seconds is repeated.
  private func refreshed(
    _ ready: ReadyReminder, _ owed: inout [Transition]
  ) async throws -> ReadyReminder? {
    let now = clock.now
    if now <= ready.checked + Recheck.freshness { return ready }
    let triage = Triage(
      generation: generation, ledger: ledger, health: health, pauses: pauses, breakers: breakers,
      now: now)
    switch try await triage.decide([ready.reminder]).first {
    case .ready(let fresh) where fresh.outlet.channel.name == ready.outlet.channel.name:
      return fresh
    case .ready:
      // Another channel's turn now: given back, so that it comes into that channel's lane.
      owed.append(ready.reminder.move(.release))
    case .moved(let transition): owed.append(transition)
    case nil: owed.append(ready.reminder.move(.release))
    }
    return nil
  }

  private func write(_ ready: ReadyReminder) throws -> (Payload, String) {
    let reminder = ready.reminder
    let message = try generation.letters.render(
      ready.step.template, scope: ready.scope(now: clock.now, generation: generation))
    let recipient = Recipient(
      name: ready.customer.name, address: ready.address,
      customer: ready.customer.key.description, language: ready.customer.language)
    let delivery = Delivery(
      publicID: reminder.publicID, messageID: reminder.messageID, rule: ready.rule.name,
      messageClass: ready.step.messageClass, recipient: recipient, message: message,
      attempt: reminder.attempts + 1, date: reminder.firstAttempt ?? clock.now)
    return (try ready.outlet.channel.prepare(delivery), message.templateHash)
  }

  /// What a person can mend waits; an address that can never be one goes to the route's next channel or fails.
  private func unwritten(_ ready: ReadyReminder, _ error: any Error) -> Transition {
    let reminder = ready.reminder
    if health.failed(.template(ready.step.template), with: SourceProblem(.condition, "\(error)")) {
      log.error(
        """
        rule \(ready.rule.name), step \(ready.step.name), row \(reminder.key): \(error); the reminder waits, and goes \
        by itself when the template is mended and reloaded in time
        """,
        metadata: [
          "rule": "\(ready.rule.name)", "customer": "\(ready.customer.key)",
          "reminder": "\(reminder.publicID)",
        ])
    }
    if let unfit = error as? UnfitDelivery, unfit.fault == .address {
      let refusal = Refusal(unfit.description)
      return transition(
        .rejected(refusal), ready, began: clock.now)
    }
    return reminder.waiting(.templateError, until: clock.now + Triage.quarantinePause)
  }

  private func settle(
    _ outcome: Outcome, _ ready: ReadyReminder, began: Instant
  ) async throws -> Transition {
    let channel = ready.outlet.channel.name
    tally.count(outcome, rule: ready.rule.name)
    if breakers.note(outcome, of: channel, now: clock.now) {
      log.error(
        "channel \(channel): \(outcome.text); nothing is sent over it until \(breakers.downUntil(channel, now: clock.now).map(\.description) ?? "now")",
        metadata: ["channel": "\(channel)"])
    }
    if case .rejected(let refusal) = outcome, refusal.suppressesAddress {
      try await ledger.suppress(
        Suppression(address: ready.address, because: refusal.text), now: clock.now)
    }
    log.debug(
      "\(outcome.word): rule \(ready.rule.name), step \(ready.step.name)",
      metadata: [
        "rule": "\(ready.rule.name)", "customer": "\(ready.customer.key)",
        "channel": "\(channel)", "reminder": "\(ready.reminder.publicID)",
        "attempt": "\(ready.reminder.attempts + 1)",
      ])
    return transition(outcome, ready, began: began)
  }

  private func transition(
    _ outcome: Outcome, _ ready: ReadyReminder, began: Instant
  ) -> Transition {
    let now = clock.now
    let record = AttemptRecord(
      channel: ready.outlet.channel.name, began: began, ended: now, outcome: outcome)
    let disposition = Disposition.decide(
      Disposition.Question(
        outcome: outcome, traits: ready.outlet.channel.traits, reminder: ready.reminder,
        routePosition: ready.routePosition, routeLength: ready.route.channels.count, now: now,
        policy: .standard))
    switch disposition {
    case .sent: return ready.reminder.move(.sent(record))
    case .wait(let reason, let until, let position):
      return ready.reminder.move(.wait(reason, until: until, routePosition: position, record))
    case .uncertain(let again): return ready.reminder.move(.uncertain(record, again: again))
    case .end(let reason): return ready.reminder.move(.end(reason, record))
    }
  }

  @discardableResult
  private func submit(_ owed: inout [Transition]) async throws -> Set<Int64> {
    guard !owed.isEmpty else { return [] }
    let transitions = owed
    owed = []
    let dropped = try await ledger.submit(transitions, now: clock.now)
    if transitions.contains(where: \.isPutBack) { await stirred() }
    for id in dropped {
      log.warning("reminder number \(id) was taken by another process; its outcome here is dropped")
    }
    return Set(dropped)
  }
}

extension ReadyReminder {
  /// What the template may name.
  fileprivate func scope(now: Instant, generation: Generation) -> TemplateScope {
    let watch = generation.watches[rule.watch]
    let context = watch.map { generation.momentContext(of: $0, zone: customer.zone) }
    return TemplateScope(
      this: this, old: old, customer: customer, moment: reminder.due, rule: rule.name, now: now,
      zone: context?.zone ?? generation.zone, sourceZone: context?.sourceZone ?? generation.zone,
      language: customer.language,
      secretColumns: Set(watch.flatMap { generation.directory?.secretColumns(of: $0) } ?? []))
  }
}

extension Transition {
  /// Whether the reminder can be claimed again afterwards.
  fileprivate var isPutBack: Bool {
    switch move {
    case .wait, .uncertain, .release: true
    case .sending, .sent, .end: false
    }
  }
}
