import GRDB
import KindlyCore

/// Turns what the copy of CSV files answers into what the operator needs to read.
struct CSVDiagnosis {
  let source: String
  let path: String
  let deadline: Duration

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    if let problem = error as? SourceProblem { return problem }
    guard let error = error as? DatabaseError else {
      return unreachable("could not be read: \(error)", "look at the disk it is on")
    }
    let message = error.message ?? "\(error.resultCode)"
    return switch error.resultCode.primaryResultCode {
    case .SQLITE_INTERRUPT: tooSlow(question)
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_CANTOPEN, .SQLITE_CORRUPT:
      unreachable(
        "could not be taken in: \(message)",
        "see that there is memory, and room in the temporary folder for a copy of it")
    default: refused(message, question)
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

  private func unreachable(_ what: String, _ hint: String) -> SourceProblem {
    SourceProblem(
      .unreachable, "source \(source): \(path) \(what); it is asked again at the next poll",
      hint: hint)
  }

  private func tooSlow(_ question: Question) -> SourceProblem {
    let limit = "\(deadline.inSeconds) s"
    let hint = "see that it ends: `kindly check` prepares it"
    switch question {
    case .source:
      return unreachable("did not answer within \(limit)", "look at the load of the machine")
    case .watch(let watch):
      return SourceProblem(
        .watch, "watch \(watch.name): its query was ended after \(limit)", hint: hint)
    case .condition(let watch):
      return SourceProblem(
        .condition, "a condition on watch \(watch.name) was ended after \(limit)", hint: hint)
    }
  }

  private func refused(_ message: String, _ question: Question) -> SourceProblem {
    switch question {
    case .source: unreachable("could not be read: \(message)", "look at the file")
    case .watch(let watch): SourceProblem(.watch, "watch \(watch.name): \(message)")
    case .condition(let watch):
      SourceProblem(.condition, "a condition on watch \(watch.name) fails: \(message)")
    }
  }
}
