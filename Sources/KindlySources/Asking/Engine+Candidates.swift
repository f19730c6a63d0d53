import KindlyCore

extension Engine {
  func candidates(_ query: CandidateQuery) throws(SourceProblem) -> CandidatePage {
    do throws(SourceProblem) {
      return try page(of: query)
    } catch  where error.kind == .condition && !query.conditions.isEmpty {
      return try judgedPage(of: query)
    }
  }

  /// A page found without the conditions and judged afterwards, for when the conditions fail on some row, which need
  /// not even be a candidate.
  private func judgedPage(of query: CandidateQuery) throws(SourceProblem) -> CandidatePage {
    var page = try page(of: query.unconditioned)
    let keys = page.candidates.map(\.key)
    var answers: [RowKey: RowAnswer] = [:]
    // Runs at least once, so that SQL that does not prepare is found even without candidates.
    for start in stride(from: 0, through: max(keys.count - 1, 0), by: RowQuestion.mostKeys) {
      let question = RowQuestion(
        watch: query.watch,
        keys: Array(keys[start..<min(start + RowQuestion.mostKeys, keys.count)]),
        conditions: query.conditions, clock: query.clock)
      answers.merge(try rows(question)) { first, _ in first }
    }
    page.candidates = page.candidates.compactMap { candidate in
      guard let answer = answers[candidate.key] else { return nil }
      var candidate = candidate
      candidate.fault = answer.fault
      return answer.holds || answer.fault != nil ? candidate : nil
    }
    return page
  }

  private func page(of query: CandidateQuery) throws(SourceProblem) -> CandidatePage {
    let question = Question.about(query.watch, query.conditions)
    let (shape, anchor, span) = try read(asking: question) {
      reader -> (Shape, Shape.Column?, ColumnSpan?) in
      let shape = try self.shape(of: query.watch, in: reader)
      let anchor = try query.schedule.column.map { try shape.dateColumn($0) }
      let search = try CandidateSearch(query, shape, anchor, nil, pace: pace, reader: reader)
      return (shape, anchor, query.after == nil ? try search.span() : nil)
    }
    // Computed between two transactions, and once for all pages of a query.
    let plan = self.plan(of: query, shape, anchor, within: span)
    if plan.intervals.isEmpty { return CandidatePage(candidates: [], next: nil) }
    return try read(asking: question) { reader in
      try CandidateSearch(query, shape, anchor, plan, pace: pace, reader: reader).page()
    }
  }

  /// The plan of a query: a new one for its first page, and the same for those that follow.
  private func plan(
    of query: CandidateQuery, _ shape: Shape, _ anchor: Shape.Column?, within span: ColumnSpan?
  ) -> CandidatePlan {
    let basis = CandidatePlan.Basis(query, shape.relation)
    if query.after != nil {
      if let lastPlan, lastPlan.basis == basis { return lastPlan.plan }
      // Another query came in between. The new plan does not know the column's span, so it has more ranges: the page is
      // read in key order or from its own range on. Rows that this misses are found by the next scan.
      return CandidatePlan(basis, anchor, within: .unbounded)
    }
    let plan = CandidatePlan(basis, anchor, within: span)
    lastPlan = (basis, plan)
    return plan
  }
}

/// Where the candidates of a query lie.
struct CandidatePlan: Sendable {
  let intervals: [AnchorInterval]
  /// Nil if no index provides the dates in order, so that rows are read in key order.
  let ranges: [ValueRange]?

  /// What a plan is made from.
  struct Basis: Hashable, Sendable {
    let relation: String
    let schedule: Schedule
    let kind: DateKind
    let lower: Instant
    let upper: Instant

    init(_ query: CandidateQuery, _ relation: String) {
      self.relation = relation
      schedule = query.schedule
      kind = query.kind
      lower = query.lower
      upper = query.upper
    }
  }

  /// - Parameter anchor: the date column; nil for days of the calendar, which concern every row.
  init<Dialect>(_ basis: Basis, _ anchor: WatchColumn<Dialect>?, within span: ColumnSpan?) {
    let intervals = basis.schedule.anchors(after: basis.lower, through: basis.upper)
    self.intervals = intervals
    if let anchor, let span, basis.schedule.sorts(basis.kind) {
      ranges = Dialect.ranges(intervals, of: basis.kind, anchor.type, within: span)
    } else {
      ranges = nil
    }
  }
}

/// Finds one page of candidates: by the ranges of an index on the date column, or without one by reading in key order.
struct CandidateSearch<Reader: EngineReader> {
  typealias Dialect = Reader.Dialect

  private let query: CandidateQuery
  private let shape: WatchShape<Dialect>
  /// Nil for days of the calendar.
  private let anchor: WatchColumn<Dialect>?
  private let zone: WatchColumn<Dialect>?
  private let calendar: WatchColumn<Dialect>?
  /// The other columns that the schedule reads, and those that the query names.
  private let others: [WatchColumn<Dialect>]
  private let intervals: [AnchorInterval]
  private let ranges: [ValueRange]?
  private let pace: SlicePace
  private let end: SliceEnd
  private let reader: Reader

  /// The range of a place in a page that was read in key order.
  private static var noRange: Int { -1 }
  /// How many rows are taken between two looks at the clock.
  private static var rowsBetweenChecks: Int { 64 }

  init(
    _ query: CandidateQuery, _ shape: WatchShape<Dialect>, _ anchor: WatchColumn<Dialect>?,
    _ plan: CandidatePlan?, pace: SlicePace, reader: Reader
  ) throws {
    self.query = query
    self.shape = shape
    self.anchor = anchor
    intervals = plan?.intervals ?? []
    ranges = plan?.ranges
    self.pace = pace
    self.reader = reader
    zone = try query.zoneColumn.map { try shape.column($0, as: "time zone column", .condition) }
    calendar = try query.calendarColumn.map {
      try shape.column($0, as: "calendar column", .condition)
    }
    let read = query.schedule.columns.filter { $0.role != .anchor }.map(\.name)
    others = try (read + query.otherColumns).map {
      try shape.column($0, as: "column", .condition)
    }
    end = try SliceEnd(reader, at: pace)
  }

  func page() throws -> CandidatePage {
    if let place = query.after {
      return place.range == CandidateSearch.noRange
        ? try scan(after: place.key) : try search(from: place)
    }
    return ranges != nil ? try search(from: nil) : try scan(after: nil)
  }

  /// What the column holds, where an index tells it at once; nil where there is none.
  func span() throws -> ColumnSpan? {
    guard let anchor, try isIndexed(anchor) else { return nil }
    return try Dialect.span(of: anchor, in: shape.relation, by: reader)
  }

  // MARK: By the ranges of an index

  private func search(from place: CandidatePlace?) throws -> CandidatePage {
    var page = CandidatePage(candidates: [], next: nil)
    guard let anchor else { return page }
    let ranges = ranges ?? []
    var start = place?.range ?? 0
    if let place, !place.value.isNull, ranges.indices.contains(start) {
      for segment in Keyset.segments(
        of: [anchor] + shape.key, after: [place.value] + place.key.columns)
      {
        let statement = try reader.query(
          sql(
            where: "\(segment.condition) AND \(anchor.ordered) < \(bound(":kindly_high", anchor))",
            anchor),
          parameters(segment.parameters, high: ranges[start].high))
        if try take(statement, of: start, into: &page) { return page }
      }
      start += 1
    }
    guard start < ranges.count else { return page }
    let statement = try reader.query(rangeSQL(anchor), parameters(of: ranges[start]))
    for index in start..<ranges.count {
      if index > start, end.hasCome {
        page.next = CandidatePlace(range: index, value: .null, key: SortKey(stored: []))
        return page
      }
      try statement.bind(parameters(of: ranges[index]))
      if try take(statement, of: index, into: &page) { return page }
    }
    return page
  }

  /// Takes the rows of one statement whose anchors are within the intervals; returns true when the page is full.
  ///
  /// A range of digits also contains dates with separators, and a statement in key order returns every row, so most
  /// rows may be skipped. Keys are made only for taken rows and at the end of the page.
  private func take(
    _ statement: Reader.Query, of range: Int, into page: inout CandidatePage
  ) throws -> Bool {
    var visited = 0
    try statement.each { row in
      visited += 1
      let isCandidate = isInside(row) && row.isTrue(holdsIndex)
      guard isCandidate || isLate(visited) else { return true }
      guard let key = shape.sortKey(row) else { return true }
      if isCandidate, let candidate = candidate(row, key) { page.candidates.append(candidate) }
      guard page.candidates.count >= pace.rows || isLate(visited) else { return true }
      page.next = CandidatePlace(
        range: range, value: range == CandidateSearch.noRange ? .null : row.value(shape.key.count),
        key: key)
      return false
    }
    return page.next != nil
  }

  /// Whether the database finds a range of the date column in an index.
  private func isIndexed(_ anchor: WatchColumn<Dialect>) throws -> Bool {
    let example = parameters(of: Dialect.example(anchor.type))
    return try reader.plan(of: rangeSQL(anchor), example, seeking: anchor.name).seeks
  }

  // MARK: In key order

  private func scan(after place: SortKey?) throws -> CandidatePage {
    var page = CandidatePage(candidates: [], next: nil)
    let segments =
      place.map { Keyset.segments(of: shape.key, after: $0.columns) }
      ?? [Keyset.Segment(condition: Dialect.always, parameters: [:])]
    for segment in segments {
      let statement = try reader.query(
        scanSQL(where: segment.condition), parameters(segment.parameters))
      if try take(statement, of: CandidateSearch.noRange, into: &page) { return page }
    }
    return page
  }

  /// Whether the row's anchor lies in one of the intervals. Days of the calendar are every row's anchors.
  private func isInside(_ row: Reader.Row) -> Bool {
    if anchor == nil { return true }
    let value = row.value(shape.key.count)
    guard let anchor = Anchor.reading(value, as: query.kind) else { return false }
    return AnchorInterval.contains(anchor.roughSecond, in: intervals)
  }

  private func isLate(_ rows: Int) -> Bool {
    rows % CandidateSearch.rowsBetweenChecks == 0 && end.hasCome
  }

  // MARK: SQL

  private var list: String {
    let columns = [anchor, shape.customer, zone, calendar].map { $0?.this ?? "NULL" }
    let others = others.map { $0.isBlob ? "NULL" : $0.this }
    return ([shape.keyList] + columns + others).joined(separator: ", ")
  }

  private func bound(_ parameter: String, _ anchor: WatchColumn<Dialect>) -> String {
    Dialect.place(parameter, anchor.type)
  }

  private var holdsIndex: Int { shape.key.count + 4 + others.count }

  private func rangeSQL(_ anchor: WatchColumn<Dialect>) -> String {
    sql(
      where: """
        \(anchor.ordered) >= \(bound(":kindly_low", anchor)) \
        AND \(anchor.ordered) < \(bound(":kindly_high", anchor))
        """, anchor)
  }

  private func sql(where condition: String, _ anchor: WatchColumn<Dialect>) -> String {
    """
    SELECT \(list), \(Dialect.truth(Dialect.always))
    FROM \(shape.relation) AS this
    WHERE \(condition) AND \(Dialect.all(query.conditions))
    ORDER BY \(anchor.ordered), \(shape.keyOrder)
    """
  }

  private func scanSQL(where condition: String) -> String {
    """
    SELECT \(list), \(judgement)
    FROM \(shape.relation) AS this
    WHERE \(condition)
    ORDER BY \(shape.keyOrder)
    """
  }

  /// Whether the conditions hold, which is not asked of a row without a date.
  private var judgement: String {
    let truth = Dialect.truth(Dialect.all(query.conditions))
    return anchor.map { "CASE WHEN \($0.this) IS NOT NULL THEN \(truth) END" } ?? truth
  }

  private func parameters(of range: ValueRange) -> [String: Value] {
    parameters(["kindly_low": range.low], high: range.high)
  }

  private func parameters(_ own: [String: Value], high: Value? = nil) -> [String: Value] {
    var parameters = query.clock.parameters
    parameters.merge(own) { _, own in own }
    parameters["kindly_high"] = high
    return parameters
  }

  private func candidate(_ row: Reader.Row, _ key: SortKey) -> Candidate? {
    guard let rowKey = key.rowKey else { return nil }
    let next = shape.key.count
    let zoneName: String? = if case .text(let text) = row.value(next + 2) { text } else { nil }
    let calendarName = row.value(next + 3)
    var values: RowValues = [:]
    for (index, column) in others.enumerated() {
      values[column.name] = row.plainValue(next + 4 + index)
    }
    return Candidate(
      key: rowKey, anchor: row.value(next),
      customer: shape.watch.customer(ofRow: rowKey, naming: row.value(next + 1)),
      zoneName: zoneName,
      calendarName: calendarName.isNull ? nil : calendarName.text,
      others: values)
  }
}

extension AnchorInterval {
  /// Whether a second lies in one of the intervals, which are in rising order.
  static func contains(_ second: Int64, in intervals: [AnchorInterval]) -> Bool {
    var (low, high) = (0, intervals.count)
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].upper < second { low = middle + 1 } else { high = middle }
    }
    return low < intervals.count && intervals[low].lower <= second
  }
}
