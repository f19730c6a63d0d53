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
    let moments = SimMoments(step: step, row: row, code: code(of: step))
    return moments.all(now: now).compactMap { moment in
      let isFormer = moment.due <= start
      if isFormer, !cameBefore(moment.cycle, of: step, row, after: start, now: now) { return nil }
      return Occurrence(
        rule: rule, step: step, key: row.key, cycle: moment.cycle, due: moment.due,
        until: moment.until, period: moments.period, number: moment.number, shift: moment.shift,
        distance: moment.distance, isFormer: isFormer)
    }
  }

  /// Whether a moment that an edit has moved before the step's beginning may have been planned before the edit.
  private func cameBefore(
    _ cycle: String, of step: SimStep, _ row: SimRow, after start: Int, now: Int
  ) -> Bool {
    (formers[step.name] ?? []).contains { former in
      SimMoments(step: former, row: row, code: code(of: step)).all(now: now + 25 * 3600).contains {
        $0.cycle == cycle && $0.due > start
      }
    }
  }
}

/// What a dated step makes of one row.
struct SimMoments {
  var step: SimStep
  let row: SimRow
  /// Of a recurrence whose period was edited: what its name tells of the period.
  var code: String?

  struct Moment {
    let cycle: String
    let due: Int
    let until: Int
    let number: Int?
    var shift = Shift.none
    /// How far away the nearest other recurrence is, if days off may move it.
    var distance: Int?
  }

  /// What moved it from the day that was counted.
  enum Shift { case none, missingDate, dayOff }

  /// The date in the row: a day, or a time by the source's clocks.
  enum Date {
    case day(Int)
    case time(Int)
  }

  /// No company is closed for longer, so no day off moves a moment farther.
  private static let longestShift = 14 * NaiveTime.day

  /// Those that have come and whose use ended within the last weeks at the earliest.
  func all(now: Int) -> [Moment] {
    guard let date else { return [] }
    guard let first else { return [moment(date, nil)].compactMap(\.self).filter { $0.due <= now } }
    guard let period else { return [] }
    let start = begin(date).instant
    var number = max(first, (now - start - 75 * NaiveTime.day) / period.longest - 1)
    var found: [Moment] = []
    while start + period.shortest * number <= now + SimMoments.longestShift {
      if let times = step.end.times, number >= first + times { break }
      if let moment = moment(date, number), moment.due <= now { found.append(moment) }
      number += 1
    }
    return found
  }

  /// When a moment is due, whether or not it has come; nil where there is none.
  func due(_ number: Int?) -> Int? { date.flatMap { moment($0, number)?.due } }

  /// The date that it counts from.
  var date: Date? { step.when.column.flatMap(date) }

  /// The period of a recurrence.
  var period: SimSpan? {
    switch step.when {
    case .every(let span, _): span
    case .everyAmountOfDays: row.amount > 0 ? SimSpan(count: row.amount, unit: .day) : nil
    case .everyMonthOn: SimSpan(count: 1, unit: .month)
    case .everyYearOn: SimSpan(count: 1, unit: .year)
    case .change, .on, .before, .after, .workdaysBefore: nil
    }
  }

  /// The number of the first recurrence.
  private var first: Int? {
    switch step.when {
    case .every, .everyAmountOfDays: 1
    case .everyMonthOn, .everyYearOn: 0
    case .change, .on, .before, .after, .workdaysBefore: nil
    }
  }

  private var isElapsed: Bool {
    switch step.when {
    case .before(let span, _), .after(let span, _), .every(let span, _): span.isElapsed
    case .change, .on, .workdaysBefore, .everyAmountOfDays, .everyMonthOn, .everyYearOn: false
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

  /// A date as a name tells it: by its day, or by its minute.
  static func name(_ date: Date, byMinute: Bool) -> String {
    switch date {
    case .day(let day): return NaiveTime.text(day)
    case .time(let time):
      let text = NaiveTime.text(time / NaiveTime.day)
      let second = time % NaiveTime.day
      return byMinute && second != 0 ? "\(text)T\(NaiveTime.clock(second))" : text
    }
  }

  /// The name of an occurrence that does not recur.
  func name(_ date: Date) -> String { SimMoments.name(date, byMinute: isElapsed) }

  private func name(_ date: Date, _ number: Int?) -> String {
    let name = name(date)
    guard let number else { return name }
    if case .everyAmountOfDays = step.when {
      let day = begin(date).local / NaiveTime.day + number * row.amount
      return "\(name)/\(NaiveTime.text(day))"
    }
    return name + (code.map { "/\($0)" } ?? "") + "#\(number)"
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

  /// Nil where there is none: its date does not exist, or lies after the end.
  private func moment(_ date: Date, _ number: Int?) -> Moment? {
    guard let counted = counted(date, number) else { return nil }
    if number != nil, let column = step.end.until, let last = self.date(column) {
      switch last {
      // Its whole day counts.
      case .day: if counted >= end(last) { return nil }
      case .time: if counted > end(last) { return nil }
      }
    }
    let due = served(counted, date)
    var asUsual = self
    asUsual.step.missing = .earlier
    let shift: Shift =
      due != counted ? .dayOff : asUsual.counted(date, number) != counted ? .missingDate : .none
    return Moment(
      cycle: name(date, number), due: due, until: until(due, date), number: number, shift: shift,
      distance: besides(due, date, number))
  }

  /// When it is due before days off move it.
  private func counted(_ date: Date, _ number: Int?) -> Int? {
    let (instant, local) = begin(date)
    func adding(_ span: SimSpan, _ times: Int) -> Int? {
      span.adding(times: times, to: instant, local: local, in: row.home, missing: step.missing)
    }
    switch step.when {
    case .change: return nil
    case .on: return instant
    case .before(let span, _): return adding(span, -1)
    case .after(let span, _): return adding(span, 1)
    case .workdaysBefore(let count, _):
      let day = SimCalendar.adding(-count, to: local / NaiveTime.day)
      return row.home.instant(day * NaiveTime.day + local % NaiveTime.day)
    case .every, .everyAmountOfDays, .everyMonthOn, .everyYearOn:
      return period.flatMap { adding($0, number ?? 0) }
    }
  }

  private func served(_ due: Int, _ date: Date) -> Int {
    guard let offDays = step.offDays, !isElapsed else { return due }
    let local = row.home.local(due)
    let day = local / NaiveTime.day
    func on(_ served: Int) -> Int {
      served == day ? due : row.home.instant(served * NaiveTime.day + local % NaiveTime.day)
    }
    let moved = on(SimCalendar.served(day, offDays))
    // What announces a date comes before its end.
    let isTooLate = step.when.announces && moved >= end(date)
    return isTooLate ? on(SimCalendar.served(day, .earlier)) : moved
  }

  /// How far from a recurrence the nearest other one of its date comes that is due at another time, if days off may
  /// move them.
  private func besides(_ due: Int, _ date: Date, _ number: Int?) -> Int? {
    guard step.offDays != nil, !isElapsed, let number else { return nil }
    let distances = [-1, 1].compactMap { direction -> Int? in
      let other = (1...60).lazy
        .compactMap { counted(date, number + direction * $0).map { served($0, date) } }
        .first { $0 != due }
      return other.map { abs($0 - due) }
    }
    return distances.min()
  }

  private func until(_ due: Int, _ date: Date) -> Int {
    step.late == nil && step.when.announces ? end(date) : lateness(due)
  }

  /// Until when what comes at an instant is of use, if it announces nothing.
  func lateness(_ due: Int) -> Int {
    guard let late = step.late else { return due + 3 * NaiveTime.day }
    return late.adding(times: 1, to: due, local: row.home.local(due), in: row.home) ?? due
  }

  /// When a date is over.
  func end(_ date: Date) -> Int {
    switch date {
    case .day(let day): row.home.instant((day + 1) * NaiveTime.day)
    case .time(let time): SimConfiguration.company.instant(time)
    }
  }
}
