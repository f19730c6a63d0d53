import GRDB
import KindlyCore

extension LedgerProblem {
  /// Translates an error met while writing; an error that already is a ledger problem stays as it is.
  init(writing error: any Error) {
    if let problem = error as? LedgerProblem {
      self = problem
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.failed, "writing to the ledger failed: \(error)")
      return
    }
    let cause = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(
        .fatal, "the ledger's disk failed: \(cause); this commit was not saved",
        hint: "check the disk and the kernel's log, then start Kindly again")
    case .SQLITE_FULL:
      self.init(
        .failed, "the ledger's disk is full; this commit was not saved",
        hint: "make room on the disk; Kindly tries again by itself")
    default:
      // GRDB leaves arguments out of its messages, so no customer's data can be in here.
      self.init(.failed, "writing to the ledger failed: \(cause)")
    }
  }

  /// Translates an error met while reading.
  init(reading error: any Error) {
    if let problem = error as? LedgerProblem {
      self = problem
      return
    }
    let database = error as? DatabaseError
    let cause = database?.message ?? "\(error)"
    self.init(.failed, "reading the ledger failed: \(cause)")
  }
}
