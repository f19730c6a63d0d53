import GRDB
import KindlyCore

/// Turns what SQLite answers into what the operator needs to read.
struct SQLiteDiagnosis {
  let source: String
  let path: String
  let deadline: Duration

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    if let problem = error as? SourceProblem { return problem }
    guard let error = error as? DatabaseError else {
      return SourceProblem(.unreachable, "source \(source): \(path) could not be read: \(error)")
    }
    let message = SQLiteDiagnosis.withoutData(error.message ?? "\(error.resultCode)")
    return switch error.resultCode.primaryResultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: locked
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY: cannotOpen(message)
    case .SQLITE_NOTADB: notADatabase
    case .SQLITE_CORRUPT: damaged(message)
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_NOLFS:
      unreachable("could not be read: \(message)", "look at the disk it is on")
    case .SQLITE_INTERRUPT: tooSlow(question)
    default: refused(message, question)
    }
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

  private func unreachable(_ what: String, _ hint: String) -> SourceProblem {
    SourceProblem(
      .unreachable, "source \(source): \(path) \(what); it is asked again at the next poll",
      hint: hint)
  }

  private var locked: SourceProblem {
    unreachable(
      "is locked by the application",
      "nothing to do if it passes; if it stays, look for a transaction that the application leaves open"
    )
  }

  private var notADatabase: SourceProblem {
    unreachable(
      "is not an SQLite database, or is encrypted", "check the path in `url:` with `file \(path)`")
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
      "if the application was interrupted while it wrote, its next start mends the file; else check the "
        + "permissions of the file, of its -wal and -shm files and of its folder")
  }

  /// SQLite cannot read a database in WAL mode without its index, and makes it in the same folder.
  var noSharedMemory: SourceProblem {
    unreachable(
      "is in WAL mode, its -shm file does not exist, and its folder may not be written",
      "start the application first and let it keep the database open, or give kindly's user the right to write "
        + "the folder (ReadWritePaths= in the unit)")
  }

  private func tooSlow(_ question: Question) -> SourceProblem {
    let limit = "\(deadline.inSeconds) s"
    switch question {
    case .source:
      return unreachable("did not answer within \(limit)", "look at the load of the disk")
    case .watch(let watch):
      guard case .query = watch.relation else {
        return unreachable(
          "did not answer within \(limit) when watch \(watch.name) was read",
          "see that the key has an index: `kindly check` explains the query")
      }
      return SourceProblem(
        .watch, "watch \(watch.name): its query was ended after \(limit)",
        hint: "see that it ends and uses indexes: `kindly check` explains it")
    case .condition(let watch):
      return SourceProblem(
        .condition, "a condition on watch \(watch.name) was ended after \(limit)",
        hint: "see that it ends and uses indexes: `kindly check` explains it")
    }
  }

  private func refused(_ message: String, _ question: Question) -> SourceProblem {
    switch question {
    case .source: unreachable("could not be read: \(message)", "try it with the sqlite3 program")
    case .watch(let watch): SourceProblem(.watch, "watch \(watch.name): \(message)")
    case .condition(let watch):
      SourceProblem(.condition, "a condition on watch \(watch.name) fails: \(message)")
    }
  }

  /// SQLite's message; what it quotes of a JSON path may come from a row and is cut off.
  private static func withoutData(_ message: String) -> String {
    guard message.contains("JSON"), let quoted = message.firstRange(of: " near ") else {
      return message
    }
    return String(message[..<quoted.lowerBound])
  }
}
