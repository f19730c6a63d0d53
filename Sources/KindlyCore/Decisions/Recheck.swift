/// The result of reading a reminder's row again just before sending.
package enum RecheckVerdict: Hashable, Sendable {
  case good
  case wait(Reason, until: Instant)
  case end(Reason)
}

/// Reads a row's present state against the reminder that was made of it.
package struct Recheck: Sendable {
  package let now: Instant
  package let step: Step
  /// How the moment is counted; nil while the row of the person is missing by whose clock it is, so that no date can be
  /// judged.
  package let context: MomentContext?
  /// The date kinds of the columns of the rule's watch.
  package let dates: DateKinds
  /// Whether the rule looks back, so that planning may have extended the use of a reminder.
  package let looksBack: Bool

  /// How long a row or an address may be missing before that ends a reminder: a reload of the table takes less.
  package static let grace = Duration.minutes(10)
  /// How soon a missing row or address is looked for again.
  package static let graceStep = Duration.minutes(1)
  /// How often something that a person can fix is checked again after the first few minutes.
  package static let correctionStep = Duration.minutes(5)
  /// A recheck older than this is repeated at hand-over.
  package static let freshness = Duration.seconds(5)

  package init(
    now: Instant, step: Step, context: MomentContext?, dates: DateKinds, looksBack: Bool = false
  ) {
    self.now = now
    self.step = step
    self.context = context
    self.dates = dates
    self.looksBack = looksBack
  }

  /// The verdict on a reminder; `answer` is nil where the row is absent.
  package func verdict(on reminder: ClaimedReminder, answer: RowAnswer?) -> RecheckVerdict {
    let asksRow = step.asksRow(of: reminder.trigger, hasApplied: reminder.applied)
    if step.recheck == .nothing, !asksRow { return .good }
    if reminder.trigger == .delete {
      return answer == nil ? .good : .end(.rowIsBack)
    }
    // A person's word about a deleted row stands, whether or not the row is back.
    if reminder.trigger == .person, step.when.change == .delete { return .good }
    guard let answer else {
      return Recheck.missing(reminder, as: .rowMissing, end: .rowGone, now: now)
    }
    if step.recheck != .nothing, let schedule = step.when.schedule, reminder.trigger.isDated,
      let context
    {
      if let moved = moved(reminder, schedule: schedule, answer: answer, in: context) {
        return moved
      }
    }
    return asksRow && !answer.holds ? .end(.condition) : .good
  }

  /// Waits a while for something that may be back in a moment, and then ends the reminder.
  package static func missing(
    _ reminder: ClaimedReminder, as waiting: Reason, end: Reason, now: Instant
  ) -> RecheckVerdict {
    let since = reminder.waitReason == waiting ? reminder.waitingSince ?? now : now
    if now >= since + grace { return .end(end) }
    return .wait(waiting, until: min(now + graceStep, reminder.useUntil))
  }

  /// When a reminder is checked again that waits until a person fixes something: often at first, because somebody may
  /// be at work on it.
  package static func nextLook(
    at reminder: ClaimedReminder, waitingFor reason: Reason, now: Instant
  ) -> Instant {
    let since = reminder.waitReason == reason ? reminder.waitingSince ?? now : now
    let step = now < since + grace ? graceStep : correctionStep
    return min(now + step, reminder.useUntil)
  }

  /// What to do if the row's date has changed; nil if the reminder is due now.
  private func moved(
    _ reminder: ClaimedReminder, schedule: Schedule, answer: RowAnswer, in context: MomentContext
  ) -> RecheckVerdict? {
    let late = step.late.resolved(in: answer.values, as: dates, in: context)
    guard
      let planned = schedule.moment(
        for: reminder.cycle, in: answer.values, as: dates, late: late, in: context)
    else { return .end(.dateMoved) }
    if reminder.cycle.isCorrection {
      // It is due when the date moved, and no date of the row tells when that was.
      if step.onMove != .correct { return .end(.ruleAbsent) }
      let told = schedule.announcement(of: answer.values, as: dates, in: context)
      if told?.date == reminder.was { return .end(.dateMoved) }
      // Whoever went by the old date knows by now.
      let isOver = reminder.was?.end(in: context).map { $0 <= now } ?? false
      return isOver ? .end(Gate.end(ofUseless: reminder)) : nil
    }
    // It follows its message, not the moment, and its own use bounds it.
    if FollowUp.isFollowUp(leg: reminder.leg) { return nil }
    let moment = step.spread(planned, of: reminder.key, in: context.zone)
    // The same day at another hour, or an edited offset or lateness, is still the same reminder. It may be due later or
    // already too late. What was planned when its use was over, the rule looked back on, and planning extended its use.
    let isPlannedInTime = reminder.created < (looksBack ? reminder.due : moment.useUntil)
    let isTimed = isPlannedInTime || moment.due != reminder.due || step.late.column != nil
    if isTimed, now >= moment.useUntil {
      // Only planning knows when the step began, and whether what came before then is still of use. If it is, the next
      // scan revives the reminder.
      let mayBeOfUse =
        looksBack && moment.due != reminder.due && !schedule.announces && step.late.column == nil
      return .end(mayBeOfUse ? .dateMoved : Gate.end(ofUseless: reminder))
    }
    // The reminder cannot wait for a moment beyond its use; the scan that reaches this moment revives it.
    if moment.due >= reminder.useUntil { return .end(.dateMoved) }
    return moment.due > now ? .wait(.dueLater, until: moment.due) : nil
  }
}

extension Step {
  /// Whether the conditions are asked of the row as it is now.
  ///
  /// Nothing is sent before they have held once, at the moment or later. `recheck` says whether they are asked after
  /// that. An update or a delete happened and stays true, and a person's word stands.
  ///
  /// - Parameter hasApplied: whether they have held for the reminder.
  package func asksRow(of trigger: Trigger, hasApplied: Bool) -> Bool {
    guard !conditions.isEmpty, recheck == .condition || !hasApplied else { return false }
    switch trigger {
    case .insert, .moment, .recurrence: return true
    case .update, .delete, .person: return false
    }
  }

  /// Whether the conditions are asked of the change, because they could not be evaluated when it was planned.
  ///
  /// - Parameter hasApplied: whether they have held for the reminder.
  package func asksChange(of trigger: Trigger, hasApplied: Bool) -> Bool {
    switch trigger {
    case .update, .delete: !hasApplied && !conditions.isEmpty
    case .insert, .moment, .recurrence, .person: false
    }
  }
}
