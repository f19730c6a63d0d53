import KindlyCore
import KindlyDaemon

extension Health {
  /// What people would read of the rows that rules fail on now, in a fixed order.
  func rowFaultSentences(now: Instant) -> [String] {
    sentences(now: now) { if case .rows = $0 { true } else { false } }
  }

  /// What people would read of the date columns with unusable values.
  func unusableDates(now: Instant) -> [String] {
    sentences(now: now) { if case .unusableDates = $0 { true } else { false } }
  }

  /// What people would read of what is worth knowing.
  var remarks: [String] {
    sentences(now: .distantPast) { fact in
      switch fact {
      case .remark, .calendar, .unknownNames, .refusedRows, .lostCustomers, .noSuccessor, .doneIf:
        true
      case .failure, .rows, .addresses, .access, .disarmed, .clock, .fuse, .behind, .down, .missed,
        .unusableDates, .silent:
        false
      }
    }
  }

  /// Since when each busy channel has had more due than it can take.
  var busy: [ExactText: Instant] {
    problems(now: .distantPast).reduce(into: [:]) { busy, problem in
      if problem.fact == .behind { busy[problem.subject.name ?? ""] = problem.since }
    }
  }

  private func sentences(now: Instant, of isMeant: (Problem.Fact) -> Bool) -> [String] {
    problems(now: now).filter { isMeant($0.fact) }.flatMap { $0.sentences(in: Zone.utc) }
      .sortedExactly
  }
}
