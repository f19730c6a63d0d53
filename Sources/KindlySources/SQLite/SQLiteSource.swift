import GRDB
package import KindlyCore

/// A customer database in one SQLite file, read beside the application that writes it.
///
/// The actor runs on a queue of its own, so that SQLite's blocking calls take no thread of the cooperative pool; one
/// question is answered at a time. The file is opened read-only when it is first asked for, again after a failure, and
/// again when another file has taken its place.
package actor SQLiteSource: LookingSource, AskingSource, ExplainingSource {
  package nonisolated let name: String
  package nonisolated let path: String
  /// The zone of wall times in the source.
  package nonisolated let zone: Zone

  let pace: SlicePace
  private let diagnosis: SQLiteDiagnosis
  private let deadline: Duration
  private let executor: QueueExecutor
  private var connection: SQLiteConnection?
  /// How often the file was opened; a reopening counts as a change.
  private var openings: Int64 = 0
  /// The plan of the query that was paged last.
  var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// How long a question may take: a full count of a million rows fits in, and what never ends does not hold up the rest.
  package static let standardDeadline = Duration.seconds(5)

  package init(
    name: String, path: String, zone: Zone, deadline: Duration = SQLiteSource.standardDeadline,
    pace: SlicePace = SlicePace()
  ) {
    self.name = name
    self.path = path
    self.zone = zone
    self.deadline = deadline
    self.pace = pace
    diagnosis = SQLiteDiagnosis(source: name, path: path, deadline: deadline)
    executor = QueueExecutor(label: "kindly.source.\(name)")
  }

  package func pulse() throws(SourceProblem) -> SourcePulse {
    let version = try read(asking: .source) { try $0.value("PRAGMA data_version") }
    guard case .integer(let version) = version,
      case .present(let identity) = connection?.file.state
    else { throw SourceProblem(.unreachable, "source \(name): \(path) was closed meanwhile") }
    // SQLite counts by connection, and in 32 bits.
    return SourcePulse(identity: identity, version: openings << 32 | version)
  }

  package func close() {
    connection?.close()
    connection = nil
  }

  /// Answers one question in one read transaction, which is closed before this returns.
  func read<Answer>(
    asking question: SQLiteQuestion, _ body: (SQLiteReader) throws -> Answer
  ) throws(SourceProblem) -> Answer {
    let file = SQLiteFile(path: path)
    // The connection is kept until another file is there, so that this one's inode is not given to it.
    if let problem = diagnosis.problem(of: file) { throw problem }
    do {
      return try opened(file).read(body)
    } catch {
      let problem = diagnosis.problem(error, asked: question)
      if problem.kind == .unreachable { close() }
      throw problem
    }
  }

  /// A watch's columns, read in the transaction that asks about them; what is wrong with them is the watch's matter.
  func shape(of watch: Watch, in reader: SQLiteReader) throws(SourceProblem) -> WatchShape {
    do {
      return try WatchShape(watch, reading: reader)
    } catch {
      throw diagnosis.problem(error, asked: .watch(watch))
    }
  }

  /// The connection to the file that is at the path now.
  private func opened(_ file: SQLiteFile) throws -> SQLiteConnection {
    if let connection {
      if connection.file == file { return connection }
      close()
    }
    let connection = try SQLiteConnection(file, label: "source \(name)", deadline: deadline)
    guard SQLiteFile(path: path) == file else {
      connection.close()
      throw SourceProblem(
        .unreachable,
        "source \(name): \(path) was replaced while it was opened; it is asked again at the next poll"
      )
    }
    openings += 1
    self.connection = connection
    return connection
  }
}

/// How much one read transaction may fetch.
package struct SlicePace: Hashable, Sendable {
  /// Rows and time of a slice, as the manners towards a source demand.
  package let rows: Int
  package let time: Duration
  /// In WAL mode a reader keeps nobody from writing; it only keeps the log from being reset.
  package let timeInWAL: Duration

  package init(
    rows: Int = 5000, time: Duration = .milliseconds(50), timeInWAL: Duration = .seconds(1)
  ) {
    self.rows = rows
    self.time = time
    self.timeInWAL = timeInWAL
  }

  /// The time that a transaction may take in the journal mode that the database is in.
  func time(of reader: SQLiteReader) throws -> Duration {
    try reader.value("PRAGMA journal_mode") == .text("wal") ? timeInWAL : time
  }
}
