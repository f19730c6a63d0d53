import KindlyCore

extension Engine {
  func judge(_ question: ChangeQuestion) throws(SourceProblem) -> Judgement {
    let imaged = question.changes.filter { $0.new != nil }
    let images = try imaged.isEmpty ? nil : divided(question, among: imaged)
    // Nobody can fix an image, but the row can be fixed: if the conditions fail on an image, the row is asked.
    let others =
      question.changes.filter { $0.new == nil }
      + (images?.failing ?? []).map { $0.item.withoutImage }
    let rows = try others.isEmpty && images != nil ? nil : divided(question, among: others)
    let failing = rows?.failing ?? []
    // Changes wait for a rule that fails on all of them; single ones become reminders that wait.
    if let fault = rows?.commonFault, failing.count == question.changes.count { throw fault }
    let answers = (images?.answers ?? []) + (rows?.answers ?? [])
    let satisfied: Set<Int64> = answers.reduce(into: []) { $0.formUnion($1) }
    let faults = Dictionary(failing.map { ($0.item.id, $0.problem) }) { first, _ in first }
    return Judgement(
      satisfied: satisfied,
      faults: try doubts(
        about: others.filter { !satisfied.contains($0.id) && faults[$0.id] == nil },
        of: question
      ).merging(faults) { _, fault in fault })
  }

  private func divided(
    _ question: ChangeQuestion, among changes: [NoticedChange]
  ) throws(SourceProblem) -> Division<NoticedChange, Set<Int64>> {
    try Division(of: changes) { (part) throws(SourceProblem) in
      try self.satisfying(question, among: part)
    }
  }

  /// The changes that no condition could be asked about, because their row may be one of those that cannot be read.
  private func doubts(
    about changes: [NoticedChange], of question: ChangeQuestion
  ) throws(SourceProblem) -> [Int64: SourceProblem] {
    guard unread(of: question.watch).count > 0 else { return [:] }
    let asked = changes.filter { $0.operation != .delete && $0.new == nil }
    guard !asked.isEmpty else { return [:] }
    let rows = try rows(
      RowQuestion(
        watch: question.watch, keys: Array(Set(asked.map(\.key))), clock: question.clock))
    return asked.reduce(into: [:]) { faults, change in
      guard let row = rows[change.key], row.mayBeAbsent else { return }
      faults[change.id] = row.fault
    }
  }

  private func satisfying(
    _ question: ChangeQuestion, among changes: [NoticedChange]
  ) throws(SourceProblem) -> Set<Int64> {
    try read(asking: .condition(question.watch)) { reader in
      let shape = try shape(of: question.watch, in: reader)
      let judged = try shedImages(of: changes, in: shape, by: reader)
      var satisfied: Set<Int64> = []
      for batch in ChangeBatch<Reader.Dialect>.batches(of: judged, in: shape) {
        var parameters = question.clock.parameters
        parameters["kindly_changes"] = .text(batch.json)
        try reader.each(batch.sql(question.conditions), parameters) { row in
          if case .integer(let id) = row.value(0) { satisfied.insert(id) }
          return true
        }
      }
      return satisfied
    }
  }

  /// The changes; an image that its row still matches is dropped, so that the row itself is asked.
  ///
  /// An image is not quite the row: its texts have no collation in SQLite, and it has no `rowid`. So an image is used
  /// only if the row has other values by now. The rows are read in the transaction that judges, so that no commit comes in
  /// between.
  private func shedImages(
    of changes: [NoticedChange], in shape: Shape, by reader: Reader
  ) throws -> [NoticedChange] {
    let keys = Set(changes.filter { $0.new != nil }.map(\.key))
    if keys.isEmpty { return changes }
    let list = RowList(shape)
    var rows: [RowKey: RowValues] = [:]
    try reader.each(
      """
      SELECT \(list.sql)
      FROM \(shape.relation) AS this
      WHERE \(KeyList<Reader.Dialect>.condition(in: shape))
      """, ["kindly_keys": .text(KeyList<Reader.Dialect>.json(of: Array(keys), in: shape))]
    ) { row in
      if let answer = list.answer(row, holdsAt: nil) { rows[answer.key] = answer.values }
      return true
    }
    return changes.map { change in
      guard let image = change.new, let row = rows[change.key] else { return change }
      let isSame = image.allSatisfy { column, value in row[column]?.isSame(as: value) == true }
      return isSame ? change.withoutImage : change
    }
  }
}

/// Changes of one watch that are judged by one statement, because `this` is made of the same columns for all of them.
struct ChangeBatch<Dialect: SQLDialect> {
  /// What bare columns and `this` mean.
  private enum Image: Hashable {
    /// The row as it is now.
    case row
    /// These columns as the change log or the look kept them; the others as the row has them now, NULL where it is
    /// gone.
    case logged(Set<ExactText>)
    /// The deleted row, as far as it was captured.
    case deleted
  }

  private let shape: WatchShape<Dialect>
  private let image: Image
  private let changes: [NoticedChange]

  /// Splits changes into batches. Without changes it returns one empty batch, so that the database still prepares the
  /// statement.
  static func batches(of changes: [NoticedChange], in shape: WatchShape<Dialect>) -> [ChangeBatch] {
    if changes.isEmpty { return [sample(in: shape)] }
    let groups = Dictionary(grouping: changes) { change -> Image in
      if change.operation == .delete { return .deleted }
      return change.new.map { .logged(Set($0.keys)) } ?? .row
    }
    return groups.map { ChangeBatch(shape: shape, image: $0, changes: $1) }
  }

  // MARK: The parameter

  /// `[{"i": id, "k": [key], "o": [old values], "n": [new values]}]`, the values in the order of the watch's columns.
  var json: String {
    let entries = changes.flatMap { change in
      KeyList<Dialect>.literals(of: change.key, in: shape).map { key in
        let old = change.old.map { array($0, key: key) } ?? "null"
        let new = change.new.map { array($0, key: key) } ?? "null"
        return
          "{\"i\":\(change.id),\"k\":[\(key.joined(separator: ","))],\"o\":\(old),\"n\":\(new)}"
      }
    }
    return "[" + entries.joined(separator: ",") + "]"
  }

  private func array(_ values: RowValues, key: [String]) -> String {
    let literals = shape.columns.map { column in
      if let index = shape.key.firstIndex(of: column) { return key[index] }
      return values[column.name].map(literal) ?? "null"
    }
    return "[" + literals.joined(separator: ",") + "]"
  }

  private func literal(_ value: Value) -> String {
    switch value {
    case .null, .blob: "null"
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): JSONText.quoted(text)
    }
  }

  // MARK: The statement

  /// The one shape in which bare columns mean the row on every engine: `old` in the outer scope, the row inside.
  ///
  /// The CASE prevents a database that joins in the opposite order from evaluating the conditions on rows that did not
  /// change, because they might fail on one of those.
  func sql(_ conditions: [String]) -> String {
    """
    WITH old AS (
      SELECT \(id) AS \(idName)\(keyColumns)\(newColumn)\(oldColumns)
      FROM \(Dialect.elements(of: ":kindly_changes"))
    )
    SELECT old.\(idName)
    FROM old
    WHERE EXISTS (
      SELECT 1
      FROM \(this)
      WHERE \(isSameRow)
        AND CASE WHEN \(isSameRow) THEN CASE WHEN \(Dialect.all(conditions)) THEN 1 ELSE 0 END ELSE 0 END = 1
    )
    """
  }

  private var id: String { Dialect.integer(Dialect.scalar(in: "value", .member("i"))) }

  private var idName: String { Dialect.quoted("kindly id") }

  private var keyColumns: String {
    shape.key.enumerated().map { index, column in
      let scalar = Dialect.scalar(in: "value", .member("k"), .index(index))
      return ", \(Dialect.keyPart(scalar, column.type)) AS \(keyName(index))"
    }.joined()
  }

  private var newColumn: String {
    ", \(Dialect.array(in: "value", .member("n"))) AS \(newName)"
  }

  private var newName: String { Dialect.quoted("kindly new") }

  private var oldColumns: String {
    shape.columns.enumerated().map { index, column in
      let scalar = Dialect.scalar(in: "value", .member("o"), .index(index))
      return ", \(typed(scalar, column) { $0.old?[column.name] }) AS \(column.quoted)"
    }.joined()
  }

  private func keyName(_ index: Int) -> String { Dialect.quoted("kindly key \(index)") }

  private var isSameRow: String {
    switch image {
    case .row: matches("this", "old")
    case .logged, .deleted: Dialect.seesOutside ? Dialect.always : "this.\(idName) = old.\(idName)"
    }
  }

  private func matches(_ row: String, _ old: String) -> String {
    shape.key.enumerated().map { index, column in
      let name = Dialect.matched("\(row).\(column.quoted)", column.type)
      return "\(name) = \(old).\(keyName(index))"
    }.joined(separator: " AND ")
  }

  private var this: String {
    switch image {
    case .row: return "\(shape.relation) AS this"
    case .deleted:
      let columns = shape.columns.map { "\(inner).\($0.quoted) AS \($0.quoted)" }
      return Dialect.seesOutside
        ? "(SELECT \(columns.joined(separator: ", "))) AS this"
        : "(SELECT \(innerID), \(columns.joined(separator: ", ")) FROM old AS \(inner)) AS this"
    case .logged(let names):
      let columns = shape.columns.enumerated().map { index, column in
        let isKnown = names.contains(column.name) || shape.key.contains(column)
        let scalar = Dialect.scalar(in: "\(inner).\(newName)", .index(index))
        let logged = typed(scalar, column) { $0.new?[column.name] }
        return "\(isKnown ? logged : "present.\(column.quoted)") AS \(column.quoted)"
      }
      let (id, first) =
        Dialect.seesOutside ? ("", "(SELECT 1 AS one) AS one") : ("\(innerID), ", "old AS \(inner)")
      return """
        (SELECT \(id)\(columns.joined(separator: ", "))
          FROM \(first) LEFT JOIN \(shape.relation) AS present ON \(matches("present", inner))) AS this
        """
    }
  }

  /// The source of `this`: the outer `old`, or a separate one joined by id if the engine cannot see the outer one.
  private var inner: String { Dialect.seesOutside ? "old" : "own" }

  private var innerID: String { "\(inner).\(idName)" }

  /// A JSON value as its column would hold it.
  private func typed(
    _ scalar: String, _ column: WatchColumn<Dialect>, _ value: (NoticedChange) -> Value?
  ) -> String {
    if shape.key.contains(column) { return Dialect.keyPart(scalar, column.type) }
    let holdsText = changes.contains { if case .text = value($0) { true } else { false } }
    return Dialect.column(scalar, column.type, holdsText: holdsText)
  }
}

extension ChangeBatch {
  /// A batch without changes, for preparing conditions.
  static func sample(in shape: WatchShape<Dialect>) -> ChangeBatch {
    ChangeBatch(shape: shape, image: .row, changes: [])
  }
}
