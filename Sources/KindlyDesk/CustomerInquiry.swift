import Foundation
package import KindlyConfig
package import KindlyCore
package import KindlyDaemon
package import KindlyTemplates

/// Questions to a configuration's customer databases, all asked as of one time.
package struct CustomerInquiry {
  package let configuration: Configuration
  package let now: Instant
  package let databases: CustomerDatabases

  package init(
    _ configuration: Configuration, now: Instant,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.configuration = configuration
    self.now = now
    databases = CustomerDatabases(configuration, environment: environment)
  }

  package var zone: Zone { configuration.timezone }

  /// How times are written in answers.
  package var time: TimeText { TimeText(zone: zone, now: now) }

  package var clock: QueryClock { databases.clock(at: now) }

  package func source(of watch: Watch) throws -> any CustomerSource {
    try databases.source(named: watch.source)
  }

  /// What a date of a watch's row is read against, by the clock of a person; nil for nobody in particular.
  package func context(of watch: Watch, for timekeeper: Person?) -> MomentContext {
    databases.momentContext(of: watch, for: timekeeper)
  }

  /// What the moments of a step are counted by, for a row and the customer whom it is about.
  package func context(
    of watch: Watch, for step: Step, about customer: Person?, this: RowValues
  ) async throws(SourceProblem) -> MomentContext {
    let people = try await databases.timekeepers(of: step, now: now).find([(customer, this)])
    return context(of: watch, for: people[0])
  }

  /// What the columns of a watch hold.
  package func dates(of watch: Watch) async throws -> DateKinds {
    try await databases.dates(of: watch, in: try source(of: watch), now: now)
  }

  /// What a letter about a row as it is now may name; nobody receives it, so secrets are shown as dots unless the letter is
  /// only measured.
  package func letterScope(
    _ rule: Rule, _ step: Step, _ row: RowAnswer, of watch: Watch, customer: Person?,
    owner: Person? = nil, reader: Person, old: RowValues? = nil, was: AnnouncedDate? = nil,
    revealsSecrets: Bool = false
  ) async throws -> TemplateScope {
    let kinds = try await dates(of: watch)
    for watch in [databases.home, databases.staff] {
      if let watch { _ = try await dates(of: watch) }
    }
    let context = try await context(of: watch, for: step, about: customer, this: row.values)
    let moment = moment(of: step, row.values, as: kinds, in: context)
    let lists = await databases.listReading(now: now).read(step.lists, about: customer).shown
    let scope = databases.letterScope(
      rule: rule, this: row.values, old: old ?? (step.when.isUpdate ? row.values : nil),
      customer: customer, owner: owner, reader: reader, moment: moment, was: was, lists: lists,
      revealsSecrets: revealsSecrets, now: now)
    return step.digest == nil ? scope : TemplateScope(digestOf: [scope], reader: reader)
  }

  /// The moment of which a letter tells: a change counts as noticed now.
  private func moment(
    of step: Step, _ row: RowValues, as kinds: DateKinds, in context: MomentContext
  ) -> Instant? {
    guard let schedule = step.when.schedule else {
      return step.moment(ofChangeAt: now, late: step.late, in: context)?.due
    }
    if schedule.column == nil {
      return schedule.nextCalendarMoment(after: now, late: step.late, in: context)?.due
    }
    // Losing the reason is right: a letter without its moment is still worth seeing.
    guard let own = try? schedule.of(row, as: kinds) else { return nil }
    let first = own.schedule.moment(
      of: own.anchor, number: schedule.recurs ? 1 : nil, late: step.late, in: context
    ).due
    return first < .distantFuture
      ? first : own.schedule.next(of: own.anchor, after: now, late: step.late, in: context)?.due
  }

  /// One row as it is now, and whether conditions hold for it; nil where it is absent.
  package func row(_ key: RowKey, of watch: Watch, conditions: [String] = []) async throws
    -> RowAnswer?
  {
    try await source(of: watch).rows(
      RowQuestion(watch: watch, keys: [key], conditions: conditions, clock: clock))[key]
  }

  /// Whom a row is about, as the directory has them now.
  package func subject(of row: RowAnswer, in watch: Watch) async throws -> RowSubject {
    RowSubject(
      row.customer, of: watch, among: try await customers(Set([row.customer].compactMap(\.self))))
  }

  /// A customer as the directory has them now, and whether its `if` holds; nil where they are absent.
  package func customer(_ key: RowKey) async throws -> PeopleLookup.Entry? {
    try await customers([key])[key]
  }

  /// The same of many, who must be in segments, too; who is missing from the answer is not in the directory.
  package func customers(
    _ keys: Set<RowKey>, in segments: [Segment] = []
  ) async throws -> [RowKey: PeopleLookup.Entry] {
    // Otherwise nobody would be found where the source could not be made.
    if let home = databases.home { _ = try source(of: home) }
    return try await databases.lookup(now: now, in: segments).find(keys)
  }

  /// The recipient of a message in a role, and the owner of the customer whom the row is about.
  package func recipient(
    _ role: RecipientRole, about: Person?, this: RowValues
  ) async throws -> RecipientLookup.Answer {
    try await recipients([RecipientLookup.Request(role, about: about, this: this)])[0]
  }

  /// The same of many, in their order.
  package func recipients(
    _ requests: [RecipientLookup.Request]
  ) async throws -> [RecipientLookup.Answer] {
    // Otherwise nobody would be found where the source could not be made.
    if let staff = databases.staff { _ = try source(of: staff) }
    return try await databases.recipients(now: now).find(requests).answers
  }

  /// The `unless:` that would skip a reminder about a row now; nil if none holds.
  package func unless(
    _ rule: Rule, _ step: Step, _ row: RowAnswer
  ) async throws(SourceProblem) -> String? {
    let reminder = ForeseenReminder(
      rule: rule.name, step: step, customer: row.customer, key: row.key, due: now, useUntil: now)
    guard
      case .holds(let condition)? = try await databases.unless(of: step, now: now)
        .foresee([reminder])[0]
    else { return nil }
    return RuleSentence.folded(condition)
  }

  /// A colleague as the directory has them now, and whether its `if` holds; nil where they are absent.
  package func colleague(_ key: RowKey) async throws -> PeopleLookup.Entry? {
    if let staff = databases.staff { _ = try source(of: staff) }
    return try await databases.recipients(now: now).colleagues([key])[key]
  }

  package func close() async { await databases.close() }
}
