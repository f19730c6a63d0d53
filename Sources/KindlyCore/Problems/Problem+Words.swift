extension Problem {
  /// The sentences that people read, with times in a zone.
  package func sentences(in zone: Zone) -> [String] {
    switch fact {
    case .failure(let problem): [subject.sentence(about: problem)]
    case .rows(let trouble): ["\(subject.words): \(trouble.sentence)"]
    case .addresses(let first, let count): Problem.sentences(about: first, count)
    case .access(let fault): ["\(subject.words): \(fault.words(at: subject.name ?? ""))"]
    case .disarmed(let breach):
      [
        "the ledger is disarmed and nothing is sent: \(breach.text(in: zone)); check this, then run `kindly arm --because …`"
      ]
    case .clock(let hold): ["nothing is planned or sent: \(hold.words(in: zone)); \(hold.advice)"]
    case .fuse(let blown): [blown.sentence(rule: subject.name ?? "")]
    case .behind:
      [
        "\(subject.words) has been behind\(Problem.beginning(since, zone)): more reminders are due than it can send"
      ]
    case .down(_, let because):
      ["\(subject.words) has been down\(Problem.beginning(since, zone)): \(because)"]
    case .remark(let text): [text]
    case .missed(let missed): ["\(subject.words): \(missed.words(in: zone))"]
    case .unusableDates(let column, let counts, let isSample):
      [
        "\(subject.name ?? "").\(column): \(counts.counts.joined(separator: ", "))\(isSample ? " in the rows sampled" : "")"
      ]
    case .silent(let silence): ["\(subject.words): \(silence.words(in: zone))"]
    case .calendar(let gap): ["\(subject.words): \(gap.words)"]
    case .unknownNames(let count): ["\(count.sentence); `kindly check` shows which"]
    case .refusedRows(let refused): ["\(subject.words): \(refused.words)"]
    case .lostCustomers(let lost, let total):
      [
        "\(lost) of \(counted(total, "customer")) with open tasks are gone or no longer meet `customers: if`; "
          + "so many at once look like a mistake, and their tasks stay open; if it is intended, close them with "
          + "`kindly task done`"
      ]
    case .noSuccessor(let assignee, let absence):
      [
        "nobody can do the tasks of \(assignee): \(absence.words); hand them on with `kindly task give`"
      ]
    case .doneIf(let trouble): [trouble.sentence(rule: subject.name ?? "")]
    }
  }

  private static func beginning(_ since: Instant?, _ zone: Zone) -> String {
    since.map { " since \(zone.text(of: $0))" } ?? ""
  }

  /// At most this many addresses are shown one by one.
  package static let mostNamedAddresses = 3

  private static func sentences(about first: [InvalidAddress], _ count: Int) -> [String] {
    let shown = first.prefix(mostNamedAddresses)
    let lines = shown.map { "\($0.words); the reminders wait until the row is fixed" }
    guard count > shown.count else { return lines }
    let rest = counted(
      count - shown.count, "more address is invalid", "more addresses are invalid"
    )
    return lines + ["\(rest); see `kindly outbox list --reason 'invalid address'`"]
  }
}

extension Problem.Subject {
  /// The subject as people name it.
  package var words: String {
    switch self {
    case .source(let name): "source \(name)"
    case .watch(let name): "watch \(name)"
    case .customers: "customers"
    case .colleagues: "colleagues"
    case .tasks: "tasks"
    case .list(let name): "list \(name)"
    case .rule(let name), .recheck(let name): "rule \(name)"
    case .step(let rule, Step.only): "rule \(rule)"
    case .step(let rule, let step): "rule \(rule), step \(step)"
    case .channel(let name): "channel \(name)"
    case .destination(let name, let channel): "destination \(name) of channel \(channel)"
    case .file(let path): path
    case .clock: "the clock"
    case .ledger: "the ledger"
    case .mailbox: "the mailbox"
    }
  }

  /// What is wrong with it; a problem of another subject names that subject, too.
  package func sentence(about problem: SourceProblem) -> String {
    problem.subject == self ? problem.description : "\(words): \(problem.description)"
  }
}

extension RowTrouble {
  /// The problem, the rows or customers that have it, and what becomes of them.
  package var sentence: String {
    "\(what); \(count == 1 ? "its reminder waits" : "their reminders wait"), and all others are sent"
  }

  private var what: String {
    switch stage {
    case .question, .template: problem.sentence(on: first, of: count)
    case .recipient: "\(problem.description): \(SourceProblem.named(first, of: count))"
    case .customer:
      "\(count == 1 ? "customer" : "customers") \(SourceProblem.named(first, of: count)) \(count == 1 ? "is" : "are") \(problem.description)"
    }
  }
}

extension RuleSilence {
  /// `0 sent for 2 days, usually 20 a day; …`
  func words(in zone: Zone) -> String {
    let waiting =
      oldestDue.map {
        "its oldest undecided reminder has been due since \(zone.text(of: $0)): see `kindly outbox list`"
      } ?? "none is due and undecided: `kindly check` says what it finds"
    return
      "0 sent for \(counted(days, "day")), usually \(usual) a day; the last was sent on \(last); \(waiting)"
  }
}

extension InvalidAddress {
  package var words: String { "\(kind.one) \(key), \(column): \(fault)" }
}
