import KindlyConfig
import KindlyCore
import Logging

/// Finds rules that have sent nothing on days on which messages were expected of them.
struct SilenceWatch {
  /// The silent rules, as they were at the last look.
  private(set) var problems: [Problem] = []

  /// Looks at every rule again; the journal is told when a silence begins and when it ends.
  func looking(
    at generation: Generation, _ ledger: any KeepingLedger & ReadingLedger, now: Instant,
    _ log: Logger
  ) async throws -> SilenceWatch {
    let zone = generation.zone
    try await ledger.countDays(in: zone, now: now)
    let activity = try await ledger.activity(in: zone, now: now)
    let paused = try await ledger.pauses(now: now).map(\.scope)
    let calendar = generation.configuration?.workdays.calendar
    var oldest: [ExactText: Instant]?
    var found = SilenceWatch()
    for rule in generation.orderedRules where !paused.contains(where: { $0.holds(rule) }) {
      func silenceOf(_ oldestDue: Instant?) -> RuleSilence? {
        activity[rule.name].flatMap { activity in
          RuleSilence(activity, today: zone.date(at: now), oldestDue: oldestDue) {
            calendar?.nameOfDayOff($0) != nil
          }
        }
      }
      guard silenceOf(nil) != nil else { continue }
      // Asked only when some rule is silent, because it reads everything that was put off.
      if oldest == nil { oldest = try await ledger.oldestDue(now: now) }
      guard let silence = silenceOf(oldest?[rule.name]) else { continue }
      found.problems.append(
        Problem(
          .rule(rule.name), .silent(silence),
          since: zone.instant(of: WallClock(date: silence.first, secondOfDay: 0))))
    }
    found.tell(Set(problems.map(\.subject)), zone, log)
    return found
  }

  private func tell(_ before: Set<Problem.Subject>, _ zone: Zone, _ log: Logger) {
    for problem in problems where !before.contains(problem.subject) {
      for sentence in problem.sentences(in: zone) {
        log.warning("\(sentence)", metadata: ["rule": "\(problem.subject.name ?? "")"])
      }
    }
    for subject in before.subtracting(problems.map(\.subject)) {
      log.notice(
        "\(subject.words) is no longer silent", metadata: ["rule": "\(subject.name ?? "")"])
    }
  }
}

extension PauseScope {
  /// Whether it holds back everything of a rule; a channel's pause leaves it the others.
  fileprivate func holds(_ rule: Rule) -> Bool {
    switch self {
    case .all: true
    case .rule(let name): name.isExactly(rule.name)
    case .channel: false
    }
  }
}
