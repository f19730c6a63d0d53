import GRDB
import KindlyCore

/// Turns what SQLite answers into what the operator needs to read.
struct SQLiteDiagnosis: Diagnosis {
  let source: String
  let path: String
  let deadline: Duration
  /// Whether the file is Kindly's own ledger, in which only the published views may be read.
  var isLedger = false

  static let trial = "try it with the sqlite3 program"
  static let load = "check the load of the disk"

  var place: String { path }

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    if let problem = error as? SourceProblem { return problem }
    if error is SQLiteMemory.Excess { return tooLarge(question) }
    guard let error = error as? DatabaseError else {
      return SourceProblem(.unreachable, of: .source(source), "\(path) could not be read: \(error)")
    }
    let message = SQLiteDiagnosis.message(of: error)
    return switch error.resultCode.primaryResultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: locked
    case .SQLITE_AUTH where isLedger: unpublished(question, message)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY: cannotOpen(message)
    case .SQLITE_NOTADB: notADatabase
    case .SQLITE_CORRUPT: damaged(message)
    case .SQLITE_NOMEM where question.hasForeignSQL: tooLarge(question)
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_NOLFS:
      unreachable("could not be read: \(message)", "check the disk it is on")
    case .SQLITE_INTERRUPT: tooSlow(question)
    default: blame(question, message)
    }
  }

  private func unpublished(_ question: Question, _ message: String) -> SourceProblem {
    blame(
      question, "it reads more of Kindly's ledger than its views (\(message))",
      "the views are \(LedgerView.names.joined(separator: ", "))")
  }

  private func tooLarge(_ question: Question) -> SourceProblem {
    blame(
      question, "it took more than \(SQLiteMemory.most >> 20) MB of memory and was stopped",
      "make it produce shorter values")
  }

  /// Why the file at the path cannot be opened at all, or nil where it is there.
  func problem(of file: SQLiteFile) -> SourceProblem? {
    switch file.state {
    case .present: nil
    case .missing:
      unreachable("is not there", "check the path in `url:`, and that the application has made it")
    case .denied:
      unreachable(
        "may not be read by the user that kindly runs as",
        "give kindly's user the group of the file (`usermod -aG GROUP kindly`, the file `chmod g+r`, its folders "
          + "`g+x`), and see that the unit's ReadOnlyPaths= or ProtectHome= does not hide it")
    case .unusable(let why): unreachable("cannot be used: \(why)", "check the path in `url:`")
    }
  }

  private var locked: SourceProblem {
    unreachable(
      "is locked by the application",
      "nothing to do if it passes; if it stays, look for a transaction that the application leaves open"
    )
  }

  private var notADatabase: SourceProblem {
    unreachable(
      "is not a SQLite database, or is encrypted", "check the path in `url:` with `file \(path)`")
  }

  private func damaged(_ message: String) -> SourceProblem {
    unreachable(
      "is damaged: \(message)",
      "run `PRAGMA integrity_check` on a copy, and restore the application's backup if it finds faults"
    )
  }

  private func cannotOpen(_ message: String) -> SourceProblem {
    let file = SQLiteFile(path: path)
    if let problem = problem(of: file) { return problem }
    if !file.hasSharedMemory && !file.folderIsWritable { return noSharedMemory }
    return unreachable(
      "cannot be opened: \(message)",
      "if the application was interrupted while it wrote, its next start repairs the file; otherwise check the "
        + "permissions of the file, of its -wal and -shm files and of its folder")
  }

  /// SQLite cannot read a database in WAL mode without its index, and makes it in the same folder.
  var noSharedMemory: SourceProblem {
    unreachable(
      "is in WAL mode, its -shm file does not exist, and its folder may not be written",
      "start the application first and let it keep the database open, or give kindly's user the right to write "
        + "the folder (ReadWritePaths= in the unit)")
  }

  /// SQLite's message without what may come from a row: it quotes JSON paths and what a full-text search is asked for.
  static func message(of error: DatabaseError) -> String {
    let message = error.message ?? "\(error.resultCode)"
    let sql = error.sql ?? ""
    if let column = SQLiteReader.unknownColumn(in: message), !sql.contains(column) {
      return "a full-text search names a column that is not there"
    }
    return QuotedParts.masked(withoutData(message), asking: sql)
  }

  /// A message without what it repeats of a JSON path.
  static func withoutData(_ message: String) -> String {
    guard message.contains("JSON"), let quoted = message.firstRange(of: " near ") else {
      return message
    }
    return String(message[..<quoted.lowerBound])
  }
}
