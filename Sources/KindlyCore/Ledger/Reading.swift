/// The ledger as people and reports read it.
///
/// Each call is one short read on a connection that cannot write, so it works whether or not the daemon runs.
package protocol ReadingLedger: TaskReadingLedger {
  func status(now: Instant) async throws -> LedgerStatus

  /// What was wrong when the daemon looked last: the worst first, then by subject.
  func problems() async throws -> [Problem]

  /// Reminders of a selection, newest first, with `id < before`; at most `limit`.
  func reminders(_ selection: ReminderSelection, before id: Int64?, limit: Int) async throws
    -> [ReminderSummary]

  /// What a bulk verb would change in a selection.
  func summary(of verb: BulkVerb, on selection: ReminderSelection, now: Instant) async throws
    -> BulkSummary

  /// The reminders that wait because a channel is down, is set up wrongly or asked for a retry.
  func channelWaits() async throws -> [ChannelWait]

  /// The names that reminders and standings are kept under.
  func names() async throws -> LedgerNames

  /// What the ledger knows of channels: what waits, and what was sent and refused since a time.
  func channelRecords(since: Instant) async throws -> ChannelRecords

  /// Everything about one reminder; nil where there is none.
  func reminder(_ name: ReminderName) async throws -> ReminderDetail?

  /// The noticed changes of one row, newest first.
  func changes(ofRow key: RowKey, watch: String, limit: Int) async throws -> [NoticedChange]

  /// The lineages of rows of a view, by row key.
  func lineages(of keys: [RowKey], in view: LedgerView) async throws -> [RowKey: Lineage]

  /// The rows that had a key before the one that has it now, the last of them first.
  func formerRows(ofKey key: RowKey, watch: String) async throws -> [FormerRow]

  func inbox(unreadOnly: Bool, before id: Int64?, limit: Int) async throws -> [InboxEntry]

  /// The standings of all watches that were ever looked at, by name.
  func standings() async throws -> [ExactText: WatchStanding]

  /// What each rule that was ever activated sent, by its name and the days of a zone.
  func activity(in zone: Zone, now: Instant) async throws -> [ExactText: RuleActivity]

  /// When the oldest reminder of each rule fell due that is still not decided; rules without one are left out.
  func oldestDue(now: Instant) async throws -> [ExactText: Instant]

  /// The steps whose condition has held at least once, as far as reminders are kept.
  func appliedSteps() async throws -> Set<StepName>

  /// The standings of all rules that were ever activated, by name.
  func ruleStandings() async throws -> [ExactText: RuleStanding]

  /// Pauses that still hold.
  func pauses(now: Instant) async throws -> [Pause]

  /// Which of the addresses are suppressed for messages of a class.
  func suppressed(_ addresses: [String], for messageClass: MessageClass) async throws
    -> Set<ExactText>

  /// The suppressed addresses of a selection, newest first; at most `limit`.
  func suppressions(_ selection: SuppressionSelection, limit: Int) async throws
    -> [SuppressionRecord]

  /// What people did, newest first.
  func actions(before id: Int64?, limit: Int) async throws -> [ActionRecord]

  func configuration(_ id: Int64) async throws -> ArchivedConfiguration?

  /// The configuration that was loaded last; nil before the first.
  func latestConfiguration() async throws -> ArchivedConfiguration?
}

/// Selects reminders; all given criteria must match.
package struct ReminderSelection: Hashable, Sendable {
  package var ids: [Int64]
  package var rule: String?
  package var channel: String?
  /// Empty means every state.
  package var states: Set<ReminderState>
  package var reason: Reason?
  /// Whether the condition must have held at least once when it was evaluated; nil means either.
  package var hasApplied: Bool?
  /// Due at or after.
  package var since: Instant?
  /// Due before.
  package var until: Instant?
  package var customer: RowKey?
  /// Created no later than the reminder with this id.
  package var through: Int64?
  /// Changed by what a person did after the action of this id.
  package var actedAfter: Int64?

  package init(
    ids: [Int64] = [], rule: String? = nil, channel: String? = nil,
    states: Set<ReminderState> = [], reason: Reason? = nil, hasApplied: Bool? = nil,
    since: Instant? = nil, until: Instant? = nil, customer: RowKey? = nil, through: Int64? = nil,
    actedAfter: Int64? = nil
  ) {
    self.ids = ids
    self.rule = rule
    self.channel = channel
    self.states = states
    self.reason = reason
    self.hasApplied = hasApplied
    self.since = since
    self.until = until
    self.customer = customer
    self.through = through
    self.actedAfter = actedAfter
  }
}

/// A verb that changes many reminders at once.
package enum BulkVerb: Hashable, Sendable {
  case retry, cancel, restore
  /// For the reminders that a blown fuse holds.
  case release, drop
}

/// What a bulk verb would change.
package struct BulkSummary: Hashable, Sendable {
  package var count = 0
  package var byRule: [ExactText: Int] = [:]
  package var firstDue: Instant?
  package var lastDue: Instant?
  /// The newest of them; what is made later was not counted.
  package var newest: Int64?

  package init() {}
}

/// How many reminders wait for a channel, by where they are in their route.
package struct ChannelWait: Hashable, Sendable {
  package let rule: String
  package let step: String
  package let leg: Int
  package let routePosition: Int
  /// The channel they were last tried on; nil where they have not been tried.
  package let lastChannel: String?
  package let reason: Reason
  package let count: Int
  /// How many different customers they are for.
  package let customers: Int
  /// Since when the first of them waits for this reason.
  package let since: Instant
  /// Whether the channel has accepted mail since then.
  package let hasAccepted: Bool
  /// The other side's words to one of them that was tried, masked.
  package let because: String?

  package init(
    rule: String, step: String, leg: Int, routePosition: Int, lastChannel: String?,
    reason: Reason, count: Int, customers: Int = 1, since: Instant, hasAccepted: Bool = false,
    because: String? = nil
  ) {
    self.rule = rule
    self.step = step
    self.leg = leg
    self.routePosition = routePosition
    self.lastChannel = lastChannel
    self.reason = reason
    self.count = count
    self.customers = customers
    self.since = since
    self.hasAccepted = hasAccepted
    self.because = because
  }
}

/// The names of which the ledger holds reminders or standings, including those no longer in the configuration.
package struct LedgerNames: Hashable, Sendable {
  package var rules: [String]
  package var channels: [String]

  package init(rules: [String] = [], channels: [String] = []) {
    self.rules = rules
    self.channels = channels
  }
}

/// How a person names one reminder.
package enum ReminderName: Hashable, Sendable {
  case id(Int64)
  case publicID(String)
}

/// One reminder in a list.
package struct ReminderSummary: Hashable, Sendable {
  package let id: Int64
  package let publicID: String
  package let rule: String
  package let step: String
  package let leg: Int
  package let key: RowKey
  package let cycle: Cycle
  package let customer: RowKey?
  package let state: ReminderState
  package let reason: Reason?
  package let due: Instant
  package let useUntil: Instant
  /// When it is processed next; nil if it is decided or waits for a person.
  package let next: Instant?
  package let decided: Instant?
  /// The channel it was last tried on.
  package let channel: String?
  /// The place of its channel in its route, as `Route.Turn` counts it.
  package let routePosition: Int
  package let attempts: Int
  /// Whether its condition has held at least once when it was evaluated; true if there is no condition.
  package let applied: Bool
  /// Whether it is about a row whose key another row has now.
  package let isOfFormerRow: Bool

  /// Whether it was cancelled without its condition ever having held.
  package var neverApplied: Bool { reason == .condition && !applied }

  /// The reason as people read it.
  package var reasonWords: String? {
    neverApplied ? ReminderSummary.neverAppliedWords : reason?.words
  }

  /// What people read and type in place of `condition`, if the condition has never held.
  package static let neverAppliedWords = "never applied"

  package init(
    id: Int64, publicID: String, rule: String, step: String, leg: Int, key: RowKey, cycle: Cycle,
    customer: RowKey?, state: ReminderState, reason: Reason?, due: Instant, useUntil: Instant,
    next: Instant?, decided: Instant?, channel: String?, routePosition: Int = 0, attempts: Int,
    applied: Bool = true, isOfFormerRow: Bool = false
  ) {
    self.id = id
    self.publicID = publicID
    self.rule = rule
    self.step = step
    self.leg = leg
    self.key = key
    self.cycle = cycle
    self.customer = customer
    self.state = state
    self.reason = reason
    self.due = due
    self.useUntil = useUntil
    self.next = next
    self.decided = decided
    self.channel = channel
    self.routePosition = routePosition
    self.attempts = attempts
    self.applied = applied
    self.isOfFormerRow = isOfFormerRow
  }
}

/// What a person did.
package struct ActionRecord: Hashable, Sendable {
  package let id: Int64
  package let at: Instant
  package let note: ActionNote
  /// pause, resume, retry, cancel, release, drop, settle, resend, accept, ignore, read, arm, clock.
  package let verb: String
  package let subject: String

  package init(id: Int64, at: Instant, note: ActionNote, verb: String, subject: String) {
    self.id = id
    self.at = at
    self.note = note
    self.verb = verb
    self.subject = subject
  }
}

/// A row whose key passed to another row.
package struct FormerRow: Hashable, Sendable {
  /// When its delete was noticed; what was planned before is about it.
  package let gone: Instant
  /// When the next row of the key was noticed.
  package let passed: Instant

  package init(gone: Instant, passed: Instant) {
    self.gone = gone
    self.passed = passed
  }
}

/// One message of the inbox, as people read it.
package struct InboxEntry: Hashable, Sendable {
  package let id: Int64
  package let delivered: Instant
  package let publicID: String
  package let rule: String
  /// Nil for an entry about nobody.
  package let customer: String?
  /// The key of the receiving colleague or team; nil for an entry that every colleague may read.
  package let recipient: String?
  package let subject: String
  /// Nil once it is older than bodies are kept.
  package let body: String?
  package let read: Instant?

  package init(
    id: Int64, delivered: Instant, publicID: String, rule: String, customer: String?,
    recipient: String? = nil, subject: String, body: String?, read: Instant?
  ) {
    self.id = id
    self.delivered = delivered
    self.publicID = publicID
    self.rule = rule
    self.customer = customer
    self.recipient = recipient
    self.subject = subject
    self.body = body
    self.read = read
  }
}
