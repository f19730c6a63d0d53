import KindlyCore
import KindlyDesk

/// A problem for scripts.
struct ProblemView: Encodable {
  let kind: String
  let severity: String
  let subject: Subject
  let since: String?
  let text: String
  let rows: [String]?
  let count: Int?
  let until: String?
  let days: Int?
  let usual: Int?
  let oldestDue: String?

  /// What the problem is about.
  struct Subject: Encodable {
    let kind: String
    let name: String?
    let step: String?

    init(_ subject: Problem.Subject) {
      kind = subject.kind.rawValue
      name = subject.name
      step = subject.step
    }
  }

  init(_ problem: Problem, _ time: TimeText) {
    kind = problem.kind.rawValue
    severity = problem.severity.word
    subject = Subject(problem.subject)
    since = time.stamp(problem.since)
    text = problem.sentences(in: time.zone).joined(separator: "\n")
    (rows, count, until) =
      switch problem.fact {
      case .rows(let trouble): (trouble.first.map(\.description), trouble.count, nil)
      case .addresses(let first, let count): (first.map(\.distinctKey.description), count, nil)
      case .fuse(let blown): (nil, blown.letters, nil)
      case .down(let until, _): (nil, nil, time.stamp(until))
      case .missed(let missed): (nil, missed.count, nil)
      case .unknownNames(let unknown): (nil, unknown.customers, nil)
      case .refusedRows(let refused): (refused.shared.map(\.description), refused.count, nil)
      case .lostCustomers(let lost, _): (nil, lost, nil)
      case .doneIf(let trouble) where trouble.count > 0:
        (trouble.first.map(\.description), trouble.count, nil)
      case .failure, .access, .disarmed, .clock, .behind, .remark, .unusableDates, .silent,
        .calendar, .noSuccessor, .doneIf:
        (nil, nil, nil)
      }
    let silence: RuleSilence? = if case .silent(let silence) = problem.fact { silence } else { nil }
    (days, usual, oldestDue) = (silence?.days, silence?.usual, time.stamp(silence?.oldestDue))
  }
}

/// Something that someone should look at, for scripts.
struct ConcernView: Encodable {
  let level: String
  let text: String
  /// The kind, severity and subject of the problem that it comes from, if it comes from one.
  let kind: String?
  let severity: String?
  let subject: ProblemView.Subject?

  init(_ concern: StatusReport.Concern) {
    level = concern.level.word
    text = concern.text
    kind = concern.problem?.kind.rawValue
    severity = concern.problem?.severity.word
    subject = concern.problem.map { ProblemView.Subject($0.subject) }
  }
}

extension Problem.Severity {
  var word: String {
    switch self {
    case .notice: "notice"
    case .warning: "warning"
    case .critical: "critical"
    }
  }
}
