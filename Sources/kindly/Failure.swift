import Glibc
import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTemplates

/// Why a verb ends: what the operator reads, and the exit code.
struct Failure: Error, CustomStringConvertible {
  /// Exit codes of sysexits(3).
  enum Code: Int32 {
    case usage = 64
    /// The named object does not exist, or the request is impossible in its state.
    case refused = 65
    /// The daemon does not run, or a source does not answer.
    case unavailable = 69
    /// The program failed in a way that it does not know.
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Another try may help.
    case temporary = 75
    case notPermitted = 77
    case configuration = 78
  }

  let code: Code
  let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Translates an error of a lower layer for the person who typed the verb; nil leaves it to the argument parser.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let problems as ConfigurationProblems: self.init(problems.code, "\(problems)")
    case let error as ControlError: self.init(Failure.code(of: error), "\(error)")
    case let problem as LedgerProblem:
      self.init(Failure.code(of: problem), Failure.text(problem.description, problem.hint))
    case let problem as SourceProblem:
      self.init(
        problem.kind == .unreachable ? .unavailable : .configuration,
        Failure.text(problem.description, problem.hint))
    case let problem as TemplateProblem: self.init(.configuration, problem.description)
    case let problems as TemplateProblems: self.init(.configuration, problems.description)
    case let missing as MissingTemplate: self.init(.configuration, missing.description)
    case let problem as SecretProblem: self.init(.configuration, problem.description)
    case let refusal as DeskRefusal: self.init(.refused, refusal.text)
    case let refusal as ViewerRefusal: self.init(.refused, refusal.description)
    default: return nil
    }
  }

  /// What a person reads of an error, with what to do about it.
  static func text(of error: any Error) -> String { Failure(error)?.description ?? "\(error)" }

  private static func text(_ description: String, _ hint: String?) -> String {
    hint.map { "\(description); \($0)" } ?? description
  }

  private static func code(of error: ControlError) -> Code {
    switch error {
    case .daemonNotRunning: .unavailable
    case .notPermitted: .notPermitted
    case .alreadyServed, .notASocket, .pathTooLong: .configuration
    case .requestTooLong: .usage
    case .noAnswer: .temporary
    case .notUnderstood, .system: .inputOutput
    }
  }

  static func code(of problem: LedgerProblem) -> Code {
    switch problem.kind {
    case .missing, .empty, .damaged, .newer, .older: .configuration
    case .held, .failed: .temporary
    case .unwritable: .cannotCreate
    case .unreadable: .notPermitted
    case .disk, .fatal, .closed: .inputOutput
    case .refused: .refused
    }
  }
}

extension UnknownName {
  var failure: Failure { Failure(.refused, text) }
}

extension ConfigurationProblems {
  /// 74 if the disk failed, 77 if this process lacks permission to read a file (neither of which says anything about
  /// the file's contents), otherwise 78.
  var code: Failure.Code {
    if problems.contains(where: \.isOfDisk) { return .inputOutput }
    return problems.contains { access($0.place.file, R_OK) != 0 && errno == EACCES }
      ? .notPermitted : .configuration
  }
}
