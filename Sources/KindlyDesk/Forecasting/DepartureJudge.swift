import KindlyCore
import KindlyDaemon

/// Says of reminders over which channel and when they leave, or why they stay.
struct DepartureJudge {
  let forecast: Forecast
  let rule: Rule

  /// What becomes of a step's reminders; those of customers for whom the directory's `if` does not hold are left out.
  func entries(of reminders: [OpenReminder], _ step: Step) async throws -> [ForecastEntry] {
    let customers = try await forecast.inquiry.customers(Set(reminders.compactMap(\.customer)))
    let addresses = customers.values.flatMap(\.person.knownAddresses)
    let suppressed = try await forecast.ledger?.suppressed(addresses) ?? []
    return reminders.compactMap { reminder in
      guard let entry = reminder.customer.flatMap({ customers[$0] }) else {
        return result(.stays(.noCustomer), reminder, step, of: nil)
      }
      let person = entry.person
      if entry.fault != nil { return result(.stays(.ruleError), reminder, step, of: person) }
      guard entry.holds else { return nil }
      return result(fate(of: reminder, step, person, suppressed), reminder, step, of: person)
    }
  }

  private func fate(
    of reminder: OpenReminder, _ step: Step, _ person: Person, _ suppressed: Set<ExactText>
  ) -> ForecastEntry.Fate {
    if reminder.isFused { return .stays(.fuse) }
    guard let route = step.leg(reminder.leg)?.route else { return .stays(.ruleAbsent) }
    let turns = route.turns(
      from: reminder.routePosition, preferring: person.preference, among: forecast.channelNames)
    var ways: [(channel: String, way: Departure.Way)] = []
    var obstacles: Set<Obstacle> = []
    for turn in turns {
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
    let departure = Departure.of(
      due: reminder.due, useUntil: reminder.useUntil, notBefore: reminder.next,
      zone: person.zone ?? forecast.inquiry.zone, ways: ways.map(\.way))
    switch departure {
    case .leaves(let time, let way): return .leaves(time, channel: ways[way].channel)
    case .stays(let reason): return .stays(reason)
    }
  }

  private func result(
    _ fate: ForecastEntry.Fate, _ reminder: OpenReminder, _ step: Step, of person: Person?
  ) -> ForecastEntry {
    ForecastEntry(
      rule: rule.name, step: step.name, leg: reminder.leg, key: reminder.key,
      cycle: reminder.cycle, customer: reminder.customer, due: reminder.due,
      language: person?.language, fate: fate)
  }
}
