import KindlyCore

extension Engine {
  /// Prepares what a rule will ask, and reports every fault; throws only where the source itself cannot be asked.
  func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding] {
    let watch =
      switch subject {
      case .watch(let watch), .step(let watch, _), .customers(let watch, _),
        .segment(let watch, _):
        watch
      }
    let examination: Examination<Self>
    do throws(SourceProblem) {
      examination = try read(asking: .watch(watch)) { reader in
        try Examination(Shape(watch, reading: reader), reader, of: self)
      }
    } catch  where error.kind != .unreachable {
      return [QueryFinding(error)]
    }
    var findings: [QueryFinding] = []
    for check in examination.checks(of: subject) {
      do throws(SourceProblem) {
        findings += try read(asking: check.question) { try check.run($0) }
      } catch  where error.kind != .unreachable {
        findings.append(QueryFinding(error))
      }
    }
    return findings
  }
}

extension QueryFinding {
  fileprivate init(_ problem: SourceProblem) {
    self.init(
      isError: true, text: problem.description + (problem.hint.map { " (\($0))" } ?? ""))
  }
}

/// The checks of `examine`, one statement after the other, so that one fault does not hide the next.
private struct Examination<Source: Engine> {
  typealias Reader = Source.Reader
  typealias Shape = Source.Shape

  struct Check {
    let question: Question
    let run: (Reader) throws -> [QueryFinding]
  }

  private let shape: Shape
  private let engine: Source
  /// Whether a full scan of the watch is worth a warning.
  private let isLarge: Bool

  /// A scan of fewer rows than this takes about a millisecond.
  private static var largeTable: Int { 10_000 }
  /// How many rows are sampled for texts: enough to show what an application writes, and read quickly.
  private static var textSample: Int { 1000 }
  private static var clock: QueryClock { QueryClock(now: Instant(seconds: 0), zone: .utc) }

  init(_ shape: Shape, _ reader: Reader, of engine: Source) throws {
    self.shape = shape
    self.engine = engine
    let limit = Examination.largeTable + 1
    let rows = Reader.Dialect.first(
      limit, of: "SELECT 1 AS one FROM \(shape.relation) AS this")
    isLarge = try reader.count("SELECT count(*) FROM (\(rows)) AS sample") == limit
  }

  func checks(of subject: QuerySubject) -> [Check] {
    switch subject {
    case .watch: [rights, keyIndex] + changes + [texts]
    case .step(_, let step): checks(of: step)
    case .customers(_, let directory): checks(of: directory)
    case .segment(_, let segment): [asking(segment.condition)]
    }
  }

  // MARK: The watch

  private var rights: Check {
    Check(question: .watch(shape.watch)) { reader in
      try engine.cautions(about: shape, in: reader).map { QueryFinding(isError: false, text: $0) }
    }
  }

  private var keyIndex: Check {
    Check(question: .watch(shape.watch)) { reader in
      let plan = try reader.plan(
        of:
          "SELECT 1 FROM \(shape.relation) AS this WHERE \(KeyList<Reader.Dialect>.condition(in: shape))",
        ["kindly_keys": .text("[]")], seeking: shape.key[0].name)
      let unfound = warning(
        of: plan, "watch \(shape.watch.name): each look at single rows reads the whole table",
        index: shape.key, shape.key.map(\.quoted))
      // An index that finds single rows may still not give them in the order of a sweep.
      return unfound.isEmpty && shape.watch.changes != nil ? try order(by: reader) : unfound
    }
  }

  private func order(by reader: Reader) throws -> [QueryFinding] {
    let first = shape.key[0]
    let plan = try reader.plan(
      of: """
        SELECT 1 FROM \(shape.relation) AS this
        WHERE \(first.ordered) > \(Reader.Dialect.place(":kindly_from", first.type))
        ORDER BY \(shape.keyOrder)
        """, ["kindly_from": Reader.Dialect.example(first.type).low], seeking: first.name)
    return warning(
      of: plan, "watch \(shape.watch.name): each slice of a sweep sorts the whole table",
      index: shape.key, shape.key.map { Reader.Dialect.ordered($0.quoted, $0.type) })
  }

  private func sorted(_ column: Shape.Column) -> String {
    Reader.Dialect.sorted(column.quoted, column.type)
  }

  private var changes: [Check] {
    switch shape.watch.changes {
    case nil, .snapshot: []
    case .changelog:
      [
        Check(question: .watch(shape.watch)) { reader in
          _ = try engine.log(of: shape, in: reader)
          return []
        }
      ]
    case .cursor(let name): [cursorIndex(name), cursorEnd(name)]
    }
  }

  private func cursorIndex(_ name: String) -> Check {
    Check(question: .watch(shape.watch)) { reader in
      let column = try shape.column(name, as: "cursor column")
      let plan = try reader.plan(
        of: """
          SELECT 1 FROM \(shape.relation) AS this
          WHERE \(column.ordered) >= \(Reader.Dialect.place(":kindly_from", column.type))
          ORDER BY \(column.ordered)
          """, ["kindly_from": Reader.Dialect.example(column.type).low], seeking: column.name)
      return warning(
        of: plan, "watch \(shape.watch.name): each look at the cursor reads the whole table",
        index: [column], [sorted(column)])
    }
  }

  /// Warns of rows with an infinite cursor: no value is higher, so they are read at every look.
  private func cursorEnd(_ name: String) -> Check {
    Check(question: .watch(shape.watch)) { reader in
      let column = try shape.column(name, as: "cursor column")
      guard column.canBePassed != column.hasPlace else { return [] }
      let count = try reader.count(
        """
        SELECT count(*) FROM \(shape.relation) AS this
        WHERE \(column.hasPlace) AND NOT \(column.canBePassed)
        """)
      guard count > 0 else { return [] }
      return [
        QueryFinding(
          isError: false,
          text: "watch \(shape.watch.name): the cursor column \(column.name) is infinite in "
            + "\(counted(count, "row")), which each look reads again; give them a time")
      ]
    }
  }

  /// Texts that were written in another encoding than they are read in.
  private var texts: Check {
    Check(question: .watch(shape.watch)) { reader in
      let list = RowList(shape)
      var misread = MisreadColumns()
      try reader.each(
        Reader.Dialect.first(
          Examination.textSample, of: "SELECT \(list.sql) FROM \(shape.relation) AS this")
      ) { row in
        if let answer = list.answer(row, holdsAt: nil) { misread.take(answer) }
        return true
      }
      return misread.sentences.map {
        QueryFinding(isError: false, text: "watch \(shape.watch.name): \($0.text)")
      }
    }
  }

  // MARK: A step

  private func checks(of step: Step) -> [Check] {
    whenChecks(of: step)
      + (step.late.column.map { [existing($0, as: "column of `late`", .condition)] } ?? [])
  }

  private func whenChecks(of step: Step) -> [Check] {
    switch step.when {
    case .change(let change, _):
      (change.updated ?? []).map { existing($0, as: "column", .condition) }
        + step.conditions.map { judging($0) }
    case .dated(let schedule):
      schedule.columns.map { checked($0, of: schedule) } + step.conditions.map { asking($0) }
    }
  }

  private func checked(_ column: ScheduleColumn, of schedule: Schedule) -> Check {
    switch column.role {
    // What an index does not sort is told of by who knows how the dates are written.
    case .anchor where schedule.sorts(schedule.anchorKind(DateKinds())): dated(column.name)
    case .anchor, .last: existingDate(column.name)
    case .days: existing(column.name, as: "column of days", .condition)
    }
  }

  private func existingDate(_ name: String) -> Check {
    Check(question: .watch(shape.watch)) { _ in
      _ = try shape.dateColumn(name)
      return []
    }
  }

  private func dated(_ name: String) -> Check {
    Check(question: .watch(shape.watch)) { reader in
      let column = try shape.dateColumn(name)
      let place = { Reader.Dialect.place($0, column.type) }
      let range = Reader.Dialect.example(column.type)
      let plan = try reader.plan(
        of: """
          SELECT 1 FROM \(shape.relation) AS this
          WHERE \(column.ordered) >= \(place(":kindly_low")) AND \(column.ordered) < \(place(":kindly_high"))
          ORDER BY \(column.ordered)
          """, ["kindly_low": range.low, "kindly_high": range.high], seeking: column.name)
      return warning(
        of: plan, "watch \(shape.watch.name): each search for due dates reads the whole table",
        index: [column], [sorted(column)])
    }
  }

  /// A condition that is asked of a row; its own full scan is not worth a word, it is asked of few rows.
  private func asking(_ condition: String) -> Check {
    Check(question: .condition(shape.watch)) { reader in
      try prepare(
        "SELECT 1 FROM \(shape.relation) AS this WHERE \(Reader.Dialect.all([condition]))",
        Examination.clock.parameters, in: reader)
    }
  }

  /// A condition that is asked of a change and may name `old`.
  private func judging(_ condition: String) -> Check {
    Check(question: .condition(shape.watch)) { reader in
      var parameters = Examination.clock.parameters
      parameters["kindly_changes"] = .text("[]")
      return try prepare(
        ChangeBatch<Reader.Dialect>.sample(in: shape).sql([condition]), parameters, in: reader)
    }
  }

  private func prepare(
    _ sql: String, _ parameters: [String: Value], in reader: Reader
  ) throws -> [QueryFinding] {
    do {
      try reader.prepare(sql, parameters)
      return []
    } catch {
      guard let column = reader.unknownColumn(in: error) else { throw error }
      throw shape.unknown(column)
    }
  }

  // MARK: The customers

  private func checks(of directory: PeopleDirectory) -> [Check] {
    return (directory.reachColumns + directory.secret).map {
      existing($0, as: "column in customers:", .watch)
    } + [keyIndex] + (directory.condition.map { [asking($0)] } ?? [])
  }

  private func existing(
    _ name: String, as role: String, _ kind: SourceProblem.Kind
  ) -> Check {
    Check(question: .watch(shape.watch)) { _ in
      _ = try shape.column(name, as: role, kind)
      return []
    }
  }

  /// A warning where a large watch is read whole, with the index to make: its columns, and how they are written in it.
  private func warning(
    of plan: QueryPlan, _ text: String, index columns: [Shape.Column], _ written: [String]
  ) -> [QueryFinding] {
    guard isLarge, plan.readsWhole || plan.sorts else { return [] }
    guard case .table(let table) = shape.watch.relation else {
      return [
        QueryFinding(isError: false, text: "\(text); see that the tables behind it have indexes")
      ]
    }
    let index = Reader.Dialect.index(on: table, columns.map(\.name), written)
    return [QueryFinding(isError: false, text: "\(text); make an index: \(index)")]
  }
}
