/// Something that is not as it should be now, as a fact: whoever shows it puts it into words.
///
/// The daemon finds problems, the ledger keeps those that remain, and `kindly status` and `kindly why` show them.
package struct Problem: Hashable, Sendable {
  package let subject: Subject
  package let fact: Fact
  /// When it began; if nil, the ledger uses the time at which the problem was first recorded.
  package let since: Instant?

  package init(_ subject: Subject, _ fact: Fact, since: Instant? = nil) {
    self.subject = subject
    self.fact = fact
    self.since = since
  }

  /// What a problem is about.
  package enum Subject: Hashable, Sendable, Codable {
    case source(String)
    case watch(String)
    /// What the customers' own columns hold.
    case customers
    /// The same of the colleagues' own.
    case colleagues
    /// What colleagues have to do.
    case tasks
    /// A list that tasks show.
    case list(String)
    case rule(String)
    case step(rule: String, step: String)
    /// A rule's rows, read again before its messages leave.
    case recheck(rule: String)
    case channel(String)
    /// Where a channel delivers to: a mail domain.
    case destination(String, channel: String)
    /// A file or folder of the configuration.
    case file(String)
    case clock
    case ledger
    /// Where replies and bounces come to.
    case mailbox
  }

  /// How much a problem matters.
  package enum Severity: Int, Comparable, Sendable {
    /// Worth knowing, but no alarm.
    case notice = 0
    /// Someone should look at it.
    case warning = 1
    /// Something does not work.
    case critical = 2

    package static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// What is wrong, with its details.
  package enum Fact: Hashable, Sendable, Codable {
    /// A source, a watch, or a rule's SQL does not work.
    case failure(SourceProblem)
    /// A rule works, but not on some rows.
    case rows(RowTrouble)
    /// Customers whose addresses are invalid: the first few, and how many there are.
    case addresses(first: [InvalidAddress], count: Int)
    /// Too many users can read or write a file, or the service cannot use a folder.
    case access(AccessFault)
    /// The ledger may be a copy, and nothing is sent.
    case disarmed(FenceBreach)
    /// The wall clock is not trusted, and nothing is planned or sent.
    case clock(ClockHold)
    /// A rule would send too many reminders on one day, and its fuse holds them.
    case fuse(BlownFuse)
    /// More is due over a channel than it can take.
    case behind
    /// A channel failed as a whole and has sent nothing since: when it is tried again, and the other side's words,
    /// masked.
    case down(until: Instant, because: String)
    /// A source works worse than it could, in its engine's own words.
    case remark(String)
    /// Moments of a step passed and lost their use while nothing was planned.
    case missed(MissedMoments)
    /// A date column holds values that fire nothing: how many of each kind, and whether only a sample was read.
    case unusableDates(column: String, counts: [Anchor.Unusable: Int], isSample: Bool)
    /// A rule has sent nothing on days on which it usually sends something.
    case silent(RuleSilence)
    /// The calendar of a rule lacks days off.
    case calendar(CalendarGap)
    /// Customers name time zones or calendars that do not exist.
    case unknownNames(UnknownNameCount)
    /// Rows of a watch fire no rule, because they have no key of their own or cannot be read.
    case refusedRows(RefusedRows)
    /// So many of the customers with open tasks are lost at once that it looks like a mistake; their tasks stay open.
    case lostCustomers(Int, of: Int)
    /// A colleague has left, and nobody takes over the open tasks of this assignee.
    case noSuccessor(of: ExactText, RecipientAbsence)
    /// Tasks of a rule stay open, because its `done if` fails.
    case doneIf(DoneTrouble)
  }
}

/// Rows on which a rule fails while it works on others.
package struct RowTrouble: Hashable, Sendable, Codable {
  /// What fails on them.
  package enum Stage: String, Hashable, Sendable, Codable {
    /// A condition, or reading the row.
    case question
    case template
    /// Looking up the row's customer; the keys are then customers' keys.
    case customer
    /// Finding the recipient; the keys are those of the customers or colleagues whose rows must be corrected.
    case recipient
  }

  package let stage: Stage
  package let problem: SourceProblem
  /// The first few keys.
  package let first: [RowKey]
  package let count: Int

  package init(_ problem: SourceProblem, at stage: Stage, on keys: [RowKey]) {
    self.stage = stage
    self.problem = problem
    first = Array(keys.sorted().prefix(SourceProblem.mostNamedRows))
    count = keys.count
  }
}

/// An invalid address of a recipient: whose it is, the column, and the fault.
///
/// A person can correct it, so reminders to it wait until the row is right.
package struct InvalidAddress: Hashable, Sendable, Codable {
  package let kind: PeopleKind
  package let key: RowKey
  /// `customers.email`
  package let column: ExactText
  /// What is wrong; never the address.
  package let fault: String

  /// Whose it is, told from the customer or colleague with the same key.
  package var distinctKey: RowKey { kind.distinct(key) }

  package init(_ recipient: Person, column: ExactText, fault: String) {
    kind = recipient.kind
    key = recipient.key
    self.column = column
    self.fault = fault
  }
}

extension Problem {
  /// How much it matters, by itself: a channel that is down grows critical by what waits for it.
  package var severity: Severity {
    switch fact {
    case .failure:
      if case .source = subject { .critical } else { .warning }
    case .rows, .addresses, .access, .down, .silent, .fuse: .warning
    case .disarmed, .clock: .critical
    // A channel behind its rate is a warning only once its reminders are late.
    case .behind, .remark, .missed, .unusableDates, .calendar, .unknownNames, .refusedRows,
      .lostCustomers, .noSuccessor, .doneIf:
      .notice
    }
  }

  /// What kind of problem it is; scripts read the raw value.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case unreachable, watch, condition
    case rows, addresses, access, disarmed, clock, fuse, behind, down, remark, missed, silent
    case unusableDates = "unusable dates"
    case calendar
    case unknownNames = "unknown names"
    case refusedRows = "refused rows"
    case lostCustomers = "lost customers"
    case noSuccessor = "no successor"
    case doneIf = "done if"
  }

  package var kind: Kind {
    switch fact {
    case .failure(let problem):
      switch problem.kind {
      case .unreachable: .unreachable
      case .watch: .watch
      case .condition: .condition
      }
    case .rows: .rows
    case .addresses: .addresses
    case .access: .access
    case .disarmed: .disarmed
    case .clock: .clock
    case .fuse: .fuse
    case .behind: .behind
    case .down: .down
    case .remark: .remark
    case .missed: .missed
    case .unusableDates: .unusableDates
    case .silent: .silent
    case .calendar: .calendar
    case .unknownNames: .unknownNames
    case .refusedRows: .refusedRows
    case .lostCustomers: .lostCustomers
    case .noSuccessor: .noSuccessor
    case .doneIf: .doneIf
    }
  }

  /// What tells it from other problems of its subject. A problem whose other details change stays the same problem.
  package var item: String {
    switch fact {
    case .failure:
      if case .recheck = subject { "recheck" } else { "failure" }
    case .rows(let trouble): "\(trouble.stage.rawValue): \(trouble.problem.description)"
    case .access(let fault): "access: \(fault.item)"
    case .remark(let text): "remark: \(text)"
    case .unusableDates(let column, _, _): "unusable: \(column)"
    case .fuse(let blown): "fuse: \(blown.day)"
    case .down:
      if case .destination(_, let channel) = subject {
        "\(kind.rawValue): \(channel)"
      } else {
        kind.rawValue
      }
    case .calendar(let gap): "calendar: \(gap.calendar?.string ?? "")"
    case .unknownNames(let count): "unknown \(count.kind.word)"
    case .noSuccessor(let assignee, _): "no successor: \(assignee)"
    case .doneIf(let trouble): "done if: \(trouble.problem.description)"
    // A subject has one of these at most.
    case .addresses, .disarmed, .clock, .behind, .missed, .silent, .refusedRows, .lostCustomers:
      kind.rawValue
    }
  }

  /// Whether it counts as a problem of sources, watches, rules and customers; the others have counts of their own.
  package var counts: Bool {
    switch fact {
    case .failure, .rows, .addresses, .silent, .fuse: true
    case .access, .disarmed, .clock, .behind, .down, .remark, .missed, .unusableDates, .calendar,
      .unknownNames, .refusedRows, .lostCustomers, .noSuccessor, .doneIf:
      false
    }
  }

  /// Whether it keeps some reminders of a rule waiting.
  package func concerns(rule name: String) -> Bool {
    switch fact {
    case .silent, .calendar, .doneIf: return false
    case .failure, .rows, .addresses, .access, .disarmed, .clock, .fuse, .behind, .down, .remark,
      .missed, .unusableDates, .unknownNames, .refusedRows, .lostCustomers, .noSuccessor:
      break
    }
    return switch subject {
    case .rule(let rule), .step(let rule, _), .recheck(let rule): rule.isExactly(name)
    case .source, .watch, .customers, .colleagues, .tasks, .list, .channel, .destination, .file,
      .clock, .ledger, .mailbox:
      false
    }
  }
}

extension Problem.Subject {
  /// What kind of subject it is; scripts read the raw value.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case source, watch, customers, colleagues, tasks, list, rule, channel, destination, file, clock
    case ledger, mailbox
  }

  package var kind: Kind {
    switch self {
    case .source: .source
    case .watch: .watch
    case .customers: .customers
    case .colleagues: .colleagues
    case .tasks: .tasks
    case .list: .list
    case .rule, .step, .recheck: .rule
    case .channel: .channel
    case .destination: .destination
    case .file: .file
    case .clock: .clock
    case .ledger: .ledger
    case .mailbox: .mailbox
    }
  }

  /// The name that the subject has among those of its kind; nil where there is one of the kind.
  package var name: String? {
    switch self {
    case .source(let name), .watch(let name), .list(let name), .rule(let name), .recheck(let name),
      .channel(let name), .destination(let name, _), .file(let name):
      name
    case .step(let rule, _): rule
    case .customers, .colleagues, .tasks, .clock, .ledger, .mailbox: nil
    }
  }

  /// The step of the rule.
  package var step: String? {
    if case .step(_, let step) = self { step } else { nil }
  }
}
