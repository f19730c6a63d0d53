import KindlyCore
import Logging

/// Reads the rows of claimed reminders again, a rule at a time, and decides which of them may leave.
struct Triage {
  let generation: Generation
  let around: Surroundings
  let now: Instant
  /// The standings of all fuses; empty for reminders that have passed the fuse already.
  var fuses = FuseStandings()
  /// Whether the channel has just been asked about a reminder that may have arrived, and had not taken it.
  var isAsked = false

  var ledger: any DispatchingLedger & NoticingLedger & FuseLedger { around.ledger }
  private var health: Health { around.health }
  private var log: Logger { around.log }

  /// How soon a source that did not answer is asked again for a reminder.
  static let unreachablePause = Duration.seconds(30)
  /// How soon a rule whose SQL fails is tried again; a reload tries at once.
  static let quarantinePause = Duration.minutes(5)

  func decide(_ claimed: [ClaimedReminder]) async throws -> [Triaged] {
    var triaged: [Triaged] = []
    var groups: [Subject: [ClaimedReminder]] = [:]
    let followUps = claimed.filter { FollowUp.isFollowUp(leg: $0.leg) }.map(\.id)
    let followed = followUps.isEmpty ? [:] : try await ledger.followed(by: followUps)
    let replied = try await ledger.replied(among: claimed.map(\.id))
    for reminder in claimed {
      if let unanswered = unanswered(reminder) {
        triaged.append(.errand(.ask(unanswered)))
      } else if replied.byCustomers.contains(reminder.id)
        || replied.byColleagues.contains(reminder.id) && goesToColleague(reminder)
      {
        triaged.append(.moved(reminder.ended(.replied)))
      } else if followed[reminder.id]?.isRead == true {
        triaged.append(.moved(reminder.ended(.read)))
      } else if now >= reminder.useUntil {
        triaged.append(.moved(reminder.move(.end(Gate.end(ofUseless: reminder), nil))))
      } else if let subject = subject(of: reminder) {
        groups[subject, default: []].append(reminder)
      } else {
        triaged.append(
          .moved(reminder.waiting(.ruleAbsentWaiting, until: reminder.useUntil)))
      }
    }
    var passed: [Passed] = []
    for (subject, reminders) in groups.sorted(by: { $0.key.order < $1.key.order }) {
      if let end = pausedUntil(subject) {
        triaged += reminders.map { .moved($0.waiting(.sourceUnreachable, until: end)) }
        continue
      }
      do {
        let judged = try await Inquiry(
          generation: generation, ledger: ledger, subject: subject, now: now, clock: around.clock
        ).ask(reminders)
        if health.recordRecovery(of: .recheck(rule: subject.rule.name)) {
          log.notice("rule \(subject.rule.name) can be rechecked again", metadata: subject.metadata)
        }
        for columns in [judged.directory, judged.colleagues] { columns?.record(in: health, log) }
        record(judged.faults, of: subject)
        health.settle(places(of: reminders, subject, judged), of: subject.rule.name)
        passed += judged.passed
        triaged += judged.moved.map(Triaged.moved)
      } catch let problem as SourceProblem {
        await report(problem, of: subject)
        triaged += reminders.map { .moved(unreadable($0, problem)) }
      }
    }
    return triaged + (try await settle(passed, followed))
  }

  /// When a step's rows and people may be asked about again, if one of their watches did not answer in time; otherwise
  /// nil.
  private func pausedUntil(_ subject: Subject) -> Instant? {
    let databases = generation.databases
    let now = around.clock.now
    let home = subject.watch.about == .nobody ? nil : databases.home
    return [subject.watch, home, databases.staff].compactMap(\.self)
      .compactMap { databases.slowWatches.pausedUntil($0.name, now: now) }.max()
  }

  /// The rows that were read and that nothing failed on.
  private func places(
    of reminders: [ClaimedReminder], _ subject: Subject, _ judged: Inquiry.Answer
  ) -> [RowFault.Place] {
    let faulty = Set(judged.faults.map(\.place))
    // Nothing was judged where columns of the directory are missing.
    guard judged.directory?.problem == nil else { return [] }
    let own = reminders.map { RowFault.Place(watch: subject.watch.name, key: $0.key) }
    return (own + judged.passed.flatMap { $0.places(in: generation) })
      .filter { !faulty.contains($0) }
  }

  /// Finds the channels of each reminder, keeps the newest of a row's overdue steps that can be sent, and asks the
  /// gate.
  private func settle(
    _ passed: [Passed], _ followed: [Int64: FollowUp.Followed]
  ) async throws -> [Triaged] {
    let cards = try await cards(among: passed)
    let passed = cards.remaining
    let suppressed = try await suppressions(among: passed)
    let choices = passed.map { candidate in
      findChannels(
        for: candidate, besides: followed[candidate.reminder.id]?.channel,
        suppressed: suppressed[candidate.reminder.messageClass] ?? [])
    }
    let bids = zip(passed, choices).map { ($0.reminder.id, bid(of: $0.reminder, $1)) }
    let succession = try await succession(
      of: passed, Dictionary(bids) { first, _ in first }, besides: cards.ofOpenTasks,
      followed)
    var triaged = cards.moved.map(Triaged.moved)
    var ready: [ReadyReminder] = []
    for (candidate, choice) in zip(passed, choices) {
      let reminder = candidate.reminder
      if let successor = succession.successors[reminder.id] {
        triaged.append(.moved(reminder.superseded(by: successor)))
        continue
      }
      switch choice {
      case .usable(let channels):
        // A reminder that `unless` ends does not count for the fuse.
        if let condition = candidate.unless, !cards.ofOpenTasks.contains(reminder.id),
          case .ready(let open) = gate(channels, asksFuse: false), open.leavesNow
        {
          triaged.append(.moved(reminder.excused(by: condition)))
          continue
        }
        switch gate(channels) {
        case .ready(let open):
          if let until = succession.undecided[reminder.id], until < reminder.useUntil,
            !open.waitsForDigest, reminder.uncertainties == 0
          {
            triaged.append(.moved(reminder.waiting(forNewerStepUntil: until)))
          } else {
            ready.append(open)
          }
        case .triaged(let one): triaged.append(one)
        }
      // A person can correct it.
      case .invalid(let fault):
        triaged.append(.moved(fault.wait(of: reminder, now: now, in: around)))
      case .none(let transition): triaged.append(.moved(transition))
      }
    }
    let gathering = DigestGathering(ledger: ledger, zone: generation.zone, now: now)
    return triaged + (try await gathering.gather(ready))
  }

  /// Whether a reminder can be sent, as far as older steps of its row depend on it.
  private func bid(of reminder: ClaimedReminder, _ choice: Choice) -> Bid {
    // What may have arrived counts as sent.
    guard reminder.trigger.isDated, reminder.uncertainties == 0 else { return .able }
    switch choice {
    case .usable(let channels):
      let isClosed = channels.allSatisfy { channel in
        if case .never = decision(on: channel, asksFuse: false) { true } else { false }
      }
      return isClosed ? .unable : .able
    case .invalid:
      let since = reminder.waitReason == .addressInvalid ? reminder.waitingSince ?? now : now
      guard now < since + Recheck.grace else { return .unable }
      return .undecided(
        until: Recheck.nextLook(at: reminder, waitingFor: .addressInvalid, now: now))
    case .none(let transition):
      guard case .wait(_, let until, _, _) = transition.move else { return .unable }
      return .undecided(until: until)
    }
  }

  /// The gate's answer for a reminder.
  private enum Passage {
    case ready(ReadyReminder)
    case triaged(Triaged)
  }

  /// The suppressed addresses of the reminders' recipients, by the class of the messages.
  private func suppressions(
    among passed: [Passed]
  ) async throws -> [MessageClass: Set<ExactText>] {
    var suppressed: [MessageClass: Set<ExactText>] = [:]
    for (messageClass, members) in Dictionary(grouping: passed, by: \.reminder.messageClass) {
      let addresses = Set(texts: members.flatMap(\.recipient.knownAddresses)).map(\.string)
      if addresses.isEmpty { continue }
      suppressed[messageClass] = try await ledger.suppressed(addresses, for: messageClass)
    }
    return suppressed
  }

  private func goesToColleague(_ reminder: ClaimedReminder) -> Bool {
    subject(of: reminder)?.step.leg(reminder.leg).map { $0.recipient != .customer } ?? false
  }

  private func subject(of reminder: ClaimedReminder) -> Subject? {
    guard let rule = generation.rules[reminder.rule],
      let step = rule.presentStep(named: reminder.step),
      let leg = step.leg(reminder.leg), leg.route.mayCarry(reminder),
      let watch = generation.watches[rule.watch],
      let source = generation.source(of: watch)
    else { return nil }
    return Subject(rule: rule, step: step, watch: watch, source: source)
  }

  /// A reminder that may have arrived over a channel that can be asked: whatever its row and the quiet hours say now, the
  /// answer comes first.
  private func unanswered(_ reminder: ClaimedReminder) -> UnansweredReminder? {
    guard let channel = reminder.lastChannel, let outlet = generation.outlets[channel] else {
      return nil
    }
    return unanswered(reminder, over: outlet)
  }

  private func unanswered(_ reminder: ClaimedReminder, over outlet: Outlet) -> UnansweredReminder? {
    guard !isAsked, reminder.uncertainties > 0, outlet.channel.traits.afterUnknown == .ask else {
      return nil
    }
    return UnansweredReminder(reminder: reminder, outlet: outlet)
  }

  private func unreadable(_ reminder: ClaimedReminder, _ problem: SourceProblem) -> Transition {
    // By the clock as it is: the source may have taken its time.
    switch problem.kind {
    case .unreachable, .watch:
      reminder.waiting(.sourceUnreachable, until: around.clock.now + Triage.unreachablePause)
    case .condition:
      reminder.waiting(.ruleError, until: around.clock.now + Triage.quarantinePause)
    }
  }

  /// Records a problem, and logs it unless the watcher does: the watcher asks every source, but not every rule's
  /// condition.
  private func report(_ problem: SourceProblem, of subject: Subject) async {
    // Losing the error is right: the watcher meets and reports it too.
    if problem.kind == .unreachable, (try? await subject.source.pulse()) == nil { return }
    guard
      health.recordFailure(
        of: .recheck(rule: subject.rule.name), on: subject.watch.name, problem)
    else { return }
    let hint = problem.hint.map { "; \($0)" } ?? ""
    log.error("\(problem.description)\(hint); its reminders wait", metadata: subject.metadata)
  }

  /// Logs, once, the rows on which the rule fails.
  private func record(_ faults: [RowFault], of subject: Subject) {
    for sentence in health.record(faults, of: subject.rule.name, now: now) {
      log.error("\(sentence)", metadata: subject.metadata)
    }
  }

  /// The channels that a reminder can take, or what becomes of it without one.
  private enum Choice {
    /// In the order of the route, at least one.
    case usable([ReadyReminder])
    case invalid(InvalidAddress)
    case none(Transition)
  }

  /// Finds the channels of the route, from the reminder's position on, for which the recipient has a usable address.
  ///
  /// - Parameter sender: the channel that sent the message that the reminder follows.
  private func findChannels(
    for passed: Passed, besides sender: String?, suppressed: Set<ExactText>
  ) -> Choice {
    let reminder = passed.reminder
    let turns = turns(of: passed).filter { turn in sender.map(turn.channel.isExactly) != true }
    var usable: [ReadyReminder] = []
    var passedOver: [PassedOver] = []
    var invalid: InvalidAddress?
    for turn in turns {
      guard let outlet = generation.outlets[turn.channel] else { continue }
      switch findAddress(of: passed.recipient, for: outlet, suppressed: suppressed) {
      case .usable(let address, let destination):
        usable.append(
          ReadyReminder(
            reminder: reminder, rule: passed.subject.rule, step: passed.subject.step,
            outlet: outlet, routePosition: turn.position,
            next: next(after: turn, of: passed), passedOver: passedOver, about: passed.about,
            recipient: passed.recipient, owner: passed.owner, timekeeper: passed.timekeeper,
            address: address, destination: destination,
            this: passed.this, old: passed.old, checked: now))
      case .missing: passedOver.append(PassedOver(channel: turn.channel, reason: .noAddress))
      case .suppressed: passedOver.append(PassedOver(channel: turn.channel, reason: .suppressed))
      case .invalid(let fault):
        passedOver.append(PassedOver(channel: turn.channel, reason: .invalidAddress))
        invalid = fault
      }
    }
    if !usable.isEmpty { return .usable(usable) }
    if turns.isEmpty, reminder.uncertainties > 0 {
      // Its channel is gone from the route, and a person can still find out whether it arrived.
      return .none(reminder.move(.uncertain(nil, again: reminder.useUntil)))
    }
    // A person can correct the one, and lift the other only by deciding to.
    if let invalid { return .invalid(invalid) }
    if passedOver.contains(where: { $0.reason == .suppressed }) {
      return .none(reminder.ended(.suppressed))
    }
    return .none(withoutAddress(passed))
  }

  /// The channels that are left of the route. `else` never follows an uncertain hand-over: what may have arrived stays
  /// with its channel, whatever the route or the customer's preference says by now.
  private func turns(of passed: Passed) -> [Route.Turn] {
    let reminder = passed.reminder
    guard let route = passed.subject.step.leg(reminder.leg)?.route else { return [] }
    let names = generation.channelNames
    if reminder.uncertainties > 0, let channel = reminder.lastChannel {
      return route.turn(of: channel, among: names).map { [$0] } ?? []
    }
    let preference = passed.recipient.preference
    let turns = route.turns(from: reminder.routePosition, preferring: preference, among: names)
    if reminder.uncertainties > 0 { return Array(turns.prefix(1)) }
    // The route has become shorter than the reminder had come: it begins again, and nothing of it was taken.
    let isCut = turns.isEmpty && !FollowUp.isFollowUp(leg: reminder.leg)
    return isCut ? route.turns(from: 0, preferring: preference, among: names) : turns
  }

  /// The turn after one, by the whole route: an uncertain reminder has only one turn, but may have a follow-up.
  private func next(after turn: Route.Turn, of passed: Passed) -> Route.Turn? {
    passed.subject.step.leg(passed.reminder.leg)?.route.turn(
      after: turn.position, preferring: passed.recipient.preference,
      among: generation.channelNames)
  }

  /// What becomes of a reminder whose recipient has no address for any channel of its route.
  private func withoutAddress(_ passed: Passed) -> Transition {
    let reminder = passed.reminder
    switch Recheck.missing(reminder, as: .addressMissing, end: .noAddress, now: now) {
    case .wait(let reason, let until): return reminder.waiting(reason, until: until)
    case .end(let reason): return reminder.ended(reason)
    case .good: preconditionFailure("a missing address is never good")
    }
  }

  /// Decides over which of its channels a reminder may leave now, or why it waits.
  private func gate(_ channels: [ReadyReminder], asksFuse: Bool = true) -> Passage {
    let decisions = channels.map { decision(on: $0, asksFuse: asksFuse) }
    let index = RouteTurn(of: channels[0].reminder).choose(among: decisions)
    let closed = channels.indices.prefix(index).compactMap { index -> PassedOver? in
      guard let reason = decisions[index].reason else { return nil }
      return PassedOver(channel: channels[index].outlet.channel.name, reason: reason)
    }
    let ready = channels[index].passingOver(closed)
    switch decisions[index] {
    case .pass:
      // Nothing is handed over again without a question, whichever channel it took before.
      return unanswered(ready.reminder, over: ready.outlet).map { .triaged(.errand(.ask($0))) }
        ?? .ready(ready)
    case .wait(let reason, let until):
      return .triaged(
        .moved(
          ready.reminder.move(
            .wait(reason, until: until, routePosition: ready.routePosition, nil))))
    case .never(let reason, let instant):
      return .triaged(.moved(end(of: ready, closedBy: reason, until: instant)))
    }
  }

  /// What becomes of a reminder that its hours close for as long as it is of use.
  private func end(
    of ready: ReadyReminder, closedBy reason: Reason, until opening: Instant
  ) -> Transition {
    let reminder = ready.reminder
    // Somebody may still find out whether it arrived.
    guard reminder.uncertainties == 0 else { return reminder.waiting(reason, until: opening) }
    return reminder.move(
      .end(.tooLate, nil),
      evidence: ready.outlet.hours(of: ready.step, for: ready.recipient).evidence(
        until: opening, useUntil: reminder.useUntil))
  }

  /// What the gate says of one channel.
  private func decision(on ready: ReadyReminder, asksFuse: Bool) -> GateDecision {
    let channel = ready.outlet.channel
    // For a reminder that waits for its digest, hours and channel are checked when the digest is sent.
    let leavesNow = ready.leavesNow
    let hours =
      leavesNow
      ? ready.outlet.hours(of: ready.step, for: ready.recipient)
      : OpenHours(quiet: nil, send: nil)
    let gate = Gate(
      now: now, hours: hours, zone: ready.recipient.zone ?? generation.zone,
      channelDownUntil: leavesNow ? around.breakers.downUntil(channel.name, now: now) : nil,
      destinationDownUntil: leavesNow
        ? around.breakers.downUntil(ready.destination, of: channel.name, now: now) : nil,
      pausedUntil: around.pauses.pausedUntil(
        rule: ready.rule.name, channel: channel.name, now: now),
      isHeld: health.hold(of: ready.rule.watch) != nil,
      isFused: asksFuse && fuses.holds(ready.reminder, now: now))
    return gate.decide(useUntil: ready.reminder.useUntil)
  }
}
