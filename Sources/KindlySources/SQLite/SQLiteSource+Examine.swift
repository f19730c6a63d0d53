package import KindlyCore

extension SQLiteSource {
  /// Prepares what a rule will ask, and reports every fault; throws only where the source itself cannot be asked.
  package func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding] {
    let watch =
      switch subject {
      case .watch(let watch), .step(let watch, _), .customers(let watch, _): watch
      }
    let examination: Examination
    do throws(SourceProblem) {
      examination = try read(asking: .watch(watch)) { reader in
        try Examination(WatchShape(watch, reading: reader), reader)
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

/// What `examine` tries, one statement after the other, so that one fault does not hide the next.
private struct Examination {
  struct Check {
    let question: SQLiteQuestion
    let run: (SQLiteReader) throws -> [QueryFinding]
  }

  private let shape: WatchShape
  /// Whether a full scan of the watch is worth a warning.
  private let isLarge: Bool

  /// A scan of fewer rows than this takes about a millisecond.
  private static let largeTable = 10_000
  private static let clock = QueryClock(now: Instant(seconds: 0), zone: .utc)

  init(_ shape: WatchShape, _ reader: SQLiteReader) throws {
    self.shape = shape
    let limit = Examination.largeTable + 1
    isLarge =
      try reader.count(
        "SELECT count(*) FROM (SELECT 1 FROM \(shape.relation) AS this LIMIT \(limit))")
      == limit
  }

  func checks(of subject: QuerySubject) -> [Check] {
    switch subject {
    case .watch: [keyIndex] + changes
    case .step(_, let step): checks(of: step)
    case .customers(_, let directory): checks(of: directory)
    }
  }

  // MARK: The watch

  private var keyIndex: Check {
    Check(question: .watch(shape.watch)) { reader in
      let lines = try reader.plan(
        of: "SELECT 1 FROM \(shape.relation) AS this WHERE \(KeyList.condition(in: shape))",
        ["kindly_keys": .text("[]")])
      return warning(
        of: lines, "watch \(shape.watch.name): each look at single rows reads the whole table",
        index: shape.key.map(\.name))
    }
  }

  private var changes: [Check] {
    switch shape.watch.changes {
    case nil, .snapshot: []
    case .changelog:
      [
        Check(question: .watch(shape.watch)) { reader in
          _ = try ChangeLog(of: shape, in: reader)
          return []
        }
      ]
    case .cursor(let name):
      [
        Check(question: .watch(shape.watch)) { reader in
          let column = try shape.column(name, as: "cursor column")
          let lines = try reader.plan(
            of: """
              SELECT 1 FROM \(shape.relation) AS this
              WHERE this.\(column.quoted) COLLATE BINARY >= 1 ORDER BY this.\(column.quoted) COLLATE BINARY
              """)
          return warning(
            of: lines, "watch \(shape.watch.name): each look at the cursor reads the whole table",
            index: [column.name])
        }
      ]
    }
  }

  // MARK: A step

  private func checks(of step: Step) -> [Check] {
    switch step.when {
    case .insert, .delete: step.conditions.map { judging($0) }
    case .update(let names):
      names.map { existing($0, as: "column", .condition) } + step.conditions.map { judging($0) }
    case .dated(let schedule): [dated(schedule)] + step.conditions.map { asking($0) }
    }
  }

  private func dated(_ schedule: Schedule) -> Check {
    Check(question: .watch(shape.watch)) { reader in
      let column = try shape.column(schedule.column, as: "date column", .condition)
      let name = "this." + column.quoted
      let lines = try reader.plan(
        of: """
          SELECT 1 FROM \(shape.relation) AS this
          WHERE \(name) COLLATE BINARY >= '2' AND \(name) COLLATE BINARY < '3' ORDER BY \(name) COLLATE BINARY
          """)
      return warning(
        of: lines, "watch \(shape.watch.name): each search for due dates reads the whole table",
        index: [column.name])
    }
  }

  /// A condition that is asked of a row; its own full scan is not worth a word, it is asked of few rows.
  private func asking(_ condition: String) -> Check {
    Check(question: .condition(shape.watch)) { reader in
      try prepare(
        "SELECT 1 FROM \(shape.relation) AS this WHERE \(SQLText.all([condition]))",
        Examination.clock.parameters, in: reader)
    }
  }

  /// A condition that is asked of a change and may name `old`.
  private func judging(_ condition: String) -> Check {
    Check(question: .condition(shape.watch)) { reader in
      var parameters = Examination.clock.parameters
      parameters["kindly_changes"] = .text("[]")
      return try prepare(ChangeBatch.sample(in: shape).sql([condition]), parameters, in: reader)
    }
  }

  private func prepare(
    _ sql: String, _ parameters: [String: Value], in reader: SQLiteReader
  ) throws -> [QueryFinding] {
    do {
      _ = try reader.prepare(sql, parameters)
      return []
    } catch {
      let problem = shape.explaining(error)
      guard let problem else { throw error }
      throw problem
    }
  }

  // MARK: The customers

  private func checks(of directory: CustomerDirectory) -> [Check] {
    let columns = [
      directory.name, directory.email, directory.phone, directory.language, directory.timezone,
    ]
    return (columns.compactMap(\.self) + directory.secret).map {
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

  /// A warning where a large watch is read whole, with the index to make.
  private func warning(of plan: [String], _ text: String, index columns: [String]) -> [QueryFinding]
  {
    // What the plan reads from our own parameter is no table of the customer's.
    let scans = plan.contains { $0.hasPrefix("SCAN") && !$0.contains("json_each") }
    guard isLarge, scans || plan.contains(where: { $0.hasPrefix("USE TEMP B-TREE FOR ORDER") })
    else { return [] }
    guard case .table(let table) = shape.watch.relation else {
      return [
        QueryFinding(isError: false, text: "\(text); see that the tables behind it have indexes")
      ]
    }
    let name = SQLText.quoted(([table] + columns).joined(separator: "_"))
    let list = columns.map(SQLText.quoted).joined(separator: ", ")
    return [
      QueryFinding(
        isError: false,
        text: "\(text); make an index: CREATE INDEX \(name) ON \(SQLText.quoted(table)) (\(list))")
    ]
  }
}
