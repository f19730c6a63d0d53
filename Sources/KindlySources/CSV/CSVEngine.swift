import KindlyCore

extension DatabaseSource {
  /// Files of comma-separated values as a customer database: a file is a table.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder whose `.csv` files are the tables.
  ///   - encoding: as iconv(1) names it; nil for UTF-8.
  ///   - settling: how long a file must stay as it is before it is read again, because exports are written bit by bit.
  package init(
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

  /// What was made of a file when it was read last.
  private struct Table {
    let facts: CSVFacts
    /// Why it could not be read; nil where the copy holds it.
    let fault: Fault?
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
  private var tables: [String: Table] = [:]
  /// Files that are not what was read of them any more, and since when they are as they are now.
  private var changing: [String: (facts: CSVFacts, since: Stopwatch)] = [:]
  /// Counts what was taken in and thrown out; the rows of two equal versions are the same.
  private var version: Int64 = 0

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

  /// A file that takes another's place is the usual way of an export, so the path alone says which database it is.
  func pulse() throws(SourceProblem) -> SourcePulse {
    try refresh()
    return SourcePulse(identity: "csv \(path)", version: version)
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
        try copy.index(try table(name, of: watch), by: watch.key)
      }
      return try copy.read(body)
    } catch {
      throw problem(error, asked: question)
    }
  }

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    CSVDiagnosis(source: source, path: path, deadline: deadline).problem(error, asked: question)
  }

  func log(of shape: Shape, in reader: SQLiteReader) throws -> SQLiteChangeLog {
    throw noLog(of: shape.watch)
  }

  func logDDL(_ shape: Shape, columns: [String], in reader: SQLiteReader) throws -> String {
    throw noLog(of: shape.watch)
  }

  private func noLog(of watch: Watch) -> SourceProblem {
    SourceProblem(
      .watch, "watch \(watch.name): a CSV file has no triggers that could keep a change log",
      hint: "say `changes: snapshot`")
  }

  private func opened() throws -> CSVCopy {
    if let copy { return copy }
    let copy = try CSVCopy(label: "source \(source)", deadline: deadline)
    self.copy = copy
    return copy
  }
}

extension CSVEngine {
  /// The table's name as its file has it; throws where the copy does not hold it.
  private func table(_ name: String, of watch: Watch) throws(SourceProblem) -> String {
    let names = tables.keys.sorted()
    guard
      let found = names.first(where: { $0 == name })
        ?? names.first(where: { $0.lowercased() == name.lowercased() })
    else {
      let near = Suggestion.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
      throw SourceProblem(
        .watch, "watch \(watch.name): there is no file \(name).csv at \(path)",
        hint: (names.isEmpty
          ? "there is no CSV file at all" : "the tables are \(names.joined(separator: ", "))")
          + near)
    }
    if let fault = tables[found]?.fault {
      throw SourceProblem(.watch, "watch \(watch.name): \(fault.text)", hint: fault.hint)
    }
    return found
  }

  /// Takes in what is new at the path: files that have been as they are for a while, and at first all.
  private func refresh() throws(SourceProblem) {
    let files: [CSVFile]
    do throws(CSVAccess) {
      files = try CSVFile.all(at: path)
    } catch {
      throw SourceProblem(
        .unreachable, "source \(source): \(path) \(error.text); it is asked again at the next poll",
        hint: error.hint)
    }
    do {
      for file in files where isSettled(file) { try take(file) }
      for table in tables.keys where !files.contains(where: { $0.table == table }) {
        try opened().drop(table)
        tables[table] = nil
        version += 1
      }
    } catch {
      throw problem(error, asked: .source)
    }
  }

  private func isSettled(_ file: CSVFile) -> Bool {
    guard let table = tables[file.table] else { return true }
    guard table.facts != file.facts else {
      changing[file.table] = nil
      return false
    }
    if let change = changing[file.table], change.facts == file.facts {
      return change.since.elapsed >= settling
    }
    changing[file.table] = (file.facts, Stopwatch())
    return settling == .zero
  }

  private func take(_ file: CSVFile) throws {
    var fault: Fault?
    do {
      // A file that is being written is read when it has come to rest.
      guard let bytes = try file.read() else { return }
      try opened().replace(file.table, with: CSVEncoding.utf8(bytes, from: encoding))
    } catch let problem as CSVFault {
      fault = Fault(
        text: "line \(problem.line) of \(file.path) \(problem.text)",
        hint: "mend the line; the file is read again when it has changed")
    } catch let problem as CSVAccess {
      fault = Fault(text: "\(file.path) \(problem.text)", hint: problem.hint)
    }
    // What the file said before is not what it says now: better nothing than what is out of date.
    if fault != nil { try opened().drop(file.table) }
    tables[file.table] = Table(facts: file.facts, fault: fault)
    changing[file.table] = nil
    version += 1
  }
}
