import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Says of reminders over which channel and when they leave, or why they stay.
struct DepartureJudge {
  let forecast: Forecast
  let rule: Rule

  /// What becomes of a step's reminders; those of customers for whom the directory's `if` does not hold, or who are
  /// not in the step's segments, are left out.
  func entries(of reminders: [OpenReminder], _ step: Step) async throws -> [ForecastEntry] {
    guard let watch = forecast.configuration.watch(named: rule.watch) else { return [] }
    let customers = try await forecast.inquiry.customers(
      Set(reminders.compactMap(\.customer)), in: step.segments)
    let subjects = reminders.map { RowSubject($0.customer, of: watch, among: customers) }
    let people = try await recipients(of: reminders, about: subjects, step, watch)
    let addresses = people.values.flatMap(\.knownAddresses)
    let suppressed = try await forecast.ledger?.suppressed(addresses, for: step.messageClass) ?? []
    let excuses = try await excuses(of: reminders, step)
    return reminders.enumerated().compactMap { place, reminder in
      switch subjects[place] {
      case .unknown: return result(.stays(.noCustomer), reminder, step, to: nil)
      case .customer(let entry) where entry.fault != nil:
        return result(.stays(.ruleError), reminder, step, to: nil)
      case .customer(let entry): if !entry.holds { return nil }
      case .nobody: if !step.segments.isEmpty { return nil }
      }
      if let reason = excuses[place] { return result(.stays(reason), reminder, step, to: nil) }
      guard let person = people[place] else {
        return result(.stays(.noRecipient), reminder, step, to: nil)
      }
      return result(fate(of: reminder, step, person, suppressed), reminder, step, to: person)
    }
  }

  /// The reasons why the step's `unless` would stop reminders now, by position in the list.
  private func excuses(of reminders: [OpenReminder], _ step: Step) async throws -> [Int: Reason] {
    guard !step.unless.isEmpty else { return [:] }
    let foreseen = reminders.map { reminder in
      ForeseenReminder(
        rule: rule.name, step: step, customer: reminder.customer, key: reminder.key,
        due: reminder.due, useUntil: reminder.useUntil)
    }
    let findings: [Int: UnlessInquiry.Finding]
    do throws(SourceProblem) {
      findings = try await forecast.inquiry.databases.unless(of: step, now: forecast.now)
        .foresee(foreseen)
    } catch {
      guard error.kind == .condition else { throw error }
      return Dictionary(uniqueKeysWithValues: reminders.indices.map { ($0, .ruleError) })
    }
    return findings.mapValues { finding in
      switch finding {
      case .holds: .unless
      case .fault: .ruleError
      }
    }
  }

  /// The recipients of reminders by their places; who was not found is missing.
  private func recipients(
    of reminders: [OpenReminder], about subjects: [RowSubject], _ step: Step, _ watch: Watch
  ) async throws -> [Int: Person] {
    var people: [Int: Person] = [:]
    var places: [Int] = []
    var requests: [RecipientLookup.Request] = []
    let rows = try await rows(of: reminders, step, watch)
    for (place, reminder) in reminders.enumerated() {
      if case .unknown = subjects[place] { continue }
      let about = subjects[place].person
      let role = step.leg(reminder.leg)?.recipient ?? .customer
      if role == .customer {
        people[place] = about ?? .everybody
      } else {
        places.append(place)
        requests.append(
          RecipientLookup.Request(role, about: about, this: rows[reminder.key]?.values ?? [:]))
      }
    }
    guard !requests.isEmpty else { return people }
    for (place, answer) in zip(places, try await forecast.inquiry.recipients(requests)) {
      if case .success(let person) = answer.recipient { people[place] = person }
    }
    return people
  }

  /// The rows of reminders, if they name the recipients.
  private func rows(
    of reminders: [OpenReminder], _ step: Step, _ watch: Watch
  ) async throws -> [RowKey: RowAnswer] {
    guard step.recipients.contains(where: { $0.column != nil }) else { return [:] }
    return try await forecast.inquiry.source(of: watch).rows(
      RowQuestion(
        watch: watch, keys: Array(Set(reminders.map(\.key))).sorted(),
        clock: forecast.inquiry.clock))
  }

  private func fate(
    of reminder: OpenReminder, _ step: Step, _ person: Person, _ suppressed: Set<ExactText>
  ) -> ForecastEntry.Fate {
    if reminder.isFused { return .stays(.fuse) }
    guard let route = step.leg(reminder.leg)?.route else { return .stays(.ruleAbsent) }
    var ways: [(channel: String, way: Departure.Way)] = []
    var obstacles: Set<Obstacle> = []
    for turn in turns(of: route, for: reminder, person) {
      guard
        let (address, way) = forecast.way(
          over: turn.channel, rule: rule.name, step, to: person)
      else {
        continue
      }
      if let obstacle = person.obstacle(over: address, suppressed: suppressed) {
        obstacles.insert(obstacle)
      } else {
        ways.append((turn.channel, way))
      }
    }
    guard !ways.isEmpty else {
      return .stays(
        obstacles.contains(.malformed)
          ? .invalidAddress : obstacles.contains(.suppressed) ? .suppressed : .noAddress)
    }
    if forecast.holds(rule.watch) { return .stays(.massChange) }
    let zone = person.zone ?? forecast.inquiry.zone
    let digest = step.digestTime(
      of: reminder.leg, reminder.cycle, due: reminder.due, now: forecast.now, in: zone)
    let departure = Departure.of(
      due: reminder.due, useUntil: reminder.useUntil,
      notBefore: max(reminder.next, digest ?? reminder.next), zone: zone, ways: ways.map(\.way))
    switch departure {
    case .leaves(let time, let way): return .leaves(time, channel: ways[way].channel)
    case .stays(let reason): return .stays(reason)
    }
  }

  /// The channels that are left of the route, as the dispatcher will find them.
  private func turns(
    of route: Route, for reminder: OpenReminder, _ person: Person
  ) -> [Route.Turn] {
    let names = forecast.channelNames
    let turns = route.turns(
      from: reminder.routePosition, preferring: person.preference, among: names)
    // The route has become shorter than the reminder had come: it begins again.
    let isCut = turns.isEmpty && !FollowUp.isFollowUp(leg: reminder.leg)
    let left = isCut ? route.turns(from: 0, preferring: person.preference, among: names) : turns
    return left.filter { turn in reminder.sender.map(turn.channel.isExactly) != true }
  }

  private func result(
    _ fate: ForecastEntry.Fate, _ reminder: OpenReminder, _ step: Step, to person: Person?
  ) -> ForecastEntry {
    ForecastEntry(
      rule: rule.name, step: step.name, leg: reminder.leg, key: reminder.key,
      cycle: reminder.cycle, customer: reminder.customer,
      recipient: person?.kind == .colleagues ? person?.key : nil, due: reminder.due,
      language: person?.language, fate: fate)
  }
}
