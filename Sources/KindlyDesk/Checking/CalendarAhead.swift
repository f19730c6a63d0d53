package import KindlyCore

/// The next moment of a step that counts from days of the calendar.
package struct CalendarAhead: Hashable {
  /// The company's date of the next moment; nil where none is to come.
  package let next: CivilDate?

  package init(_ schedule: Schedule, context: MomentContext, now: Instant) {
    next = schedule.nextCalendarMoment(after: now, late: .standard, in: context)
      .map { context.zone.date(at: $0.due) }
  }

  /// `next on 2026-12-25`, `no day ahead`.
  package var text: String { next.map { "next on \($0)" } ?? "no day ahead" }
}
