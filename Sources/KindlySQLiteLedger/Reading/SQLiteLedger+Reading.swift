package import KindlyCore

/// The writer reads as everyone else does: through connections that cannot write.
extension SQLiteLedger: ReadingLedger {
  package func status(now: Instant) async throws -> LedgerStatus {
    try await reader.status(now: now)
  }

  package func problems() async throws -> [Problem] { try await reader.problems() }

  package func reminders(
    _ selection: ReminderSelection, before id: Int64?, limit: Int
  ) async throws -> [ReminderSummary] {
    try await reader.reminders(selection, before: id, limit: limit)
  }

  package func summary(
    of verb: BulkVerb, on selection: ReminderSelection, now: Instant
  ) async throws -> BulkSummary {
    try await reader.summary(of: verb, on: selection, now: now)
  }

  package func channelWaits() async throws -> [ChannelWait] { try await reader.channelWaits() }

  package func names() async throws -> LedgerNames { try await reader.names() }

  package func channelRecords(since: Instant) async throws -> ChannelRecords {
    try await reader.channelRecords(since: since)
  }

  package func latestConfiguration() async throws -> ArchivedConfiguration? {
    try await reader.latestConfiguration()
  }

  package func reminder(_ name: ReminderName) async throws -> ReminderDetail? {
    try await reader.reminder(name)
  }

  package func changes(ofRow key: RowKey, watch: String, limit: Int) async throws -> [NoticedChange]
  {
    try await reader.changes(ofRow: key, watch: watch, limit: limit)
  }

  package func lineages(
    of keys: [RowKey], in view: LedgerView
  ) async throws -> [RowKey: Lineage] {
    try await reader.lineages(of: keys, in: view)
  }

  package func formerRows(ofKey key: RowKey, watch: String) async throws -> [FormerRow] {
    try await reader.formerRows(ofKey: key, watch: watch)
  }

  package func inbox(unreadOnly: Bool, before id: Int64?, limit: Int) async throws -> [InboxEntry] {
    try await reader.inbox(unreadOnly: unreadOnly, before: id, limit: limit)
  }

  package func tasks(
    _ selection: TaskSelection, now: Instant, limit: Int
  ) async throws -> [TaskRecord] {
    try await reader.tasks(selection, now: now, limit: limit)
  }

  package func task(_ id: Int64) async throws -> (task: TaskRecord, events: [TaskEvent])? {
    try await reader.task(id)
  }

  package func standings() async throws -> [ExactText: WatchStanding] {
    try await reader.standings()
  }

  package func ruleStandings() async throws -> [ExactText: RuleStanding] {
    try await reader.ruleStandings()
  }

  package func activity(in zone: Zone, now: Instant) async throws -> [ExactText: RuleActivity] {
    try await reader.activity(in: zone, now: now)
  }

  package func appliedSteps() async throws -> Set<StepName> { try await reader.appliedSteps() }

  package func oldestDue(now: Instant) async throws -> [ExactText: Instant] {
    try await reader.oldestDue(now: now)
  }

  package func suppressions(
    _ selection: SuppressionSelection, limit: Int
  ) async throws -> [SuppressionRecord] {
    try await reader.suppressions(selection, limit: limit)
  }

  package func actions(before id: Int64?, limit: Int) async throws -> [ActionRecord] {
    try await reader.actions(before: id, limit: limit)
  }

  package func configuration(_ id: Int64) async throws -> ArchivedConfiguration? {
    try await reader.configuration(id)
  }
}
