package import KindlyCore

/// Finds the occurrences of one dated step, a page at a time; what becomes of them is another's business.
package struct MomentSearch: Sendable {
  let databases: CustomerDatabases
  let step: Step
  let schedule: Schedule
  let watch: Watch
  let source: any CustomerSource
  /// How far back the rule looked when the step was first seen; nil if it did not look back.
  let backfill: Backfill?
  let now: Instant
  private let timekeepers: Timekeepers
  /// Whether the rows themselves name the zones and calendars that count.
  private let areTimekeepers: Bool

  /// What one page of candidates holds.
  package struct Page: Sendable {
    package var candidates = 0
    /// In the order of the candidates; some may be useless by now.
    package var occurrences: [PlannedOccurrence] = []
    /// Rows that the conditions fail on.
    package var faults: [RowFault] = []
  }

  package init(
    databases: CustomerDatabases, step: Step, schedule: Schedule, watch: Watch,
    source: any CustomerSource, backfill: Backfill?, now: Instant
  ) {
    self.databases = databases
    self.step = step
    self.schedule = schedule
    self.watch = watch
    self.source = source
    self.backfill = backfill
    self.now = now
    timekeepers = databases.timekeepers(of: step, now: now)
    areTimekeepers = timekeepers.areCustomers && databases.directory?.watch == watch.name
  }

  /// The longest time for which a moment of this step can be useful, and so how far back to look.
  package var longestUse: Duration {
    let usual = schedule.longestUse(step.late)
    guard let backfill else { return usual }
    // What the rule looked back at has its whole lateness, even if it comes again before that ends.
    let lateness = if case .after(let period) = step.late { period.atMost } else { Duration.zero }
    let extended = max(usual, lateness) + backfill.longestUse
    return now < backfill.begun + extended ? extended : usual
  }

  /// Gives the occurrences with `lower < due <= upper` to `body`.
  ///
  /// - Parameter asksConditions: whether the step's conditions are evaluated; without that, none of the occurrences is
  ///   said to hold.
  package func pages(
    after lower: Instant, through upper: Instant, asksConditions: Bool,
    _ body: (Page) async throws -> Void
  ) async throws {
    guard lower < upper else { return }
    let dates = try await databases.dates(of: watch, in: source, now: now)
    let kind = schedule.anchorKind(dates)
    var calendar = CalendarMoments(
      schedule: schedule, lower: lower, upper: upper)
    var place: CandidatePlace?
    repeat {
      try LongTurn.goOn()
      let found = try await source.candidates(
        CandidateQuery(
          watch: watch, schedule: schedule, kind: kind, lower: lower, upper: upper,
          conditions: asksConditions ? step.conditions : [], zoneColumn: zoneColumn,
          calendarColumn: calendarColumn,
          otherColumns: [step.late.column, timekeepers.column].compactMap(\.self),
          clock: databases.clock(at: now), after: place))
      let customers = try await customers(of: found.candidates, asksConditions: asksConditions)
      let spellings = await spellings(of: found.candidates.compactMap(\.customer))
      let people = try await timekeepers.find(
        found.candidates.map { ($0.customer.flatMap { customers[$0]?.person }, $0.others) })
      var page = Page(candidates: found.candidates.count)
      for (candidate, timekeeper) in zip(found.candidates, people) {
        if let fault = candidate.fault {
          page.faults.append(RowFault(watch: watch.name, key: candidate.key, problem: fault))
        }
        page.occurrences += occurrences(
          of: candidate, as: dates, customer: candidate.customer.map { spellings[$0] ?? $0 },
          in: context(of: candidate, by: timekeeper), lower, upper, &calendar,
          holds: asksConditions && candidate.fault == nil && isAdmitted(candidate, customers))
        if page.occurrences.count >= MomentSearch.mostHeld {
          try await body(page)
          page = Page()
        }
      }
      try await body(page)
      place = found.next
    } while place != nil
  }

  /// A page with this many occurrences is given away in parts: a recurrence by the minute has over a thousand a day for
  /// each row.
  private static let mostHeld = 10_000

  private func occurrences(
    of candidate: Candidate, as dates: DateKinds, customer: RowKey?, in context: MomentContext,
    _ lower: Instant, _ upper: Instant, _ calendar: inout CalendarMoments, holds: Bool
  ) -> [PlannedOccurrence] {
    let late = step.late.resolved(in: candidate.others, as: dates, in: context)
    let moments: [Moment]
    var own: RowSchedule?
    if let column = schedule.column {
      var values = candidate.others
      values[column] = candidate.anchor
      // The board of dates counts unusable values.
      guard let found = try? schedule.of(values, as: dates) else { return [] }
      own = found
      moments = found.schedule.moments(
        of: found.anchor, after: lower, through: upper, late: late, in: context,
        limit: limit(after: lower, through: upper))
    } else {
      moments = calendar.moments(in: context, late: late)
    }
    return moments.map { moment in
      let gap = own.flatMap { $0.schedule.minimumGap(of: moment, from: $0.anchor, in: context) }
      let moment = step.served(
        moment, of: candidate.key, by: schedule, late: late, backfill, in: context.zone)
      return PlannedOccurrence(
        key: candidate.key, cycle: moment.cycle, due: moment.due, useUntil: moment.useUntil,
        customer: customer, holds: holds, minimumGap: gap)
    }
  }

  /// The most moments of a row: of those that are overdue the newest, and all that are still to come.
  private func limit(after lower: Instant, through upper: Instant) -> Int {
    upper > now ? Schedule.mostMoments(after: lower, through: upper) : Schedule.mostOverdue
  }

  private var zoneColumn: String? { areTimekeepers ? databases.directory?.timezone : nil }

  private var calendarColumn: String? { areTimekeepers ? databases.directory?.calendar : nil }

  private func context(of candidate: Candidate, by timekeeper: Person?) -> MomentContext {
    guard areTimekeepers else { return databases.momentContext(of: watch, for: timekeeper) }
    return databases.momentContext(
      of: watch, zone: candidate.zoneName.flatMap(Zone.reading),
      calendar: candidate.calendarName.map { ExactText($0.trimmed) })
  }

  /// Whether `customers: if:` holds for a candidate's customer and they are in the step's segments, where these are written.
  private func isAdmitted(
    _ candidate: Candidate, _ customers: [RowKey: PeopleLookup.Entry]
  ) -> Bool {
    guard asksAboutCustomers else { return true }
    return RowSubject(candidate.customer, of: watch, among: customers).holds(in: step.segments)
  }

  private var asksAboutCustomers: Bool {
    databases.directory?.condition != nil || !step.segments.isEmpty
  }

  /// Whether rows of customers name or lead to the zones and calendars, and these rows are not the candidates.
  private var looksUpCustomers: Bool { timekeepers.needCustomers && !areTimekeepers }

  /// The customers of candidates, read once for all that is asked of them; none where nothing is.
  private func customers(
    of candidates: [Candidate], asksConditions: Bool
  ) async throws(SourceProblem) -> [RowKey: PeopleLookup.Entry] {
    guard looksUpCustomers || asksConditions && asksAboutCustomers else {
      return [:]
    }
    return try await databases.lookup(now: now, in: step.segments)
      .find(Set(candidates.compactMap(\.customer)))
  }

  /// The customers' keys as the directory writes them, if the directory is another watch than the one with the dates.
  func spellings(of customers: [RowKey]) async -> [RowKey: RowKey] {
    guard watch.customerColumn != nil else { return [:] }
    return await databases.lookup(now: now).spellings(of: Set(customers))
  }
}

/// The moments that the calendar gives all rows of a zone, computed once for each.
struct CalendarMoments {
  /// What moments depend on besides the days.
  private struct Basis: Hashable {
    let zone: Zone
    let calendar: ExactText?
    let late: Lateness
  }

  let schedule: Schedule
  let lower: Instant
  let upper: Instant
  private var known: [Basis: [Moment]] = [:]

  init(schedule: Schedule, lower: Instant, upper: Instant) {
    self.schedule = schedule
    self.lower = lower
    self.upper = upper
  }

  mutating func moments(in context: MomentContext, late: Lateness) -> [Moment] {
    // A column ends the use at another time in each row. Nothing else differs, so the rows share the rest.
    if case .until(let end) = late {
      return shared(in: context, late: .never).map { $0.ending(by: end) }
    }
    return shared(in: context, late: late)
  }

  private mutating func shared(in context: MomentContext, late: Lateness) -> [Moment] {
    let basis = Basis(zone: context.zone, calendar: context.calendar, late: late)
    if let moments = known[basis] { return moments }
    let moments = schedule.calendarMoments(
      after: lower, through: upper, late: late, in: context)
    known[basis] = moments
    return moments
  }
}
