package import KindlyCore

/// How many moments of a step are still to come, by the dates of its column alone; conditions are not asked.
package struct MomentsAhead: Hashable {
  package let count: Int
  /// The day of the last moment that is over; nil where none is.
  package let last: CivilDate?

  /// Nil if the step recurs, because then there is always a next time, and if no row has a date.
  package init?(_ schedule: Schedule, in census: AnchorCensus, context: MomentContext, now: Instant)
  {
    guard !schedule.recurs, census.readable > 0 else { return nil }
    var (count, last) = (0, CivilDate?.none)
    for (date, rows) in census.days {
      let due = schedule.moment(of: .date(date), number: nil, late: .standard, in: context).due
      if due > now {
        count += rows
      } else {
        let day = context.zone.date(at: due)
        last = max(last ?? day, day)
      }
    }
    self.count = count
    self.last = last
  }

  /// `12 moments ahead`, `0 moments ahead; the last was on 1998-05-06`.
  package var text: String {
    let ahead = "\(counted(count, "moment")) ahead"
    guard count == 0, let last else { return ahead }
    return "\(ahead); the last was on \(last)"
  }
}
