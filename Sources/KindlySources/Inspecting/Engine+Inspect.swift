import KindlyCore

extension Engine {
  func inventory() throws(SourceProblem) -> SourceInventory {
    try read(asking: .source) { reader in
      let catalogue = try catalogue(in: reader)
      let relations = try catalogue.relations().filter { !$0.name.contains(ownPrefix) }
      return SourceInventory(
        server: try catalogue.server(),
        relations: relations.sorted { $0.name.exactlyPrecedes($1.name) })
    }
  }

  func grants(reading relations: [String]) throws(SourceProblem) -> String {
    try read(asking: .source) { try catalogue(in: $0).grants(reading: relations) }
  }

  func survey(_ relation: ListedRelation) throws(SourceProblem) -> RelationSurvey {
    // Nothing is looked for by a key here, so the watch has none.
    let watch = Watch(name: relation.name, source: "", relation: .table(relation.name), key: [])
    if let fault = relation.fault { throw SourceProblem(.watch, fault) }
    // Each of these is a short transaction, and what was read is looked at when it is closed.
    var findings = try read(asking: .watch(watch)) { reader in
      let stored = Shape.stored(watch, in: reader)
      // As a watch would read it, in the encoding that the source is said to have.
      let (from, columns) = try reader.decoded(stored, reader.columns(of: stored))
      return try Surveyor<Self>(relation, from, columns, catalogue(in: reader))
        .findings(reader, within: reader.time(at: pace))
    }
    for part in findings.parts {
      let (rows, isWhole) = try read(asking: .watch(watch)) { reader in
        // A driver that gives texts alone is told by the columns what they are.
        _ = try reader.columns(of: Shape.stored(watch, in: reader))
        return try part.rows(reader, within: reader.time(at: pace))
      }
      findings.add(rows, isWhole: isWhole)
    }
    return findings.survey
  }

  /// The tables that our own triggers write are not the customer's.
  private var ownPrefix: String { "kindly_changes" }
}

/// The raw data read from one table or view.
private struct Findings<Dialect: SQLDialect> {
  let relation: ListedRelation
  let details: RelationDetails
  let columns: [WatchColumn<Dialect>]
  /// Nil where counting would have made all rows of a view.
  let counted: RowCount?
  /// What has to be asked for the rows.
  let parts: [SamplePart]
  private var rows: [[Value]] = []
  /// Whether every row was read: the first and the last of many are never all.
  private var isWhole: Bool

  init(
    _ relation: ListedRelation, _ details: RelationDetails, _ columns: [WatchColumn<Dialect>],
    counted: RowCount?, parts: [SamplePart]
  ) {
    self.relation = relation
    self.details = details
    self.columns = columns
    self.counted = counted
    self.parts = parts
    isWhole = parts.count == 1
  }

  mutating func add(_ more: [[Value]], isWhole: Bool) {
    rows += more
    self.isWhole = self.isWhole && isWhole
  }

  var survey: RelationSurvey {
    RelationSurvey(
      relation: relation,
      rows: isWhole ? .exact(rows.count) : counted ?? .atLeast(rows.count),
      sampled: rows.count, columns: columns.indices.map(survey), declaredKey: details.key,
      indexes: details.indexes)
  }

  private func survey(ofColumn index: Int) -> ColumnSurvey {
    let column = columns[index]
    var tally = ColumnTally()
    for row in rows { tally.take(row[index]) }
    tally.finish()
    let statement = Dialect.index(
      on: relation.name, [column.name], [Dialect.sorted(column.quoted, column.type)])
    return ColumnSurvey(
      name: column.name, sqlName: column.written, type: details.types[column.name] ?? "",
      canHoldDates: !column.isBlob && Dialect.dateless(column.type) == nil,
      references: details.references[column.name],
      indexStatement: relation.kind == .table ? statement : nil, tally: tally)
  }
}

/// A SELECT for some rows of a table, and how many of them are wanted.
private struct SamplePart {
  let sql: String
  let width: Int
  let limit: Int

  /// Reads rows until the time is up; also returns whether they ended before the limit and the time did.
  func rows(
    _ reader: some EngineReader, within time: Duration
  ) throws -> (rows: [[Value]], isWhole: Bool) {
    var rows: [[Value]] = []
    var isWhole = true
    try reader.each(sql) { row in
      // At least one, so that a slow disk does not make a table look empty.
      if rows.count == limit || !rows.isEmpty && reader.stopwatch.elapsed > time {
        isWhole = false
        return false
      }
      rows.append((0..<width).map(row.plainValue))
      return true
    }
    return (rows, isWhole)
  }
}

/// Finds out what there is to read of one table or view.
private struct Surveyor<Source: Engine> {
  typealias Reader = Source.Reader
  typealias Dialect = Reader.Dialect

  private let relation: ListedRelation
  /// The table as it stands behind FROM.
  private let from: String
  private let columns: [WatchColumn<Dialect>]
  private let catalogue: any Catalogue

  /// Enough that one strange value in a thousand is seen, and few enough to be read in some milliseconds.
  private static var mostRows: Int { 2000 }
  /// Counting more rows than this is left to the engine's own estimate.
  private static var mostCounted: Int { 100_000 }

  init(
    _ relation: ListedRelation, _ from: String, _ columns: [WatchColumn<Dialect>],
    _ catalogue: any Catalogue
  ) {
    self.relation = relation
    self.from = from
    self.columns = columns
    self.catalogue = catalogue
  }

  func findings(_ reader: Reader, within time: Duration) throws -> Findings<Dialect> {
    let details = try catalogue.details(of: relation)
    let counted = try countRows(reader, within: time)
    return Findings(
      relation, details, columns, counted: counted, parts: parts(by: details.key, of: counted))
  }

  /// The number of rows; nil for a view, because counting might compute all of its rows.
  ///
  /// The rows are counted on our side, because a `count(*)` cannot be stopped when time is up.
  private func countRows(_ reader: Reader, within time: Duration) throws -> RowCount? {
    guard relation.kind == .table else { return nil }
    let sql = Dialect.first(
      Surveyor.mostCounted + 1, of: "SELECT 1 AS found FROM \(from) AS this")
    var count = 0
    var isWhole = true
    try reader.each(sql) { _ in
      isWhole = count < Surveyor.mostCounted && reader.stopwatch.elapsed < time
      if isWhole { count += 1 }
      return isWhole
    }
    if isWhole { return .exact(count) }
    // An estimate below what was counted is an old one.
    return relation.estimate.flatMap { $0 >= count ? .estimate($0) : nil } ?? .atLeast(count)
  }

  /// The first rows, or where there are more and a key gives an order, half of the first and half of the last.
  private func parts(
    by key: [String], of count: RowCount?
  ) -> [SamplePart] {
    let list = columns.map { $0.isBlob ? "NULL" : $0.this }.joined(separator: ", ")
    let select = "SELECT \(list) FROM \(from) AS this"
    let isMuch = (count?.number ?? 0) > Surveyor.mostRows
    guard isMuch, !key.isEmpty else {
      // One more, to know whether there is one.
      let sql = Dialect.first(Surveyor.mostRows + 1, of: select)
      return [SamplePart(sql: sql, width: columns.count, limit: Surveyor.mostRows)]
    }
    return ["ASC", "DESC"].map { direction in
      let order = key.map { "this.\(Dialect.quoted($0)) \(direction)" }.joined(separator: ", ")
      let half = Surveyor.mostRows / 2
      return SamplePart(
        sql: Dialect.first(half, of: "\(select)\nORDER BY \(order)"), width: columns.count,
        limit: half)
    }
  }
}

extension WatchColumn {
  /// The name as a person would write it in SQL: no engine wants quotes for small letters, digits and underscores.
  fileprivate var written: String {
    let isPlain =
      name.first.map { $0.isASCII && $0.isLetter && $0.isLowercase } == true
      && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    return isPlain ? name : quoted
  }
}
