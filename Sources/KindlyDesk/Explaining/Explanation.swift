import KindlyConfig
package import KindlyCore
import KindlyDaemon

/// Everything that was decided about one customer, and why the rest made no reminder.
package struct Explanation {
  package struct Absent {
    package let rule: String
    package let step: String
    package let row: RowKey?
    package let finding: Absence.Finding
  }

  package let customer: RowKey
  /// The zone that the customer's row names; nil where it names none.
  package var zone: Zone?
  /// The newest first.
  package let reminders: [ReminderDetail]
  /// The customers who had the key before, the last of them first.
  package var former: [FormerCustomer] = []
  package let absent: [Absent]
  /// Whether neither the directory nor the ledger nor any row knows the customer.
  package var isUnknown = false
  /// Remarks about all rules: the customer is not in the directory, its `if` does not hold, or the clock is doubted.
  package let remarks: [String]
  /// The only rule whose reminders were asked for; nil for those of all rules.
  package var rule: String?
  /// The time since which the reminders that were asked for are due; nil for those of any time.
  package var since: Instant?
}

/// Gathers an explanation from the ledger and the sources.
package struct Explainer {
  package let inquiry: CustomerInquiry
  package let ledger: any ReadingLedger
  package let rule: Rule?
  package let since: Instant?
  /// Whether every row is evaluated, and not only the first few of each watch.
  package let isThorough: Bool

  package init(
    inquiry: CustomerInquiry, ledger: any ReadingLedger, rule: Rule?, since: Instant?,
    isThorough: Bool = false
  ) {
    self.inquiry = inquiry
    self.ledger = ledger
    self.rule = rule
    self.since = since
    self.isThorough = isThorough
  }

  /// Read at once; between two pages the ledger's log may be put back.
  private static let page = 500
  /// More than a customer gets in years, and as many as fit in memory with all that is kept about them.
  private static let mostReminders = 20_000

  package func explain(_ customer: RowKey) async throws -> Explanation {
    var remarks: [String] = []
    let (details, former) = FormerCustomer.divide(
      try await self.details(about: customer, &remarks), by: try await formerRows(of: customer))
    var person: Person?
    var absent: [Explanation.Absent] = []
    var isUnknown = false
    do {
      let entry = try await inquiry.customer(customer)
      person = entry?.person
      if entry == nil { remarks.append("the customer is not in the directory, so no rule applies") }
      if let fault = entry?.fault {
        remarks.append("rules cannot be evaluated for this customer: \(fault.description)")
      } else if entry?.holds == false {
        remarks.append("`customers: if:` does not hold for the customer, so no rule applies")
      }
      absent = try await absences(customer, person, &remarks)
      if entry == nil, former.isEmpty { isUnknown = try await isNobody(customer, absent) }
    } catch let problem as SourceProblem {
      remarks.append("rules cannot be evaluated now: \(problem.description)")
    }
    if let hold = try await clockHold(of: details) { remarks.append(hold) }
    remarks += try await ruleProblems(of: details)
    remarks += try await missedMoments(of: absent)
    return Explanation(
      customer: customer, zone: person?.zone, reminders: details, former: former, absent: absent,
      isUnknown: isUnknown, remarks: remarks, rule: rule?.name, since: since)
  }

  /// Whether the ledger has no reminder for somebody whom the directory does not have, and no row names them.
  private func isNobody(
    _ customer: RowKey, _ absent: [Explanation.Absent]
  ) async throws -> Bool {
    guard inquiry.configuration.customers != nil,
      absent.allSatisfy({ $0.row == nil || $0.row == customer })
    else { return false }
    return try await ledger.reminders(
      ReminderSelection(customer: customer), before: nil, limit: 1
    ).isEmpty
  }

  /// Why reminders that are due and wait for no reason of their own are not sent.
  private func clockHold(of details: [ReminderDetail]) async throws -> String? {
    let now = inquiry.now
    guard
      details.contains(where: {
        $0.summary.state == .waiting && $0.summary.reason == nil && $0.summary.due <= now
      })
    else { return nil }
    return try await ledger.problems().first { $0.subject == .clock }?
      .sentences(in: inquiry.zone).joined()
  }

  /// What keeps reminders waiting whose rule, template or row fails, as the daemon noted it last.
  private func ruleProblems(of details: [ReminderDetail]) async throws -> [String] {
    let reasons: [Reason] = [.ruleError, .templateError, .rowInDoubt]
    let failing = details.filter { $0.summary.reason.map(reasons.contains) ?? false }
    guard !failing.isEmpty else { return [] }
    let rules = Set(texts: failing.map(\.summary.rule))
    return try await ledger.problems()
      .filter { problem in rules.contains { problem.concerns(rule: $0.string) } }
      .flatMap { $0.sentences(in: inquiry.zone) }
  }

  /// What the daemon counted, instead of keeping it, of the steps that made no reminder.
  private func missedMoments(of absent: [Explanation.Absent]) async throws -> [String] {
    let steps = Set(
      absent.filter { $0.row != nil }.map { Problem.Subject.step(rule: $0.rule, step: $0.step) })
    guard !steps.isEmpty else { return [] }
    return try await ledger.problems().filter { problem in
      guard case .missed = problem.fact else { return false }
      return steps.contains(problem.subject)
    }
    .flatMap { $0.sentences(in: inquiry.zone) }
  }

  private func details(
    about customer: RowKey, _ remarks: inout [String]
  ) async throws -> [ReminderDetail] {
    var details: [ReminderDetail] = []
    var read = 0
    let selection = ReminderSelection(rule: rule?.name, since: since, customer: customer)
    try await pages(of: selection) { page in
      for summary in page {
        if let detail = try await ledger.reminder(.id(summary.id)) { details.append(detail) }
      }
      read += page.count
      return read < Explainer.mostReminders
    }
    if read >= Explainer.mostReminders {
      remarks.append(
        "only the newest \(read) reminders were read; `kindly outbox list` can show older ones")
    }
    return details.sorted { ($0.moment, $0.summary.id) > ($1.moment, $1.summary.id) }
  }

  /// Gives the reminders of a selection to `body` page by page, the newest first, until it returns false.
  private func pages(
    of selection: ReminderSelection, _ body: ([ReminderSummary]) async throws -> Bool
  ) async throws {
    var last: Int64?
    repeat {
      let page = try await ledger.reminders(selection, before: last, limit: Explainer.page)
      guard try await body(page) else { return }
      last = page.count == Explainer.page ? page.last?.id : nil
    } while last != nil
  }

  private func formerRows(of customer: RowKey) async throws -> [FormerRow] {
    guard let watch = inquiry.configuration.customers?.watch else { return [] }
    return try await ledger.formerRows(ofKey: customer, watch: watch)
  }

  private func absences(
    _ customer: RowKey, _ person: Person?, _ remarks: inout [String]
  ) async throws -> [Explanation.Absent] {
    let standings = try await ledger.standings()
    let rules = try await ledger.ruleStandings()
    let known = try await known(about: customer)
    let search = CustomerSearch(
      inquiry: inquiry,
      mostRows: isThorough ? CustomerSearch.all : CustomerSearch.few)
    var absent: [Explanation.Absent] = []
    for rule in self.rule.map({ [$0] }) ?? inquiry.configuration.rules {
      guard let watch = inquiry.configuration.watch(named: rule.watch) else { continue }
      if watch.about == .nobody {
        // A rule about nobody is irrelevant to a customer; it is listed only if somebody asks for that rule.
        guard self.rule != nil else { continue }
        let finding = Absence.Finding.rule(
          "watch \(watch.name) has no `customer:`, so its rows are about nobody")
        absent.append(.init(rule: rule.name, step: "", row: nil, finding: finding))
        continue
      }
      let rows = try await search.rows(of: watch, about: customer)
      if rows.count == search.mostRows {
        let rest = isThorough ? "" : "; `--all` evaluates up to \(CustomerSearch.all)"
        remarks.append(
          "rule \(rule.name): only \(rows.count) of the rows of \(watch.name) about this customer were evaluated\(rest)"
        )
      }
      if rows.isEmpty {
        let finding = Absence.Finding.rule("no row of \(watch.name) is about this customer")
        absent.append(.init(rule: rule.name, step: "", row: nil, finding: finding))
      }
      for step in rule.steps {
        for row in rows
        where !known.contains(StepOfRow(rule: rule.name, step: step.name, row: row)) {
          let finding = try await Absence(
            inquiry: inquiry, ledger: ledger, standings: standings,
            start: RuleStart(rule, rules[rule.name]), rule: rule.name, step: step, watch: watch,
            key: row,
            customer: person
          ).find()
          absent.append(.init(rule: rule.name, step: step.name, row: row, finding: finding))
        }
      }
    }
    return absent
  }

  private struct StepOfRow: Hashable {
    let rule: String
    let step: String
    let row: RowKey
  }

  /// The steps and rows that have any reminder. Those hidden by `--since` must not be reported as absent.
  ///
  /// A reminder of a former row says nothing about the row that has its key now.
  private func known(about customer: RowKey) async throws -> Set<StepOfRow> {
    var known: Set<StepOfRow> = []
    try await pages(of: ReminderSelection(rule: rule?.name, customer: customer)) { page in
      for reminder in page where !reminder.isOfFormerRow {
        known.insert(StepOfRow(rule: reminder.rule, step: reminder.step, row: reminder.key))
      }
      return true
    }
    return known
  }
}

extension ReminderDetail {
  /// When it was decided, or will be.
  package var moment: Instant { summary.decided ?? summary.due }
}
