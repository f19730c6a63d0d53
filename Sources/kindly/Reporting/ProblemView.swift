import KindlyCore

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
  }

  init(_ problem: Problem, _ time: TimeText) {
    kind = problem.kind
    severity = problem.severity.word
    subject = Subject(
      kind: problem.subject.kind, name: problem.subject.name, step: problem.subject.step)
    since = time.stamp(problem.since)
    text = problem.sentences(in: time.zone).joined(separator: "\n")
    (rows, count, until) =
      switch problem.fact {
      case .rows(let trouble): (trouble.first.map(\.description), trouble.count, nil)
      case .addresses(let first, let count): (first.map(\.distinctKey.description), count, nil)
      case .fuse(let blown): (nil, blown.letters, nil)
      case .down(let until, _): (nil, nil, time.stamp(until))
      case .missed(let missed): (nil, missed.count, nil)
      case .failure, .access, .disarmed, .clock, .behind, .remark, .unusableDates, .silent:
        (nil, nil, nil)
      }
    let silence: RuleSilence? = if case .silent(let silence) = problem.fact { silence } else { nil }
    (days, usual, oldestDue) = (silence?.days, silence?.usual, time.stamp(silence?.oldestDue))
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
