import KindlyCore
import Logging

/// Takes ready reminders from a lane one after the other and hands each over: what one connection of a channel does.
struct HandOver: Sendable {
  let generation: Generation
  let around: Surroundings
  let tally: Tally
  /// Called where something may be due, or a lane has room again, before the dispatcher's next look.
  let stirred: @Sendable () async -> Void

  var ledger: any DispatchingLedger & NoticingLedger { around.ledger }
  var clock: any Timekeeper { around.clock }
  var log: Logger { around.log }

  /// Works until the lane is closed and empty.
  ///
  /// The outcome of one message and the `sending` of the next are submitted together: one commit a message.
  func work(_ lane: Lane) async throws {
    var owed: [Transition] = []
    var isFirst = true
    while true {
      var taken = isFirst ? await lane.takeNow() : await lane.takeNext()
      isFirst = false
      if taken == nil {
        try await submit(&owed)
        taken = await lane.take()
      }
      guard let taken else { return }
      if taken.makesRoom { await stirred() }
      do {
        try await handOver(taken.errand, lane, &owed)
      } catch {
        // The previous message's outcome is recorded even if this message failed; otherwise it would be sent again.
        try await submit(&owed)
        throw error
      }
    }
  }

  private func handOver(
    _ errand: Errand, _ lane: Lane, _ owed: inout [Transition]
  ) async throws {
    guard try await waitsForSlot(of: lane, &owed) else {
      owed += errand.reminders.map { $0.move(.release) }
      return
    }
    guard let parcel = try await ready(for: errand, &owed) else { return }
    let ready = parcel.lead
    if isHeld(parcel) {
      owed += parcel.moves(.release)
      return
    }
    if mustNotBeRepeated(ready) {
      owed.append(parcel.move(.uncertain(nil, again: ready.reminder.useUntil)))
      return
    }
    // Recorded before the next question, which may take its time.
    if ready.reminder.uncertainties > 0 { try await submit(&owed) }
    let stored = try await storedPayload(of: ready)
    if stored == nil, needsStoredPayload(ready) {
      owed.append(parcel.move(.uncertain(nil, again: ready.reminder.useUntil)))
      return
    }
    if stored == nil, readsFiles(ready) { try await submit(&owed) }
    guard let written = try await written(parcel, again: stored, &owed) else { return }
    try await handOver(written, lane, &owed)
  }

  /// Hands a rendered message over and records the outcome.
  private func handOver(
    _ written: WrittenParcel, _ lane: Lane, _ owed: inout [Transition]
  ) async throws {
    let parcel = written.parcel
    let ready = parcel.lead
    owed.append(sending(written))
    let dropped = try await submit(&owed)
    if dropped.contains(ready.reminder.id) { return }
    // Checked again, because the commit took some time. Nothing was handed over, so it does not count as tried.
    if isHeld(parcel) {
      owed.append(parcel.move(.release))
      return
    }
    let began = clock.now
    let channel = ready.outlet.channel
    let outcome = await channel.send(
      written.writing.payload, deadline: deadline(of: ready, now: began)
    )
    .masked(by: mask(of: parcel))
    let doubt = try await doubt(about: outcome, ready)
    let moved = transition(outcome, parcel, began: began, doubt)
    owed.append(moved)
    await learn(from: outcome, ready, began: began, lane)
    tell(outcome, of: parcel, moved.move)
    if case .rejected(let refusal) = outcome, refusal.suppressesAddress, doubt == .proven {
      try await suppress(ready, because: refusal.text)
    }
  }

  /// What is recorded just before a hand-over.
  private func sending(_ written: WrittenParcel) -> Transition {
    let ready = written.parcel.lead
    let writing = written.writing
    return Transition(
      reminder: ready.reminder.id, lease: ready.reminder.lease,
      move: .sending(channel: ready.outlet.channel.name, routePosition: ready.routePosition),
      templateHash: writing.templateHash, payload: writing.kept, passedOver: ready.passedOver,
      announcement: writing.isNew ? ready.announcement(in: generation) : nil,
      address: bouncing(ready), recipient: otherRecipient(ready),
      others: written.parcel.others.map(\.reminder.id))
  }

  /// The address of a message that may bounce or be answered; nil if the message is redirected.
  ///
  /// It is kept even without a mailbox, because one may be configured before the answer comes.
  private func bouncing(_ ready: ReadyReminder) -> String? {
    let isMail = ready.outlet.channel.traits.address == .email
    return isMail && !generation.isRedirected ? ready.address : nil
  }

  /// Who gets the message, if that is not the customer.
  private func otherRecipient(_ ready: ReadyReminder) -> String? {
    if generation.isRedirected { return AttemptRecord.redirected }
    return ready.recipient.kind == .customers ? nil : ready.recipient.words
  }

  /// Waits until the channel's rate lets the next hand-over begin; false where the lane is retired first.
  private func waitsForSlot(of lane: Lane, _ owed: inout [Transition]) async throws -> Bool {
    let slot = await lane.slot(now: clock.now)
    guard slot > clock.now else { return true }
    try await submit(&owed)
    while slot > clock.now {
      if await lane.isRetired { return false }
      // At a slow rate the slot may be an hour away, and a shutdown must not wait for it.
      try await clock.sleep(until: min(slot, clock.now + HandOver.longestSleep))
    }
    return true
  }

  /// How soon a worker that waits for its slot notices that its lane is retired.
  private static let longestSleep = Duration.seconds(1)

  /// Whether, since the reminder passed the gate, a pause began, the channel failed as a whole, the rule's watch was held
  /// for a person, or the clock was doubted.
  ///
  /// Such a reminder is put back and passes the gate again, so that those in the lane behind a failure do not fail in
  /// the same way.
  private func isHeld(_ parcel: Parcel) -> Bool {
    let ready = parcel.lead
    let channel = ready.outlet.channel.name
    let now = clock.now
    return around.breakers.downUntil(channel, now: now) != nil
      || around.breakers.downUntil(ready.destination, of: channel, now: now) != nil
      || around.clocks.hold() != nil
      || parcel.members.contains { member in
        around.pauses.pausedUntil(rule: member.rule.name, channel: channel, now: now) != nil
          || around.health.hold(of: member.rule.watch) != nil
      }
  }

  /// Whether the message may have arrived and must not be repeated, so that a person decides.
  ///
  /// Its channel would no longer recognise a repeat, or has repeated it as often as it may. A reload may have changed
  /// the channel's type since the hand-over.
  private func mustNotBeRepeated(_ ready: ReadyReminder) -> Bool {
    let traits = ready.outlet.channel.traits
    let reminder = ready.reminder
    guard reminder.uncertainties > 0 else { return false }
    if reminder.uncertainties > traits.afterUnknown.repeats { return true }
    let now = clock.now
    return !reminder.mayRepeat(at: now, began: now, traits)
  }

  /// Whether only the same bytes would be recognised as a repeat of what may have arrived.
  ///
  /// A message about several rows is repeated unchanged, because some of its rows may be gone.
  private func needsStoredPayload(_ ready: ReadyReminder) -> Bool {
    ready.reminder.uncertainties > 0
      && (ready.outlet.channel.traits.repeatWindow != nil || ready.reminder.leads)
  }

  /// How long the hand-over may take: a repeat must arrive while the channel recognises it.
  private func deadline(of ready: ReadyReminder, now: Instant) -> Duration {
    guard ready.reminder.uncertainties > 0, let first = ready.reminder.firstAttempt,
      let window = ready.outlet.channel.traits.repeatWindow
    else { return ready.outlet.deadline }
    return min(ready.outlet.deadline, first + window - now)
  }

  /// The parcel to hand over now; nil if there is none, in which case transitions have been added to `owed`.
  private func ready(for errand: Errand, _ owed: inout [Transition]) async throws -> Parcel? {
    switch errand {
    case .handOver(let stale):
      guard let parcel = try await refreshed(stale, &owed) else { return nil }
      return try await withLists(parcel, &owed)
    case .ask(let unanswered):
      // The other side may take its time, and a crash meanwhile would make the message before uncertain.
      try await submit(&owed)
      guard try await isMissing(unanswered, &owed) else { return nil }
      guard
        let parcel = try await triaged(
          [unanswered.reminder], for: unanswered.outlet, isAsked: true, &owed)
      else { return nil }
      return try await withLists(parcel, &owed)
    }
  }

  /// The parcel with fresh rows: a recheck older than five seconds is repeated.
  func refreshed(_ parcel: Parcel, _ owed: inout [Transition]) async throws -> Parcel? {
    let now = clock.now
    if now <= parcel.lead.checked + Recheck.freshness { return parcel }
    // The source may take its time, and a crash meanwhile would make the message before uncertain.
    try await submit(&owed)
    return try await triaged(
      parcel.members.map(\.reminder), for: parcel.lead.outlet, isAsked: false, &owed)
  }

  /// Rechecks reminders and returns those that are still to be sent over the same channel.
  private func triaged(
    _ reminders: [ClaimedReminder], for outlet: Outlet, isAsked: Bool, _ owed: inout [Transition]
  ) async throws -> Parcel? {
    let triage = Triage(
      generation: generation, around: around, now: clock.now, isAsked: isAsked)
    var parcel: Parcel?
    var left = Set(reminders)
    for item in try await triage.decide(reminders) {
      switch item {
      case .errand(.handOver(let fresh))
      where parcel == nil && fresh.lead.outlet.channel.name == outlet.channel.name:
        parcel = fresh
        let ids = Set(fresh.members.map(\.reminder.id))
        left = left.filter { !ids.contains($0.id) }
      // It now belongs to another channel or parcel: it is put back, so that it gets into the right lane.
      case .errand: break
      case .moved(let transition):
        owed.append(transition)
        for reminder in left where reminder.id == transition.reminder {
          log.tell(transition, of: reminder, in: generation.zone)
          left.remove(reminder)
        }
      }
    }
    // In a fixed order, so that each run does the same.
    owed += left.sorted { $0.id < $1.id }.map { $0.move(.release) }
    return parcel
  }

  /// Counts an outcome, and takes from it what it says of the channel.
  private func learn(
    from outcome: Outcome, _ ready: ReadyReminder, began: Instant, _ lane: Lane
  ) async {
    // Kindly withdrew it itself, so it says nothing about the channel.
    guard let attempt = outcome.attempt else { return }
    let channel = ready.outlet.channel.name
    tally.count(attempt)
    let breakers = around.breakers
    let now = clock.now
    let opening = breakers.record(
      outcome, of: channel, to: ready.recipient.distinctKey.description, at: ready.destination,
      began: began, now: now)
    await lane.note(outcome, began: began, opensBreaker: opening == .channel, now: now)
    switch opening {
    case .nothing: break
    case .channel:
      let until = breakers.downUntil(channel, now: now) ?? now
      log.error(
        "channel \(channel): \(outcome.text); nothing is sent over it until \(generation.zone.text(of: until))",
        metadata: ["channel": "\(channel)"])
    case .destination:
      let until = breakers.downUntil(ready.destination, of: channel, now: now) ?? now
      let destination = ready.destination?.string ?? ""
      log.warning(
        "channel \(channel): \(destination) refuses all recipients: \(outcome.text); nothing is sent there until \(generation.zone.text(of: until)); other destinations are not affected",
        metadata: ["channel": "\(channel)"])
    }
  }

  private func transition(
    _ outcome: Outcome, _ parcel: Parcel, began: Instant, _ doubt: RefusalDoubt.Verdict
  ) -> Transition {
    let now = clock.now
    let ready = parcel.lead
    guard
      let record = AttemptRecord(
        channel: ready.outlet.channel.name, began: began, ended: now, outcome: outcome,
        recipient: otherRecipient(ready))
    else { return parcel.move(.release) }
    let disposition = Disposition.decide(
      Disposition.Question(
        outcome: outcome, traits: ready.outlet.channel.traits, reminder: ready.reminder,
        useUntil: parcel.members.map(\.reminder.useUntil).max() ?? ready.reminder.useUntil,
        routePosition: ready.routePosition, nextPosition: ready.next?.position, now: now,
        began: began, policy: .standard, doubt: doubt))
    switch disposition {
    case .sent:
      return parcel.move(
        .sent(record),
        followUp: ready.followUp(now: now, in: ready.recipient.zone ?? generation.zone))
    case .wait(let reason, let until, let position):
      return parcel.move(.wait(reason, until: until, routePosition: position, record))
    case .uncertain(let again): return parcel.move(.uncertain(record, again: again))
    case .end(let reason): return parcel.move(.end(reason, record))
    case .release: return parcel.move(.release)
    }
  }

  @discardableResult
  func submit(_ owed: inout [Transition]) async throws -> Set<Int64> {
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

extension Transition {
  /// Whether the reminder can be claimed again afterwards.
  fileprivate var isPutBack: Bool {
    switch move {
    case .wait, .uncertain, .release: true
    case .sending, .sent, .found, .end: false
    }
  }
}
