package import KindlyCore

/// What is still to come of a step, by the dates of its rows; conditions are not asked.
package struct MomentsAhead: Hashable {
  /// How many moments are still to come; nil for a step that recurs and has a next one.
  package private(set) var count: Int? = 0
  /// The day of the next moment; nil where none is to come.
  package private(set) var next: CivilDate?
  /// The day of the last moment; nil where there was none, and where one is still to come.
  package private(set) var last: CivilDate?
  /// Whether a row has all that the schedule reads in it.
  private(set) var hasRows = false

  /// Nothing, before the first row is taken.
  init() {}

  /// What is to come by the dates of a column, for a schedule that needs no more of its rows.
  package init(_ schedule: Schedule, in census: AnchorCensus, context: MomentContext, now: Instant)
  {
    for date in schedule.telling(census.days.keys, after: context.zone.date(at: now)) {
      take(schedule, .date(date), rows: census.days[date] ?? 0, in: context, now: now)
    }
  }

  /// Adds what is to come of rows that have this schedule and this anchor.
  mutating func take(
    _ schedule: Schedule, _ anchor: Anchor, rows: Int, in context: MomentContext, now: Instant
  ) {
    hasRows = true
    if let moment = schedule.next(of: anchor, after: now, late: .standard, in: context) {
      let day = context.zone.date(at: moment.due)
      next = min(next ?? day, day)
      last = nil
      count = schedule.recurs ? nil : (count ?? 0) + rows
    } else if next == nil {
      let moments = schedule.moments(
        of: anchor, after: .distantPast, through: now, late: .standard, in: context, limit: 1)
      guard let moment = moments.last else { return }
      let day = context.zone.date(at: moment.due)
      last = max(last ?? day, day)
    }
  }

  /// Whether nothing is to come.
  package var isOver: Bool { next == nil }

  /// `12 moments ahead, the next on 2026-12-05`, `0 moments ahead; the last was on 1998-05-06`, `next on 2026-12-05`.
  package var text: String {
    guard let next else {
      return "0 moments ahead" + (last.map { "; the last was on \($0)" } ?? "")
    }
    guard let count else { return "next on \(next)" }
    return "\(counted(count, "moment")) ahead, the next on \(next)"
  }
}
