package import KindlyCore

/// What is still to come of a step, by the dates of its column alone; conditions are not asked.
package struct MomentsAhead: Hashable {
  /// How many moments are still to come; nil for a step that recurs and has a next one.
  package let count: Int?
  /// The day of the next moment; nil where none is to come.
  package let next: CivilDate?
  /// The day of the last moment that is over; nil where none is, and for a step that recurs.
  package let last: CivilDate?

  package init(_ schedule: Schedule, in census: AnchorCensus, context: MomentContext, now: Instant)
  {
    guard !schedule.recurs else {
      next = schedule.next(ofAny: census.days.keys, after: now, late: .standard, in: context)
        .map { context.zone.date(at: $0.due) }
      (count, last) = (next == nil ? 0 : nil, nil)
      return
    }
    var (count, next, last) = (0, CivilDate?.none, CivilDate?.none)
    for (date, rows) in census.days {
      let due = schedule.moment(of: .date(date), number: nil, late: .standard, in: context).due
      let day = context.zone.date(at: due)
      if due > now {
        count += rows
        next = min(next ?? day, day)
      } else {
        last = max(last ?? day, day)
      }
    }
    (self.count, self.next, self.last) = (count, next, last)
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
