extension NaiveModel {
  /// The moments of all rows whose use is not long over, and that have come.
  func moments(now: Int) -> [Occurrence] {
    configuration.rules.flatMap { rule in
      rule.steps.filter(\.when.isDated).flatMap { step in
        rows.values.flatMap { row in moments(rule, step, row, now: now) }
      }
    }
  }

  private func moments(
    _ rule: SimRule, _ step: SimStep, _ row: SimRow, now: Int
  ) -> [Occurrence] {
    // A rule or step that is seen for the first time starts from then.
    let start = max(activated[rule.name] ?? .max, begun[step.name] ?? .max)
    return SimMoments(step: step, row: row).all(now: now).filter { $0.due > start }.map {
      Occurrence(
        rule: rule, step: step, key: row.key, cycle: $0.cycle, due: $0.due, until: $0.until)
    }
  }
}

/// What a dated step makes of one row.
struct SimMoments {
  let step: SimStep
  let row: SimRow

  struct Moment {
    let cycle: String
    let due: Int
    let until: Int
  }

  /// The date in the row: a day, or a time by the source's clocks.
  private enum Date {
    case day(Int)
    case time(Int)
  }

  /// Those that have come and whose use ended within the last weeks at the earliest.
  func all(now: Int) -> [Moment] {
    guard let (span, first, direction, column) = course, let date = date(column) else { return [] }
    let cycle = name(date, span)
    guard let first else {
      return [moment(date, span, times: direction, cycle)].filter { $0.due <= now }
    }
    let start = begin(date).instant
    var number = max(first, (now - start - 60 * NaiveTime.day) / span.longest - 1)
    var found: [Moment] = []
    while start + span.shortest * number <= now + NaiveTime.day {
      let moment = moment(date, span, times: number, "\(cycle)#\(number)")
      if moment.due <= now { found.append(moment) }
      number += 1
    }
    return found
  }

  /// The span, the first number of a recurrence, forwards or backwards, and the column.
  private var course: (SimSpan, Int?, Int, SimColumn)? {
    let day = SimSpan(count: 1, unit: .day)
    switch step.when {
    case .insert, .update, .delete: return nil
    case .on(let column): return (day, nil, 0, column)
    case .before(let span, let column): return (span, nil, -1, column)
    case .after(let span, let column): return (span, nil, 1, column)
    case .every(let span, let column): return (span, 1, 1, column)
    case .everyYearOn(let column): return (SimSpan(count: 1, unit: .year), 0, 1, column)
    }
  }

  private func date(_ column: SimColumn) -> Date? {
    switch column {
    case .starts: row.starts.map(Date.day)
    case .ends: row.ends.map(Date.day)
    case .meets: row.meets.map(Date.time)
    case .status, .amount: nil
    }
  }

  private func name(_ date: Date, _ span: SimSpan) -> String {
    switch date {
    case .day(let day): return NaiveTime.text(day)
    case .time(let time):
      let text = NaiveTime.text(time / NaiveTime.day)
      let second = time % NaiveTime.day
      return span.isElapsed && second != 0 ? "\(text)T\(NaiveTime.clock(second))" : text
    }
  }

  /// Where the count begins, by the customer's clocks.
  private func begin(_ date: Date) -> (instant: Int, local: Int) {
    switch date {
    case .day(let day):
      let local = day * NaiveTime.day + (step.at ?? SimConfiguration.defaultTime) * 60
      return (row.home.instant(local), local)
    case .time(let time):
      let instant = SimConfiguration.company.instant(time)
      let local = row.home.local(instant)
      guard let at = step.at else { return (instant, local) }
      let moved = local - local % NaiveTime.day + at * 60
      return (row.home.instant(moved), moved)
    }
  }

  private func moment(_ date: Date, _ span: SimSpan, times: Int, _ cycle: String) -> Moment {
    let (instant, local) = begin(date)
    let due = span.adding(times: times, to: instant, local: local, in: row.home)
    return Moment(cycle: cycle, due: due, until: until(due, date))
  }

  private func until(_ due: Int, _ date: Date) -> Int {
    if let late = step.late {
      return late.adding(times: 1, to: due, local: row.home.local(due), in: row.home)
    }
    guard case .before = step.when else { return due + 3 * NaiveTime.day }
    switch date {
    case .day(let day): return row.home.instant((day + 1) * NaiveTime.day)
    case .time(let time): return SimConfiguration.company.instant(time)
    }
  }
}
