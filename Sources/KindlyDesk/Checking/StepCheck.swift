import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Checks one step of a rule: prepares and explains its queries, and counts what it would match today.
struct StepCheck {
  let inquiry: CustomerInquiry
  /// Tells how long reading rows takes.
  let clock: any Timekeeper
  let rule: Rule
  let step: Step
  let watch: Watch
  /// Whether the step's condition has held for any reminder in the ledger; nil where there is no ledger to ask.
  let hasApplied: Bool?

  func check(_ report: inout CheckReport) async -> CheckReport.StepLine {
    var matching: Int?
    var census: AnchorCensus?
    var dateKind: DateKind?
    var ahead: MomentsAhead?
    var calendar: CalendarAhead?
    do {
      let source = try inquiry.source(of: watch)
      warnOfGap(&report)
      let findings = try await source.examine(.step(watch, step))
      report.add(findings, at: step.place)
      // If a query cannot be prepared, counting would only fail again.
      let isSound = !findings.contains(where: \.isError)
      // A condition about `old` is one about a change, which no row can be counted by.
      if isSound, step.conditionsOfRow.count == step.conditions.count {
        let count = try await source.count(
          watch, conditions: step.conditions, clock: inquiry.clock)
        if count.isWhole { matching = count.matching }
        warn(of: count.faults, &report)
        if matching == 0, count.faults.isEmpty { try await warnOfUnmet(source, &report) }
      }
      if isSound, let schedule = step.when.schedule, let column = schedule.column {
        let dates = try await inquiry.dates(of: watch)
        let kind = schedule.anchorKind(dates)
        let counted = try await source.census(of: column, in: watch, as: .date(kind))
        (census, dateKind) = (counted, kind)
        warnOfUnusable(counted, in: column, &report)
        tellOfNotation(kind, in: column, &report)
        if !schedule.sorts(kind) { warnOfOrder(kind, counted, in: column, &report) }
        for other in schedule.columns where other.role != .anchor {
          warnOfUnusable(
            try await source.census(of: other.name, in: watch, as: schedule.use(of: other, dates)),
            in: other.name, &report)
        }
        if schedule.isAnniversary { warnOfHeaps(counted, in: column, &report) }
        // An empty watch will get its dates with its rows.
        if counted.readable > 0 || !counted.unusable.isEmpty {
          ahead = await self.ahead(of: schedule, in: counted, dates, source)
        }
        warnOfPast(ahead, counted, schedule, &report)
      } else if isSound, let schedule = step.when.schedule {
        calendar = CalendarAhead(
          schedule, context: inquiry.context(of: watch, for: nil), now: inquiry.now)
        warnOfPast(calendar, schedule, &report)
      }
    } catch let problem as SourceProblem {
      report.add(problem, at: step.place)
    } catch {
      report.error("\(error)", at: step.place)
    }
    return CheckReport.StepLine(
      rule: rule.name, step: step, watch: watch.name, matching: matching, census: census,
      dateKind: dateKind, ahead: ahead, calendar: calendar)
  }

  /// Warns of a calendar without the days off of a year that matters.
  private func warnOfGap(_ report: inout CheckReport) {
    let today = inquiry.context(of: watch, for: nil).zone.date(at: inquiry.now)
    let configuration = inquiry.configuration
    let hours = configuration.channels(of: step).map { configuration.hours(of: step, over: $0) }
    for gap in step.gaps(in: today, hours) {
      report.warn("rule \(rule.name): \(gap.words)", at: step.place)
    }
  }

  /// A row that the conditions fail on keeps no other row from being served, but is not served itself.
  private func warn(of faults: [RowKey: SourceProblem], _ report: inout CheckReport) {
    let groups = Dictionary(grouping: faults) { ExactText($0.value.description) }
    for (_, faults) in groups.sorted(by: { $0.key < $1.key }) {
      report.warn(
        "rule \(rule.name): \(faults[0].value.sentence(on: faults.map(\.key))); their reminders would wait, and all "
          + "others would be sent; fix the rows, or make the condition skip such values",
        at: step.place)
    }
  }

  /// NULL and empty mean that there is no date; what else is no date was probably meant as one.
  private func warnOfUnusable(
    _ census: AnchorCensus, in column: String, _ report: inout CheckReport
  ) {
    let meant = census.unusable.filter { $0.key != .null && $0.key != .empty }
    guard !meant.isEmpty else { return }
    let advice = meant.keys.sorted { $0.rawValue < $1.rawValue }.compactMap {
      $0.advice(for: column)
    }.map { "; \($0)" }
    report.warn(
      "rule \(rule.name): \(column) of \(watch.name) holds \(meant.counts.joined(separator: ", ")); such rows get no reminder"
        + advice.joined(), at: step.place)
  }

  /// Tells how a column's dates are written by its values, and what states it.
  private func tellOfNotation(
    _ kind: DateKind, in column: String, _ report: inout CheckReport
  ) {
    guard let notation = kind.notation, let statement = kind.statement(of: column),
      !watch.dates.forms(of: column).contains(where: \.isNotation)
    else { return }
    let note =
      "watch \(watch.name): \(column) is read as \(notation), because its values are written so; "
      + "state it in the watch with \(statement)"
    if !report.notes.contains(note) { report.notes.append(note) }
  }

  /// Warns of a large table whose dates no index sorts.
  private func warnOfOrder(
    _ kind: DateKind, _ census: AnchorCensus, in column: String, _ report: inout CheckReport
  ) {
    guard census.values > StepCheck.largeTable else { return }
    report.warn(
      "rule \(rule.name): \(column) of \(watch.name) holds \(kind.words), which no index sorts by time, so each search "
        + "reads the whole table; watch a query that converts them, with an index on what it converts",
      at: step.place)
  }

  /// A scan of fewer rows takes about a millisecond.
  private static let largeTable = 10_000

  /// Warns of a birthday shared by too many rows: it was probably entered because the real one was unknown.
  private func warnOfHeaps(
    _ census: AnchorCensus, in column: String, _ report: inout CheckReport
  ) {
    for heap in census.birthdayHeaps {
      report.warn(
        "rule \(rule.name): \(column) of \(watch.name) is \(heap.date) in \(heap.rows) of "
          + "\(counted(census.readable, "row")), and all of them get a letter on that day; if it stands for an unknown date, "
          + "exclude it with `if:`", at: step.place)
    }
  }

  /// What is still to come; nil if the dates of the column are not enough to tell, and its rows are too many, take too
  /// long or cannot be read.
  private func ahead(
    of schedule: Schedule, in census: AnchorCensus, _ dates: DateKinds,
    _ source: any CustomerSource
  ) async -> MomentsAhead? {
    let context = inquiry.context(of: watch, for: nil)
    guard schedule.needsWholeRows else {
      return MomentsAhead(schedule, in: census, context: context, now: inquiry.now)
    }
    guard census.values <= StepCheck.mostRows else { return nil }
    let names = schedule.columns.map(\.name)
    let columns = ComparedColumns(compared: [], captured: names)
    var ahead = MomentsAhead()
    var after: SortKey?
    let began = clock.reading.uptime
    repeat {
      // A slow query runs anew for each slice.
      guard clock.reading.uptime - began < MatchCount.patience else { return nil }
      let slice: SweepSlice
      do {
        slice = try await source.sweep(SweepRequest(watch: watch, columns: columns, after: after))
      } catch {
        // Losing the error is right: a rule with dates needs no sweep, so one that fails keeps nothing from being sent.
        return nil
      }
      for row in slice.rows {
        var values: RowValues = [:]
        for (name, value) in zip(names, row.captured) { values[ExactText(name)] = value }
        // Losing the reason is right: rows without a moment were counted with their columns.
        guard let own = try? schedule.of(values, as: dates) else { continue }
        ahead.take(own.schedule, own.anchor, rows: 1, in: context, now: inquiry.now)
      }
      after = slice.through
    } while after != nil
    return ahead
  }

  /// Computing the moments of so many rows takes about a second.
  private static let mostRows = 20_000

  /// Warns of a rule whose moments are all in the past. It sends nothing until a date changes, which is seldom
  /// intended.
  private func warnOfPast(
    _ ahead: MomentsAhead?, _ census: AnchorCensus, _ schedule: Schedule,
    _ report: inout CheckReport
  ) {
    guard let ahead, ahead.isOver, rule.backfill == nil else { return }
    let end = missing(ahead, census, schedule)
    report.warn(
      "rule \(rule.name): \(ahead.text) (`\(schedule.text)`), so nothing is sent until \(watch.name) has \(end)"
        + (schedule.announces && ahead.last != nil ? "; for dates in the past use `after`" : ""),
      at: step.place)
  }

  /// What the watch needs for a moment to come.
  private func missing(
    _ ahead: MomentsAhead, _ census: AnchorCensus, _ schedule: Schedule
  ) -> String {
    if census.readable == 0 { return "a date in \(schedule.column ?? "its column")" }
    // No row with a date has the number of days that its schedule needs as well.
    if !ahead.hasRows, let days = schedule.columns.first(where: { $0.role == .days }) {
      return "a number of days in \(days.name)"
    }
    return "a later date"
  }
}

extension StepCheck {
  /// Warns of a condition that no row meets now, and that none has met before as far as the ledger knows.
  private func warnOfUnmet(
    _ source: any CustomerSource, _ report: inout CheckReport
  ) async throws {
    guard hasApplied != true else { return }
    // Nobody can meet a condition in a watch without rows.
    guard try await source.count(watch, conditions: [], clock: inquiry.clock).matching > 0 else {
      return
    }
    var unmet = step.conditions
    if unmet.count > 1 {
      var alone: [String] = []
      for condition in unmet {
        let count = try await source.count(watch, conditions: [condition], clock: inquiry.clock)
        if count.isWhole, count.matching == 0, count.faults.isEmpty { alone.append(condition) }
      }
      // If each is met by some rows, they are never met together.
      if !alone.isEmpty { unmet = alone }
    }
    let conditions = unmet.map { "`\(RuleSentence.folded($0))`" }.joined(separator: " and ")
    let ever = hasApplied == nil ? "" : ", and none has met it since Kindly began to keep reminders"
    report.warn(
      "rule \(rule.name): no row of \(watch.name) meets \(conditions)\(ever), so nothing is sent; check how the column "
        + "writes such values", at: step.place)
  }

  /// Warns of a day that is over and does not come again.
  private func warnOfPast(
    _ calendar: CalendarAhead?, _ schedule: Schedule, _ report: inout CheckReport
  ) {
    guard let calendar, calendar.next == nil else { return }
    report.warn(
      "rule \(rule.name): \(calendar.text) (`\(schedule.text)`), so nothing is sent",
      at: step.place)
  }
}

extension Step {
  /// The conditions that can be asked of a row as it is: those that do not name `old`.
  var conditionsOfRow: [String] {
    conditions.filter { condition in
      // A condition that cannot be read was refused when the configuration was loaded.
      guard let text = try? ConditionText(condition) else { return false }
      return text.oldColumns.isEmpty
    }
  }
}
