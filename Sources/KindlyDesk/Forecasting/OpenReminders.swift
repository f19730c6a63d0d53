import KindlyCore
import KindlyDaemon

/// Reads the reminders that wait for another reason than a date, and asks again whether they still apply.
struct OpenReminders {
  let ledger: any ForecastingLedger
  let inquiry: CustomerInquiry
  let watch: Watch
  let source: any CustomerSource
  let selection: ReminderSelection

  /// As many keys as a source answers at once.
  private static let page = RowQuestion.mostKeys

  /// Gives the reminders to `body`, a page at a time, by the names of their steps.
  func pages(
    _ body: ([ExactText: [ReminderSummary]]) async throws -> Void
  ) async throws {
    var before: Int64?
    repeat {
      let page = try await ledger.reminders(selection, before: before, limit: OpenReminders.page)
      let others = page.filter {
        $0.cycle.anchor == nil || $0.cycle.isCorrection || FollowUp.isFollowUp(leg: $0.leg)
      }
      if !others.isEmpty { try await body(Dictionary(grouping: others) { ExactText($0.step) }) }
      before = page.count == OpenReminders.page ? page.last?.id : nil
    } while before != nil
  }

  /// The reminders of a step that the recheck would still send, without follow-ups of messages that were read.
  func standing(_ reminders: [ReminderSummary], _ step: Step) async throws -> [OpenReminder] {
    let dates = try await inquiry.dates(of: watch)
    let answers = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(reminders.map(\.key))).sorted(),
        conditions: step.conditionsOfRow, clock: inquiry.clock))
    let followUps = reminders.filter { FollowUp.isFollowUp(leg: $0.leg) }.map(\.id)
    let followed = followUps.isEmpty ? [:] : try await ledger.followed(by: followUps)
    let customers = reminders.map { watch.customer(of: answers[$0.key], orElse: $0.customer) }
    let spellings = await inquiry.databases.lookup(now: inquiry.now)
      .spellings(of: Set(customers.compactMap(\.self)))
    return zip(reminders, customers).compactMap { reminder, named in
      let customer = named.map { spellings[$0] ?? $0 }
      guard selection.customer.map({ $0 == customer }) ?? true,
        step.leg(reminder.leg) != nil, reminder.useUntil > inquiry.now,
        stands(reminder, step, answers[reminder.key], dates),
        followed[reminder.id]?.isRead != true
      else { return nil }
      return OpenReminder(
        leg: reminder.leg, key: reminder.key, cycle: reminder.cycle, customer: customer,
        due: reminder.due, useUntil: reminder.useUntil,
        next: max(
          Prospect.next(reminder.next, due: reminder.due, useUntil: reminder.useUntil), inquiry.now),
        routePosition: reminder.routePosition, sender: followed[reminder.id]?.channel,
        isFused: reminder.reason == .fuse)
    }
  }

  private func stands(
    _ reminder: ReminderSummary, _ step: Step, _ answer: RowAnswer?, _ dates: DateKinds
  ) -> Bool {
    let asksRow =
      switch reminder.cycle {
      // None of these is about an update or a delete.
      case .insert, .anchor, .correction:
        step.asksRow(of: .insert, hasApplied: reminder.applied)
      case .change, .resend: false
      }
    if step.recheck == .nothing, !asksRow { return true }
    switch reminder.cycle {
    case .change:
      return step.when.change == .delete ? answer == nil : answer != nil
    case .insert, .anchor:
      guard let answer else { return false }
      return !asksRow || answer.holds
    case .correction:
      guard let answer, step.onMove == .correct, let schedule = step.when.schedule,
        !asksRow || answer.holds
      else { return false }
      let context = inquiry.context(of: watch, for: nil)
      return schedule.moment(
        for: reminder.cycle, in: answer.values, as: dates, late: .standard, in: context) != nil
    // A person's word stands whatever the condition says.
    case .resend: return answer != nil || step.when.change == .delete
    }
  }
}
