/// An existing reminder of the same rule, row and step as a planned occurrence.
package struct Neighbour: Hashable, Sendable {
  package let id: Int64
  package let leg: Int
  package let cycle: Cycle
  package let trigger: Trigger
  package let state: ReminderState
  package let reason: Reason?
  package let due: Instant
  package let useUntil: Instant
  package let next: Instant?
  package let revivals: Int
  package let hasSuccessor: Bool
  /// The index of the channel in its route.
  package let routePosition: Int
  /// Whether it belongs to the batch's own step, and not to another step that tells the same date.
  package let isOfStep: Bool
  /// What its message told, if it was handed over and its step corrects moved dates; read for corrections only.
  package let told: Announcement?
  package let decided: Instant?
  /// Whether its step counted from days when it was planned, and counts from minutes now, or the other way round.
  package let isOfOtherUnit: Bool

  package init(
    id: Int64, leg: Int, cycle: Cycle, trigger: Trigger, state: ReminderState, reason: Reason?,
    due: Instant, useUntil: Instant, next: Instant?, revivals: Int, hasSuccessor: Bool,
    routePosition: Int = 0, isOfStep: Bool = true, told: Announcement? = nil,
    decided: Instant? = nil, isOfOtherUnit: Bool = false
  ) {
    self.id = id
    self.leg = leg
    self.cycle = cycle
    self.trigger = trigger
    self.state = state
    self.reason = reason
    self.due = due
    self.useUntil = useUntil
    self.next = next
    self.revivals = revivals
    self.hasSuccessor = hasSuccessor
    self.routePosition = routePosition
    self.isOfStep = isOfStep
    self.told = told
    self.decided = decided
    self.isOfOtherUnit = isOfOtherUnit
  }

  /// Whether the data cancelled it, and not too often for it to come back.
  var mayRevive: Bool {
    guard state == .cancelled, let reason else { return false }
    return reason.isByData && revivals < PlanDecision.mostRevivals
  }

  /// Whether it waits, or the data may bring it back.
  fileprivate var isOpen: Bool { state == .waiting || mayRevive }

  /// Whether it stays as it is.
  fileprivate var isDecided: Bool {
    switch state {
    case .sent, .skipped, .failed: true
    case .cancelled: !mayRevive
    case .waiting, .claimed, .sending, .uncertain: false
    }
  }

  /// How far its due time is from another.
  fileprivate func distance(to due: Instant) -> Duration { max(self.due - due, due - self.due) }
}

/// What planning one occurrence does to the ledger.
package enum PlanWork: Hashable, Sendable {
  case insert
  /// Insert the legs other than these, which were decided under another name.
  case insertRest(besides: Set<Int>)
  /// Insert the correction with this number for one leg, whose customer was told the date `was`.
  case correct(leg: Int, number: Int, was: AnnouncedDate)
  case retime(Int64, wait: RetimedWait)
  case revive(Int64)
  /// Cancel as `date moved`; the successor is the occurrence's reminder of the same leg.
  case move(Int64, leg: Int, wasOpen: Bool)
}

/// What happens to the wait of a reminder that gets another due time.
package enum RetimedWait: Hashable, Sendable {
  /// The reason is worked out again when it is claimed, at the new due time.
  case anew
  /// The reason does not depend on the time: the reminder keeps waiting, at least until then.
  case kept(until: Instant)
}

/// Decides *insert, re-time or revive* from what exists; the ledger performs it.
package enum PlanDecision {
  /// Something that keeps coming and going is not worth a reminder; and each revival is one more chance to be wrong.
  package static let mostRevivals = 20

  package static func work(
    for occurrence: PlannedOccurrence, of batch: PlanBatch, beside neighbours: [Neighbour],
    now: Instant
  ) -> [PlanWork] {
    if batch.isCorrection {
      return CorrectionDecision.work(for: occurrence, of: batch, beside: neighbours, now: now)
    }
    // A reminder resent by a person has its own identity and is ignored here.
    let planned = neighbours.filter { $0.trigger != .person }
    let known = legsKnownByDay(occurrence, of: batch, among: planned)
    if !known.isEmpty, known.isSuperset(of: batch.legs) { return [] }
    var work = work(named(occurrence, of: batch, beside: planned), of: batch, among: planned, now)
    if !known.isEmpty, let place = work.firstIndex(of: .insert) {
      work[place] = .insertRest(besides: known)
    }
    return work
  }

  private static func work(
    _ occurrence: PlannedOccurrence, of batch: PlanBatch, among planned: [Neighbour],
    _ now: Instant
  ) -> [PlanWork] {
    let own = own(occurrence, among: planned)
    let isTooSoon =
      isTooSoon(occurrence, of: batch, after: planned)
      || CorrectionDecision.tells(occurrence, of: batch, among: planned)
    if own.isEmpty, isTooSoon { return [] }
    var work =
      own.isEmpty
      ? [.insert] : own.compactMap { amendment(of: $0, for: occurrence, isTooSoon: isTooSoon, now) }
    guard batch.trigger.isDated, !batch.isByCalendar else { return work }
    for other in planned where isOutdated(other, by: occurrence, now) {
      work.append(.move(other.id, leg: other.leg, wasOpen: other.state == .waiting))
    }
    return work
  }

  /// The occurrence under the name that its reminders have or will have.
  ///
  /// If the rule counted by another period before, the number of a recurrence may be that of another day, whose
  /// reminder is decided. Then its name tells the period too.
  package static func named(
    _ occurrence: PlannedOccurrence, of batch: PlanBatch, beside neighbours: [Neighbour]
  ) -> PlannedOccurrence {
    guard let numbering = batch.numbering, let name = occurrence.cycle.of(numbering.period) else {
      return occurrence
    }
    let named = occurrence.named(name)
    if !own(named, among: neighbours).isEmpty { return named }
    let numbered = own(occurrence, among: neighbours)
    let isOfAnotherDay = numbered.allSatisfy {
      $0.isDecided && $0.distance(to: occurrence.due) >= numbering.distance
    }
    return numbered.isEmpty || !isOfAnotherDay ? occurrence : named
  }

  /// The legs that have left or are decided under the occurrence's day, if the edited rule counts its date by the
  /// minute and counted it by the day before, or the other way round.
  ///
  /// What still waits gives way to the occurrence, as it does for a moved date.
  private static func legsKnownByDay(
    _ occurrence: PlannedOccurrence, of batch: PlanBatch, among planned: [Neighbour]
  ) -> Set<Int> {
    guard batch.trigger == .moment, own(occurrence, among: planned).isEmpty else { return [] }
    let known = planned.filter { other in
      other.isOfOtherUnit && other.trigger == .moment && !other.isOpen
        && !FollowUp.isFollowUp(leg: other.leg) && other.cycle.isSameDay(as: occurrence.cycle)
    }
    return Set(known.map(\.leg))
  }

  /// An occurrence's own reminders: what a person resent has an identity of its own, and a follow-up has a due time of its
  /// own and does not come back once it is cancelled.
  static func own(_ occurrence: PlannedOccurrence, among neighbours: [Neighbour]) -> [Neighbour] {
    neighbours.filter {
      $0.cycle == occurrence.cycle && $0.trigger != .person
        && !FollowUp.isFollowUp(leg: $0.leg)
    }
  }

  private static func amendment(
    of own: Neighbour, for occurrence: PlannedOccurrence, isTooSoon: Bool, _ now: Instant
  ) -> PlanWork? {
    switch own.state {
    case .waiting:
      if own.due == occurrence.due, own.useUntil == occurrence.useUntil { return nil }
      return .retime(own.id, wait: wait(of: own, until: occurrence.due))
    case .cancelled:
      guard own.mayRevive, occurrence.useUntil > now, own.reason != .condition || occurrence.holds,
        !isTooSoon
      else { return nil }
      return .revive(own.id)
    case .claimed, .sending, .uncertain:
      // The recheck before the hand-over sees another due time; after it nothing may change.
      return nil
    case .sent, .skipped, .failed: return nil
    }
  }

  private static func wait(of own: Neighbour, until due: Instant) -> RetimedWait {
    // If the due time is the same, only the end of usefulness differs, and the reminder waits as before.
    if own.due == due, let next = own.next { return .kept(until: next) }
    switch own.reason {
    case .retry, .channelDown, .channelMisconfigured, .channelBusy, .templateError, .ruleError,
      .sourceUnreachable, .ruleAbsentWaiting, .paused, .massChange, .fuse, .rowMissing,
      .rowInDoubt, .addressMissing, .addressInvalid, .recipientRefused, .customerMissing,
      .recipientMissing,
      .columnMissing, .nextChannel, .destinationDown, .unread:
      return .kept(until: max(due, own.next ?? due))
    // These depend on the time.
    case nil, .quietHours, .sendHours, .atMost, .clock, .dueLater, .digest: return .anew
    // A waiting reminder has none of these.
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied,
      .condition,
      .rowGone,
      .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson, .rejected, .unresolved, .uselessByNow:
      return .anew
    }
  }

  /// Whether a recurrence follows the last one that was or may have been sent more closely than half a period, or
  /// than half the distance that days off leave between recurrences of its own date.
  private static func isTooSoon(
    _ occurrence: PlannedOccurrence, of batch: PlanBatch, after planned: [Neighbour]
  ) -> Bool {
    guard let gap = occurrence.minimumGap ?? batch.minimumGap else { return false }
    return planned.contains { other in
      // The other legs of the occurrence itself are no recurrence before it.
      if other.cycle == occurrence.cycle || other.distance(to: occurrence.due) >= gap {
        return false
      }
      return switch other.state {
      case .sent, .sending, .uncertain: true
      // By another period, this time is decided already.
      case .claimed, .skipped, .cancelled, .failed:
        occurrence.cycle.tellsPeriod && occurrence.cycle.anchor != other.cycle.anchor
          && !other.isOpen
      case .waiting: false
      }
    }
  }

  /// Whether another reminder belongs to a date that the row no longer has.
  private static func isOutdated(
    _ other: Neighbour, by occurrence: PlannedOccurrence, _ now: Instant
  ) -> Bool {
    guard other.trigger.isDated, other.cycle.date != occurrence.cycle.date else { return false }
    switch other.state {
    case .waiting: return true
    case .cancelled:
      // Only while it could still be revived; last year's stays as it was decided.
      guard let reason = other.reason, reason.isByData, other.useUntil > now,
        !FollowUp.isFollowUp(leg: other.leg)
      else { return false }
      return reason != .dateMoved || !other.hasSuccessor
    case .claimed, .sending, .uncertain, .sent, .skipped, .failed: return false
    }
  }
}
