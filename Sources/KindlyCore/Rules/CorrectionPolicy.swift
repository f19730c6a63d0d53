/// How the reminders of a step relate to the corrections of moved dates.
package struct CorrectionPolicy: Hashable, Sendable {
  /// The steps whose messages tell the same people the same date, by their names in the ledger. The one that told it
  /// last corrects it.
  package let steps: [String]
  /// A reminder that is due within this time after a correction would tell the same again, so it is not planned.
  package let nearness: Duration

  package init(steps: [String], nearness: Duration) {
    self.steps = steps
    self.nearness = nearness
  }

  /// Nil if the step corrects nothing.
  ///
  /// - Parameter name: the name by which the ledger knows a step.
  package init?(of step: Step, in rule: Rule, name: (Step) -> String = { $0.name }) {
    guard step.onMove == .correct, let schedule = step.when.schedule, let column = schedule.column
    else { return nil }
    let steps = rule.steps.filter { other in
      other.onMove == .correct && other.when.schedule?.column?.isExactly(column) == true
        && other.legs.contains { step.leg($0.number)?.recipient == $0.recipient }
    }
    self.init(steps: steps.map(name), nearness: schedule.nearness)
  }
}

extension Step {
  /// The correction that a row would get now, as the occurrence of its date; nil if its date is over or missing.
  ///
  /// It is due now, unless the step spreads its reminders.
  package func correction(
    of row: RowAnswer, customer: RowKey?, as dates: DateKinds, at now: Instant,
    in context: MomentContext
  ) -> PlannedOccurrence? {
    // Losing the reason is right: without a date there is nothing to tell, whatever the reason.
    guard let schedule = when.schedule, let own = try? schedule.of(row.values, as: dates),
      let announcement = schedule.announcement(of: row.values, as: dates, in: context),
      announcement.until > now
    else { return nil }
    let late = late.resolved(in: row.values, as: dates, in: context)
    let end = late.end(ofWhatCameAt: now, orElse: now + Lateness.afterMoment, zone: context.zone)
    let cycle = own.schedule.moment(of: own.anchor, number: nil, late: late, in: context).cycle
    let moment = spread(
      Moment(cycle: cycle, due: now, useUntil: min(end, announcement.until)), of: row.key,
      in: context.zone)
    return PlannedOccurrence(
      key: row.key, cycle: cycle, due: moment.due, useUntil: moment.useUntil, customer: customer,
      holds: true, announcement: announcement)
  }
}
