import KindlyCore

/// Says why a dated step has made no reminder of a row that is there.
struct DatedAbsence {
  let schedule: Schedule
  /// What the watch's columns hold.
  let dates: DateKinds
  let step: Step
  /// How long the step's reminders about this row are of use.
  let late: Lateness
  let row: RowAnswer
  /// The step's segments that the customer is not in.
  let outside: [String]
  let start: RuleStart
  let context: MomentContext
  let time: TimeText

  private var now: Instant { time.now }

  func find() -> Absence.Finding {
    guard let column = schedule.column else {
      return find(.calendar, "`when` is `\(schedule.text)`")
    }
    for column in schedule.columns where row.values.value(ofColumn: column.name) == nil {
      return .rule("the row has no column \(column.name)")
    }
    do throws(UnusableColumn) {
      let own = try schedule.of(row.values, as: dates)
      let facts = schedule.columns.map { column in
        "\(column.name) is \(row.values.value(ofColumn: column.name)?.text ?? "")"
      }
      return find(.row(own), facts.joined(separator: ", "))
    } catch {
      let missing =
        error.column.isExactly(column) || error.reason != .noPeriod ? "date" : "number of days"
      return .rule(
        "\(error.column) holds no \(missing) (\(error.reason.rawValue)), so there is no moment"
          + (error.reason.advice(for: error.column).map { "; \($0)" } ?? ""))
    }
  }

  /// What the moments are counted from.
  private enum Basis {
    case row(RowSchedule)
    case calendar
  }

  private func find(_ anchor: Basis, _ fact: String) -> Absence.Finding {
    if let past = last(of: anchor), past.useUntil > now { return open(past, fact) }
    if let next = next(of: anchor) {
      let asked =
        outside.isEmpty
        ? step.conditions.isEmpty ? "" : conditionNow
        : "; \(Segment.absence(from: outside)) now, which is checked again then"
      return .window(
        "\(fact), so its moment comes \(time.due(next.due)); it is planned a day before\(asked)")
    }
    guard let past = last(of: anchor) else { return .window("\(fact), which gives no moment") }
    return .window(
      "\(fact), so its moment was \(time.due(past.due)); it is too late: the reminder could be sent until \(time.due(past.useUntil))"
    )
  }

  /// The moment has passed and is still useful, so only a condition, or a rule that starts later, prevents the
  /// reminder.
  private func open(_ moment: Moment, _ fact: String) -> Absence.Finding {
    let window =
      "\(fact), so its moment was \(time.due(moment.due)), and the reminder can be sent until \(time.due(moment.useUntil))"
    if !row.holds {
      return .rule(
        "\(window), but the condition does not hold now: \(step.conditions.joined(separator: " AND "))"
      )
    }
    if !outside.isEmpty { return .rule("\(window), but \(Segment.absence(from: outside))") }
    return .window("\(window)\(start.remark(on: moment.due, of: step, "scan", time))")
  }

  private var conditionNow: String {
    row.holds
      ? "; the condition holds now and is checked again then"
      : "; the condition does not hold now and is checked again then"
  }

  /// The first moment that is still to come.
  private func next(of basis: Basis) -> Moment? {
    switch basis {
    case .row(let own):
      own.schedule.next(of: own.anchor, after: now, late: late, in: context).map(extended)
    case .calendar:
      schedule.nextCalendarMoment(after: now, late: late, in: context).map(extended)
    }
  }

  /// The last moment that has come.
  private func last(of basis: Basis) -> Moment? {
    switch basis {
    case .row(let own):
      own.schedule.moments(
        of: own.anchor, after: .distantPast, through: now, late: late, in: context
      ).last.map(extended)
    case .calendar:
      schedule.calendarMoments(
        after: now - DatedAbsence.calendarPast, through: now, late: late, in: context
      ).last.map(extended)
    }
  }

  /// Festivals come at least every other year.
  private static let calendarPast = Duration.days(800)

  private func extended(_ moment: Moment) -> Moment {
    step.served(
      moment, of: row.key, by: schedule, late: late, start.backfill(of: step), in: context.zone)
  }
}
