import KindlyCore

extension DatabaseSource {
  /// CSV files as a customer database: each file is a table.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder whose `.csv` files are the tables.
  ///   - encoding: as iconv(1) names it; nil for UTF-8.
  ///   - settling: how long a file must remain unchanged before it is read again, because exports are written bit by
  ///     bit.
  package convenience init(
    csv path: String, encoding: String?, name: String,
    deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
    settling: Duration = DatabaseSource.csvSettling
  ) {
    self.init(
      name: name,
      engine: CSVEngine(
        source: name, path: path, encoding: encoding, deadline: deadline, pace: pace,
        settling: settling))
  }

  /// Longer than a program that writes a file pauses between two writes, and short beside a poll.
  package static let csvSettling = Duration.seconds(2)
}

/// Answers from CSV files, by way of a private copy that is asked in SQLite's SQL.
final class CSVEngine: Engine {
  typealias Reader = SQLiteReader
  typealias Shape = WatchShape<SQLiteDialect>

  /// What is known of a file since it was last read.
  private struct Table {
    let name: String
    let path: String
    /// Nil where two files would be the table.
    let facts: CSVFacts?
    /// Why it could not be read; nil where the copy holds it.
    let fault: Fault?
    /// The lines that the copy does not hold.
    var broken = BrokenLines()

    /// Where the first of them are, and what is wrong with them.
    var brokenPlaces: [String] {
      broken.examples.map { "line \($0.line) of \(path) \($0.text)" }
    }

    var unread: UnreadRows { UnreadRows(count: broken.count, places: brokenPlaces) }
  }

  private struct Fault {
    let text: String
    let hint: String
  }

  private let source: String
  private let path: String
  private let encoding: String?
  private let deadline: Duration
  private let settling: Duration
  let pace: SlicePace
  var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

  private var copy: CSVCopy?
  /// By their names in lower case, since SQLite takes names for one that differ in nothing else.
  private var tables: [ExactText: Table] = [:]
  /// Files that differ from what was read, and since when they have been in their present state.
  private var changing: [ExactText: (facts: CSVFacts, since: Stopwatch)] = [:]

  init(
    source: String, path: String, encoding: String?, deadline: Duration, pace: SlicePace,
    settling: Duration
  ) {
    self.source = source
    self.path = path
    self.encoding = encoding
    self.deadline = deadline
    self.pace = pace
    self.settling = settling
  }

  /// Exports usually replace a file, so the path alone identifies the database.
  func pulse() throws(SourceProblem) -> SourcePulse {
    try refresh()
    var version = RowHash()
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      version.combine(.text(name.string))
      table.facts?.combine(into: &version)
    }
    return SourcePulse(identity: "csv \(path)", version: version.stored)
  }

  func close() {
    copy?.close()
    copy = nil
    tables = [:]
    changing = [:]
  }

  func read<Answer>(
    asking question: Question, _ body: (SQLiteReader) throws -> Answer
  ) throws(SourceProblem) -> Answer {
    try refresh()
    do {
      let copy = try opened()
      if let watch = question.subject, case .table(let name) = watch.relation {
        let table = try table(name, of: watch)
        let names = watch.key + [watch.customerColumn].compactMap(\.self)
        if try copy.note(identifiers: names, of: table.name) { try readAgain(table) }
        try copy.index(table.name, by: watch.key)
      }
      return try copy.read(body)
    } catch {
      throw problem(error, asked: question)
    }
  }

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    CSVDiagnosis(source: source, path: path, deadline: deadline).problem(error, asked: question)
  }

  func log(of shape: Shape, in reader: SQLiteReader) throws -> SQLiteChangeLog<SQLiteReader> {
    throw noLog(of: shape.watch)
  }

  func logDDL(_ shape: Shape, columns: [String], in reader: SQLiteReader) throws -> String {
    throw noLog(of: shape.watch)
  }

  /// The copy holds what could be read; a file that could not is listed with its fault.
  func catalogue(in reader: SQLiteReader) throws -> any Catalogue {
    let waiting = changing.keys.filter { tables[$0] == nil }.map { name in
      ListedRelation(
        name: name.string, kind: .table,
        fault:
          "the file is being written; it is read when it has not changed for \(settling.inSeconds) s"
      )
    }
    let known = tables.values.map { table in
      ListedRelation(name: table.name, kind: .table, fault: table.fault?.text)
    }
    return CSVCatalogue(path: path, encoding: encoding, files: known + waiting)
  }

  /// How many are reported; a person looks at no more before fixing them all.
  private static let mostPlaces = 5

  func places(ofRefusedIn watch: Watch) throws(SourceProblem) -> [String] {
    guard case .table(let name) = watch.relation else {
      return try read(asking: .watch(watch)) { unread(of: watch, in: $0).places }
    }
    return try read(asking: .watch(watch)) { reader in
      let table = try table(name, of: watch)
      let unusable = try opened().lines(
        inWhich: table.name, lacks: watch.key, atMost: CSVEngine.mostPlaces, by: reader)
      return table.brokenPlaces + unusable.map { "line \($0) of \(table.path)" }
    }
  }

  func unread(of watch: Watch) -> UnreadRows {
    guard tables.values.contains(where: { $0.broken.count > 0 }) else { return UnreadRows() }
    // Where the copy cannot be asked, the rows of all tables may be missing; the error is told by the next question.
    return (try? copy?.read { unread(of: watch, in: $0) }) ?? unread(of: watch, in: nil)
  }

  /// A query lacks the rows of every table that it reads.
  private func unread(of watch: Watch, in reader: SQLiteReader?) -> UnreadRows {
    switch watch.relation {
    case .table(let name): tables[name.folded]?.unread ?? UnreadRows()
    case .query(let sql):
      tables.sorted { $0.key < $1.key }.map(\.value)
        .filter { $0.broken.count > 0 && reader?.reads($0.name, in: sql) ?? true }
        .reduce(into: UnreadRows()) { all, table in
          all.count += table.unread.count
          all.places += table.unread.places
        }
    }
  }

  /// Warns about the lines that are left out; `check` shows it.
  func cautions(about shape: Shape, in reader: SQLiteReader) throws -> [String] {
    let unread = unread(of: shape.watch, in: reader)
    guard unread.count > 0 else { return [] }
    let outcome =
      unread.count == 1 ? "fires no rule until it is fixed" : "fire no rule until they are fixed"
    return [
      "watch \(shape.watch.name): \(counted(unread.count, "line")) cannot be read and \(outcome): "
        + "\(unread.places.joined(separator: ", ")); until then no row counts as deleted, and reminders of rows that "
        + "are not found wait"
    ]
  }

  private func noLog(of watch: Watch) -> SourceProblem {
    SourceProblem(
      .watch, of: .watch(watch.name), "a CSV file has no triggers, so it cannot have a change log",
      hint: "write `changes: snapshot`")
  }

  private func opened() throws -> CSVCopy {
    if let copy { return copy }
    let copy = try CSVCopy(label: "source \(source)", deadline: deadline)
    self.copy = copy
    return copy
  }
}

extension CSVEngine {
  /// The table of a name; throws where the copy does not hold it.
  private func table(_ name: String, of watch: Watch) throws(SourceProblem) -> Table {
    let key = name.folded
    if let table = tables[key] {
      guard let fault = table.fault else { return table }
      throw SourceProblem(.watch, of: .watch(watch.name), fault.text, hint: fault.hint)
    }
    if changing[key] != nil {
      throw SourceProblem(
        .watch, of: .watch(watch.name), "the file of the table \(name) at \(path) is being written",
        hint: "nothing to do: it is read when it has not changed for \(settling.inSeconds) s")
    }
    let names = tables.values.map(\.name).sortedExactly
    let near = Suggestion.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
    throw SourceProblem(
      .watch, of: .watch(watch.name), "there is no file \(name).csv at \(path)",
      hint: (names.isEmpty
        ? "there is no CSV file at all" : "the tables are \(names.joined(separator: ", "))") + near)
  }

  /// Reads a table's file again; if it has changed meanwhile, it must settle first like any other.
  private func readAgain(_ table: Table) throws {
    let key = table.name.folded
    guard let file = try CSVFile.all(at: path).first(where: { $0.table.folded == key }) else {
      return
    }
    try take(file, key)
  }

  /// Reads the files that have settled, and drops the tables whose files are gone.
  private func refresh() throws(SourceProblem) {
    let files: [CSVFile]
    do throws(CSVAccess) {
      files = try CSVFile.all(at: path)
    } catch {
      throw SourceProblem(
        .unreachable, of: .source(source), "\(path) \(error.text)", hint: error.hint,
        retry: .nextPoll)
    }
    let groups = Dictionary(grouping: files) { $0.table.folded }
    do {
      for (key, group) in groups where isNew(group[0], key) || group.count > 1 {
        if group.count > 1 { try refuse(group, key) } else { try take(group[0], key) }
      }
      for (key, table) in tables where groups[key] == nil {
        try opened().drop(table.name)
        tables[key] = nil
      }
      changing = changing.filter { groups[$0.key] != nil }
    } catch {
      throw problem(error, asked: .source)
    }
  }

  /// Whether a file is other than what was read of it, and has come to rest.
  private func isNew(_ file: CSVFile, _ key: ExactText) -> Bool {
    guard tables[key]?.facts != file.facts else {
      changing[key] = nil
      return false
    }
    if let change = changing[key], change.facts == file.facts {
      // A file may bear a time that lies ahead.
      return file.facts.age >= settling || change.since.elapsed >= settling
    }
    changing[key] = (file.facts, Stopwatch())
    return file.facts.age >= settling
  }

  private func refuse(_ files: [CSVFile], _ key: ExactText) throws {
    if let table = tables[key], table.facts == nil { return }
    let paths = files.map(\.path).sortedExactly.joined(separator: " and ")
    try keep(
      Fault(
        text:
          "\(paths) would be the same table, because upper and lower case do not matter in table names",
        hint: "remove the wrong one"), of: files[0], key, facts: nil)
  }

  private func take(_ file: CSVFile, _ key: ExactText) throws {
    do {
      // A file that is being written is read when it has come to rest.
      guard let bytes = try file.read() else { return }
      let broken = try opened().replace(
        file.table, with: CSVEncoding.utf8(bytes, from: encoding), encoding: encoding)
      try keep(nil, of: file, key, facts: file.facts, broken)
    } catch let problem as CSVFault {
      try keep(
        Fault(
          text: "line \(problem.line) of \(file.path) \(problem.text)",
          hint: "fix the line; Kindly reads the file again when it has changed"), of: file, key,
        facts: file.facts)
    } catch let problem as CSVAccess {
      try keep(
        Fault(text: "\(file.path) \(problem.text)", hint: problem.hint), of: file, key,
        facts: file.facts)
    } catch {
      guard let why = CSVDiagnosis.refusal(of: error) else { throw error }
      try keep(
        Fault(
          text: "\(file.path) cannot be made a table: \(why)",
          hint: "give the file another name, or fewer columns"), of: file, key, facts: file.facts)
    }
  }

  private func keep(
    _ fault: Fault?, of file: CSVFile, _ key: ExactText, facts: CSVFacts?,
    _ broken: BrokenLines = BrokenLines()
  ) throws {
    // The old contents are not valid any more: no data is better than outdated data.
    if fault != nil, let old = tables[key] { try opened().drop(old.name) }
    tables[key] = Table(
      name: file.table, path: file.path, facts: facts, fault: fault, broken: broken)
    changing[key] = nil
  }
}
