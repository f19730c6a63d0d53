import KindlyConfig
package import KindlyCore
import KindlyDaemon

/// Reads the rows of rules, one page at a time, and counts the customers that can be reached.
package struct CoverageSurvey {
  package let inquiry: CustomerInquiry
  package let directory: PeopleDirectory
  package let directoryWatch: Watch
  /// Nil before the first start: nothing is suppressed then.
  package let ledger: (any ReadingLedger)?
  /// Called for every row that cannot be reached over a channel, as it is found.
  package let report: (UnreachedRow) -> Void
  /// Called with the number of additional rows read.
  package let progress: (Int) -> Void

  package init(
    inquiry: CustomerInquiry, directory: PeopleDirectory, directoryWatch: Watch,
    ledger: (any ReadingLedger)?, report: @escaping (UnreachedRow) -> Void,
    progress: @escaping (Int) -> Void
  ) {
    self.inquiry = inquiry
    self.directory = directory
    self.directoryWatch = directoryWatch
    self.ledger = ledger
    self.report = report
    self.progress = progress
  }

  /// As many keys as a source answers at once.
  static let page = 500

  /// The findings about subjects of one rule. If a source fails, the subjects that asked it have the failure.
  package func findings(about subjects: [CoverageSubject]) async throws -> [CoverageReport.Finding]
  {
    var results: [Int: Result<CoverageCount, SourceProblem>] = [:]
    for (index, subject) in subjects.enumerated() {
      do {
        try await examine(subject)
      } catch let problem as SourceProblem {
        results[index] = .failure(problem)
      }
    }
    let groups = CoverageSurvey.groups(of: subjects).map { $0.filter { results[$0] == nil } }
    for group in groups where !group.isEmpty {
      do {
        let counts = try await count(group.map { subjects[$0] })
        for (index, count) in zip(group, counts) { results[index] = .success(count) }
      } catch let problem as SourceProblem {
        for index in group { results[index] = .failure(problem) }
      }
    }
    return subjects.indices.compactMap { index in
      results[index].map { CoverageReport.Finding(subject: subjects[index], result: $0) }
    }
  }

  /// The indices of subjects that ask the same of the rows, which are read once for all of them.
  private static func groups(of subjects: [CoverageSubject]) -> [[Int]] {
    Dictionary(grouping: subjects.indices) { index in
      subjects[index].conditions + subjects[index].segments.map(\.condition)
    }
    .values.sorted { $0[0] < $1[0] }
  }

  /// How many rows the findings about the rules will read; rows of a watch that cannot be counted are left out.
  package func expectedRows(of rules: [[CoverageSubject]]) async -> Int {
    var known: [ExactText: Int] = [:]
    var expected = 0
    for subjects in rules {
      guard let watch = subjects.first?.watch else { continue }
      if known[watch.name] == nil {
        // Losing the error is right: it is reported with the rule whose rows cannot be read.
        known[watch.name] = try? await inquiry.source(of: watch).count(
          watch, conditions: [], clock: inquiry.clock
        ).matching
      }
      expected += (known[watch.name] ?? 0) * CoverageSurvey.groups(of: subjects).count
    }
    return expected
  }

  /// Counts the rows of subjects that have a watch and conditions in common.
  private func count(_ subjects: [CoverageSubject]) async throws -> [CoverageCount] {
    var counts = subjects.map(CoverageCount.init)
    guard let first = subjects.first else { return counts }
    let source = try inquiry.source(of: first.watch)
    let kinds = try await inquiry.dates(of: first.watch)
    var after: SortKey?
    repeat {
      let slice = try await source.sweep(
        SweepRequest(
          watch: first.watch, columns: ComparedColumns(compared: [], captured: []), after: after))
      let keys = slice.rows.compactMap(\.key.rowKey)
      for start in stride(from: 0, to: keys.count, by: CoverageSurvey.page) {
        let page = Array(keys[start..<min(start + CoverageSurvey.page, keys.count)])
        let (rows, faults) = try await rows(page, of: first, in: source)
        for index in counts.indices {
          tally(rows, kinds, in: &counts[index])
          for (row, fault) in faults { counts[index].note(fault, on: row) }
        }
        progress(page.count)
      }
      for index in counts.indices {
        counts[index].refused += slice.refused.missing + slice.refused.duplicate
        if slice.through == nil { counts[index].refused += slice.unread }
      }
      after = slice.through
    } while after != nil
    return counts
  }

  /// Prepares a subject's queries, so that a missing column is an error rather than a missing address or date.
  private func examine(_ subject: CoverageSubject) async throws {
    let customers = (QuerySubject.customers(directoryWatch, directory), directoryWatch)
    let steps = subject.steps.map { (QuerySubject.step(subject.watch, $0), subject.watch) }
    let segments = subject.segments.map {
      (QuerySubject.segment(directoryWatch, $0), directoryWatch)
    }
    for (query, watch) in [customers] + segments + steps {
      let findings = try await inquiry.source(of: watch).examine(query)
      if let fault = findings.first(where: \.isError) {
        throw SourceProblem(.condition, fault.text)
      }
    }
  }

  /// The rows of a page that match, in its order, with their customers; and those that a condition fails on.
  private func rows(
    _ keys: [RowKey], of subject: CoverageSubject, in source: any AskingSource
  ) async throws -> (matching: [ReachableRow], faults: [RowKey: SourceProblem]) {
    // The directory's `if` and the segments are asked with the rule's where a row is the customer's own.
    let isOwn = subject.watch.about == .itself
    let own = [directory.condition].compactMap(\.self) + subject.segments.map(\.condition)
    let conditions = subject.conditions + (isOwn ? own : [])
    let answers = try await source.rows(
      RowQuestion(
        watch: subject.watch, keys: keys, conditions: conditions, clock: inquiry.clock))
    let matching = keys.compactMap { answers[$0] }.filter(\.holds)
    let customers = try await customers(
      of: matching, in: subject.segments, areTheirOwn: isOwn)
    let addresses = customers.values.flatMap(\.person.knownAddresses)
    let suppressed =
      try await ledger?.suppressed(
        addresses, for: subject.steps[0].messageClass) ?? []
    var faults = answers.compactMapValues(\.fault)
    let reachable = matching.compactMap { row -> ReachableRow? in
      let entry = row.customer.flatMap { customers[$0] }
      if let fault = entry?.fault { faults[row.key] = fault }
      // The `if` of the directory and the segments are asked of every customer; who is not in the directory is counted as such.
      guard entry?.holds != false else { return nil }
      return ReachableRow(row: row, customer: entry?.person, suppressed: suppressed)
    }
    return (reachable, faults)
  }

  /// The customers that rows are about; a row of the directory's own watch has been read already.
  private func customers(
    of rows: [RowAnswer], in segments: [Segment], areTheirOwn isOwn: Bool
  ) async throws -> [RowKey: PeopleLookup.Entry] {
    guard isOwn else {
      return try await inquiry.customers(Set(rows.compactMap(\.customer)), in: segments)
    }
    let entries = rows.map { row in
      (
        row.key,
        PeopleLookup.Entry(person: directory.person(key: row.key, row.values), holds: true)
      )
    }
    return Dictionary(entries) { first, _ in first }
  }

  private func tally(_ rows: [ReachableRow], _ kinds: DateKinds, in count: inout CoverageCount) {
    let subject = count.subject
    count.addDates(of: rows, as: kinds)
    for row in rows {
      var found: [ExactText: Obstacle] = [:]
      for channel in subject.channels {
        let obstacle = row.obstacle(
          over: channel.address, schedule: subject.schedule, dates: kinds)
        guard let obstacle else { continue }
        found[channel.name] = obstacle
        report(
          UnreachedRow(
            subject: subject, channel: channel.name, customer: row.row.customer, row: row.row.key,
            obstacle: obstacle,
            column: column(of: obstacle, row, subject, channel, kinds)))
      }
      count.add(row, found)
    }
  }

  /// The column to fix, with its watch: `customers.mobile`.
  private func column(
    of obstacle: Obstacle, _ row: ReachableRow, _ subject: CoverageSubject,
    _ channel: ChannelSettings, _ kinds: DateKinds
  ) -> String {
    let watch = subject.watch
    switch obstacle {
    case .noCustomer: return "\(watch.name).\(watch.customerColumn ?? named(watch.key))"
    case .noAddress, .malformed, .suppressed:
      let column = directory.column(of: channel.address) ?? named(directoryWatch.key)
      return "\(directoryWatch.name).\(column)"
    case .noDate, .unusableDate:
      let unusable = subject.schedule.flatMap { row.unusableColumn(of: $0, kinds) }
      return "\(watch.name).\(unusable?.column ?? "")"
    }
  }

  private func named(_ key: [String]) -> String { key.joined(separator: ",") }
}
