import GRDB
import KindlyCore

/// Turns errors of the CSV copy into messages for the operator.
struct CSVDiagnosis: Diagnosis {
  let source: String
  let path: String
  let deadline: Duration

  static let trial = "check the file"
  static let load = "check the load of the machine"

  var place: String { path }

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    if let problem = error as? SourceProblem { return problem }
    if error is SQLiteMemory.Excess {
      return blame(
        question, "it took more than \(SQLiteMemory.most >> 20) MB of memory and was stopped",
        "make it produce shorter values")
    }
    guard let error = error as? DatabaseError else {
      return unreachable("could not be read: \(error)", "check the disk it is on")
    }
    let message = SQLiteDiagnosis.message(of: error)
    return switch error.resultCode.primaryResultCode {
    case .SQLITE_INTERRUPT: unending(question)
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_CANTOPEN, .SQLITE_CORRUPT:
      unreachable(
        "could not be loaded: \(message)",
        "make sure that there is memory, and room in the temporary folder for a copy of it")
    default: blame(question, message)
    }
  }

  /// Why SQLite takes no such table; nil for an error that is not about the file.
  static func refusal(of error: any Error) -> String? {
    guard let error = error as? DatabaseError,
      error.resultCode.primaryResultCode == .SQLITE_ERROR
        || error.resultCode.primaryResultCode == .SQLITE_TOOBIG
    else { return nil }
    return error.message ?? "\(error.resultCode)"
  }

  /// A slow query will not finish, because nobody can create an index in the copy.
  private func unending(_ question: Question) -> SourceProblem {
    let limit = text(deadline)
    let hint = "make sure that it finishes: `kindly check` tries it"
    switch question {
    case .source:
      return unreachable("did not answer within \(limit)", CSVDiagnosis.load)
    case .watch(let watch):
      return SourceProblem(
        .watch, of: .watch(watch.name), "its query was stopped after \(limit)", hint: hint)
    case .condition(let watch):
      return SourceProblem(
        .condition, "a condition on watch \(watch.name) was stopped after \(limit)", hint: hint)
    case .list(let name): return slowList(name)
    }
  }
}
