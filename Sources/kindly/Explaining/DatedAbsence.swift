import KindlyCore

/// Says why a dated step has made no reminder of a row that is there.
struct DatedAbsence {
  let schedule: Schedule
  /// What the schedule's column holds.
  let kind: DateKind
  let step: Step
  let row: RowAnswer
  let start: RuleStart
  let context: MomentContext
  let time: TimeText

  private var now: Instant { time.now }

  func find() -> Absence.Finding {
    guard let value = row.values.value(ofColumn: schedule.column) else {
      return .rule("the row has no column \(schedule.column)")
    }
    let anchor: Anchor
    do {
      anchor = try Anchor(value, as: kind)
    } catch {
      return .rule(
        "\(schedule.column) holds no date (\(error.rawValue)), which fires nothing"
          + (error.advice(for: schedule.column).map { "; \($0)" } ?? ""))
    }
    return find(anchor, "\(schedule.column) is \(value.text)")
  }

  private func find(_ anchor: Anchor, _ fact: String) -> Absence.Finding {
    if let past = last(of: anchor), past.useUntil > now { return open(past, fact) }
    if let next = next(of: anchor) {
      let asked = step.conditions.isEmpty ? "" : conditionNow
      return .window(
        "\(fact), so its moment comes \(time(next.due)); it is planned a day before\(asked)")
    }
    guard let past = last(of: anchor) else { return .window("\(fact), which gives no moment") }
    return .window(
      "\(fact), so its moment was \(time(past.due)), and it was of use until \(time(past.useUntil))"
    )
  }

  /// The moment has come and is still of use: only the condition, or a rule that starts later, keeps it away.
  private func open(_ moment: Moment, _ fact: String) -> Absence.Finding {
    let window =
      "\(fact), its moment was \(time(moment.due)), and it is of use until \(time(moment.useUntil))"
    if !row.holds {
      return .rule(
        "\(window), but the condition does not hold now: \(step.conditions.joined(separator: " AND "))"
      )
    }
    return .window("\(window)\(start.remark(on: moment.due, "scan", time))")
  }

  private var conditionNow: String {
    row.holds
      ? "; its condition holds now, and is asked again then"
      : "; its condition does not hold now, and is asked then"
  }

  /// The first moment that is still to come.
  private func next(of anchor: Anchor) -> Moment? {
    moments(of: anchor, after: now, through: horizon).first
  }

  /// The last moment that has come.
  private func last(of anchor: Anchor) -> Moment? {
    moments(of: anchor, after: .distantPast, through: now).last
  }

  private func moments(of anchor: Anchor, after lower: Instant, through upper: Instant) -> [Moment]
  {
    let backfill = start.backfill(of: step)
    return schedule.moments(
      of: anchor, after: lower, through: upper, late: step.late, in: context
    ).map { backfill?.extended($0, of: schedule, late: step.late, zone: context.zone) ?? $0 }
  }

  /// Far enough for one moment of any schedule, near enough that a recurrence is not cut off at its early end.
  private var horizon: Instant {
    switch schedule.kind {
    case .every(let period): now + period.roughly * 2
    case .everyYearOn: now + .days(2 * 366)
    case .on, .before, .after: .distantFuture
    }
  }
}
