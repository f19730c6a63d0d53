import KindlyCore

/// Turns an engine's errors into messages for the operator; contains the sentences that all engines share.
protocol Diagnosis: Sendable {
  var source: String { get }
  /// Where the database is, as the operator knows it: a path or an address.
  var place: String { get }
  var deadline: Duration { get }

  /// What to do where the database as a whole could not be read.
  static var trial: String { get }
  /// Where to look when it did not answer in time.
  static var load: String { get }
}

/// How a refused statement is classified, whatever error numbers the database uses.
enum Verdict {
  /// What the operator can do about a refusal, which differs from database to database.
  struct Remedies {
    /// What would let a user read.
    let grant: String?
    /// How long a lock is waited for, and who holds one that stays.
    let lockWait: Duration
    let lockHolders: String
  }

  case tooSlow
  /// Another session holds a lock.
  case locked
  /// The user may not.
  case forbidden(String)
  /// The database's own matter, whatever was asked.
  case unreachable(String, hint: String)
  /// The fault of what was asked.
  case blame(String)
}

extension Diagnosis {
  func unreachable(_ what: String, _ hint: String?) -> SourceProblem {
    SourceProblem(
      .unreachable, of: .source(source), "\(place) \(what)", hint: hint, retry: .nextPoll)
  }

  /// Blames whatever was asked for what the database said.
  func blame(_ question: Question, _ what: String, _ hint: String? = nil) -> SourceProblem {
    switch question {
    case .source: unreachable("could not be read: \(what)", Self.trial)
    case .watch(let watch): SourceProblem(.watch, of: .watch(watch.name), what, hint: hint)
    case .condition(let watch):
      SourceProblem(.condition, "a condition on watch \(watch.name) fails: \(what)", hint: hint)
    case .list(let name):
      SourceProblem(.condition, of: .list(name), "the query fails: \(what)", hint: hint)
    }
  }

  func placeholder(_ name: String, _ question: Question) -> SourceProblem {
    blame(question, "a placeholder other than :now and :today, \(name)", "write the value itself")
  }

  func problem(
    _ verdict: Verdict, _ question: Question, _ remedies: Verdict.Remedies
  ) -> SourceProblem {
    switch verdict {
    case .tooSlow: tooSlow(question)
    case .locked: locked(question, remedies)
    case .forbidden(let what): blame(question, what, remedies.grant)
    case .unreachable(let what, let hint): unreachable("could not answer: \(what)", hint)
    case .blame(let what): blame(question, what)
    }
  }

  private func locked(_ question: Question, _ remedies: Verdict.Remedies) -> SourceProblem {
    let wait = text(remedies.lockWait)
    let what =
      question.subject.map {
        "watch \($0.name) was locked by another session for longer than \(wait)"
      } ?? "another session held a lock for longer than \(wait)"
    return unreachable(
      "could not answer: \(what)",
      "nothing to do if it passes; if it stays, look for \(remedies.lockHolders)")
  }

  func tooSlow(_ question: Question) -> SourceProblem {
    let limit = text(deadline)
    switch question {
    case .source: return unreachable("did not answer within \(limit)", Self.load)
    case .watch(let watch):
      guard case .query = watch.relation else {
        return unreachable(
          "did not answer within \(limit) when watch \(watch.name) was read",
          "see that the key has an index: `kindly check` explains the query")
      }
      return SourceProblem(
        .watch, of: .watch(watch.name), "its query was stopped after \(limit)",
        hint: "make sure that it finishes and uses indexes: `kindly check` explains it")
    case .condition(let watch):
      return SourceProblem(
        .condition, "a condition on watch \(watch.name) was stopped after \(limit)",
        hint: "make sure that it finishes and uses indexes: `kindly check` explains it")
    case .list(let name): return slowList(name)
    }
  }

  func slowList(_ name: String) -> SourceProblem {
    SourceProblem(
      .condition, of: .list(name), "the query was stopped after \(text(deadline))",
      hint: CustomerList.slowAdvice)
  }

  func text(_ duration: Duration) -> String { Value.real(duration.inSeconds).text + " s" }
}
