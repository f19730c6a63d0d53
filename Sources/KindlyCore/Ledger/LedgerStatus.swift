/// What `status` and the metrics show.
package struct LedgerStatus: Hashable, Sendable {
  /// The states that are still open; zero ones included.
  package var open: [ReminderState: Int]
  package var waitingByReason: [Reason: Int]
  package var waitingByRule: [ExactText: Int]
  /// Decided in the last 24 hours, by final state; without those that never applied.
  package var decided: [ReminderState: Int]
  /// Cancelled in the last 24 hours without their condition ever having held.
  package var neverApplied = 0
  /// The reminders decided in the last 24 hours by reason; those without a reason are left out.
  package var decidedByReason: [Reason: Int]
  package var failedByChannel: [ExactText: Int]
  package var sentByChannel: [ExactText: Int]
  package var sentByRule: [ExactText: Int]
  /// The due time of the waiting reminder that is overdue longest; nil if none is overdue.
  package var oldestOverdue: Instant?
  package var nextDue: Instant?
  package var unreadInbox: Int
  /// The tasks that nobody has finished, and how many of them should have been done by now.
  package var openTasks = 0
  package var overdueTasks = 0
  /// The number of suppressed addresses, and how many of them were suppressed in the last 24 hours.
  package var suppressed: Int
  package var newlySuppressed: Int
  /// What was wrong when the daemon looked last: the worst first, then by subject.
  package var problems: [Problem]
  /// The run that writes now or wrote last.
  package var run: RunRecord?

  package init(
    open: [ReminderState: Int] = [:], waitingByReason: [Reason: Int] = [:],
    waitingByRule: [ExactText: Int] = [:], decided: [ReminderState: Int] = [:],
    decidedByReason: [Reason: Int] = [:], failedByChannel: [ExactText: Int] = [:],
    sentByChannel: [ExactText: Int] = [:], sentByRule: [ExactText: Int] = [:],
    oldestOverdue: Instant? = nil, nextDue: Instant? = nil, unreadInbox: Int = 0,
    suppressed: Int = 0, newlySuppressed: Int = 0,
    problems: [Problem] = [], run: RunRecord? = nil
  ) {
    self.open = open
    self.waitingByReason = waitingByReason
    self.waitingByRule = waitingByRule
    self.decided = decided
    self.decidedByReason = decidedByReason
    self.failedByChannel = failedByChannel
    self.sentByChannel = sentByChannel
    self.sentByRule = sentByRule
    self.oldestOverdue = oldestOverdue
    self.nextDue = nextDue
    self.unreadInbox = unreadInbox
    self.suppressed = suppressed
    self.newlySuppressed = newlySuppressed
    self.problems = problems
    self.run = run
  }
}

/// One start of the daemon.
package struct RunRecord: Hashable, Sendable {
  package let id: Int64
  package let pid: Int32
  package let host: String
  package let version: String
  package let started: Instant
  package let ended: Instant?

  package init(
    id: Int64, pid: Int32, host: String, version: String, started: Instant, ended: Instant?
  ) {
    self.id = id
    self.pid = pid
    self.host = host
    self.version = version
    self.started = started
    self.ended = ended
  }
}
