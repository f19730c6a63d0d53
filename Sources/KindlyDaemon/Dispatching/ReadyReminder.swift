import KindlyCore

/// A claimed reminder that passed its recheck and the gate, with everything that its message needs.
struct ReadyReminder: Sendable {
  let reminder: ClaimedReminder
  let rule: Rule
  let step: Step
  /// The channel it takes now, that channel's place in the route, and the turn after it; nil where it is the last.
  let outlet: Outlet
  let routePosition: Int
  let next: Route.Turn?
  /// The channels before it that it does not take.
  let passedOver: [PassedOver]
  /// The customer; nil for a row about nobody.
  let about: Person?
  /// The recipient, and the recipient's address for the channel.
  let recipient: Person
  /// The colleague who looks after the customer; nil if there is none.
  let owner: Person?
  /// The person by whose clock the moment was counted; nil for the company's.
  let timekeeper: Person?
  let address: String
  /// Whose server answers for the address; nil where the channel knows no destinations.
  let destination: ExactText?
  /// The row as it is now; for a delete, as it was.
  let this: RowValues
  let old: RowValues?
  /// When the row was read.
  let checked: Instant
  /// The customer lists that its message shows.
  var lists: [ShownList] = []
}

extension ReadyReminder {
  /// The same reminder, which also passed over other channels.
  func passingOver(_ closed: [PassedOver]) -> ReadyReminder {
    ReadyReminder(
      reminder: reminder, rule: rule, step: step, outlet: outlet, routePosition: routePosition,
      next: next, passedOver: passedOver + closed, about: about, recipient: recipient,
      owner: owner, timekeeper: timekeeper, address: address, destination: destination,
      this: this, old: old, checked: checked, lists: lists)
  }

  /// What its message tells, if its step corrects moved dates.
  func announcement(in generation: Generation) -> Announcement? {
    guard step.onMove == .correct, reminder.trigger.isDated || reminder.trigger == .person,
      let watch = generation.watches[rule.watch]
    else { return nil }
    return step.when.schedule?.announcement(
      of: this, as: generation.databases.dates.known(watch.name),
      in: generation.databases.momentContext(of: watch, for: timekeeper))
  }

  /// The moment that it is about: for a correction, that of the new date.
  func moment(in generation: Generation) -> Instant {
    guard reminder.was != nil, let schedule = step.when.schedule,
      let watch = generation.watches[rule.watch]
    else { return reminder.due }
    let moment = schedule.moment(
      for: reminder.cycle.original, in: this, as: generation.databases.dates.known(watch.name),
      late: .standard, in: generation.databases.momentContext(of: watch, for: timekeeper))
    return moment?.due ?? reminder.due
  }

  /// What follows once it is sent, should it stay unread.
  func followUp(now: Instant, in zone: Zone) -> FollowUp? {
    guard outlet.channel.traits.knowsReading, let next, let period = next.unread else { return nil }
    // The ledger plans it only for those of the message that are of use then.
    return FollowUp(due: Schedule.add(period, to: now, zone: zone), routePosition: next.position)
  }
}

/// A claimed reminder that may have arrived, and whose channel is asked about it before anything else.
struct UnansweredReminder: Sendable {
  let reminder: ClaimedReminder
  let outlet: Outlet
}

/// A piece of work for a lane's worker.
enum Errand: Sendable {
  case handOver(Parcel)
  case ask(UnansweredReminder)

  /// The reminder whose turn decides when it is done.
  var reminder: ClaimedReminder {
    switch self {
    case .handOver(let parcel): parcel.lead.reminder
    case .ask(let unanswered): unanswered.reminder
    }
  }

  /// All its reminders.
  var reminders: [ClaimedReminder] {
    switch self {
    case .handOver(let parcel): parcel.members.map(\.reminder)
    case .ask(let unanswered): [unanswered.reminder]
    }
  }

  var outlet: Outlet {
    switch self {
    case .handOver(let parcel): parcel.lead.outlet
    case .ask(let unanswered): unanswered.outlet
    }
  }

  var routePosition: Int {
    switch self {
    case .handOver(let parcel): parcel.lead.routePosition
    case .ask(let unanswered): unanswered.reminder.routePosition
    }
  }

  /// The class whose turn it is: as the step says now, where the row was read again.
  var messageClass: MessageClass {
    switch self {
    case .handOver(let parcel): parcel.lead.step.messageClass
    case .ask(let unanswered): unanswered.reminder.messageClass
    }
  }
}

/// The result of triage for a claimed reminder.
enum Triaged: Sendable {
  case errand(Errand)
  case moved(Transition)
}
