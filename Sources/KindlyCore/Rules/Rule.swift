/// A watch with its `when`, its conditions, what to send to whom, and the policy for doing so.
///
/// A rule and a step are known by their name, never by position; everything else may be edited without
/// repeating what was sent.
package struct Rule: Hashable, Sendable {
  package let name: String
  /// The names it had before (`was:`); its identity is carried over from them.
  package let formerNames: [String]
  package let watch: String
  /// In the order of the file; a rule without `steps:` has one.
  package let steps: [Step]
  /// How far back a rule that is seen for the first time looks; nil means it starts from now.
  package let backfill: Period?
  /// How many reminders may leave a day (`fuse: 8000 a day`); nil means that the usual number sets the limit.
  package let fuse: Int?
  /// What a reply to its messages leads to.
  package let replies: ReplyResponse
  package let place: Place

  package init(
    name: String, formerNames: [String] = [], watch: String, steps: [Step], backfill: Period? = nil,
    fuse: Int? = nil, replies: ReplyResponse = .task, place: Place = .unknown
  ) {
    self.name = name
    self.formerNames = formerNames
    self.watch = watch
    self.steps = steps
    self.backfill = backfill
    self.fuse = fuse
    self.replies = replies
    self.place = place
  }

  /// The step of that name, or the one that had it before.
  package func step(named name: String) -> Step? {
    steps.first { $0.name == name || $0.formerNames.contains(name) }
  }

  /// The step that has this name now.
  ///
  /// To send a reminder, its step must have this name: the ledger knows a renamed step by its new one. A reminder of a
  /// former name belongs to another step, which was there when the new one had begun already.
  package func presentStep(named name: String) -> Step? {
    steps.first { $0.name.isExactly(name) }
  }
}

/// One rung of a rule with everything that applies to it: the rule's settings, overridden by the step's own.
package struct Step: Hashable, Sendable {
  package let name: String
  package let formerNames: [String]
  package let when: When
  /// The rule's `if` and the step's, which must all hold; SQL in the dialect of the source.
  package let conditions: [String]
  /// The rule's segments and the step's (`for:`); the customer must be in all of them.
  package var segments: [Segment]
  /// The customer lists that messages and tasks show (`show:`).
  package var lists: [CustomerList]
  /// The `unless` of the rule and of the step, about the reminder's own row. If either holds, the reminder is skipped.
  package let unless: [String]
  /// Each member of `send:` for each member of `to:`; each is delivered.
  package var legs: [Leg]
  /// The template's name without language and ending: `trial/welcome`.
  package let template: String
  package let messageClass: MessageClass
  package let late: Lateness
  /// The time over which its reminders are spread; nil means that each is due at its own moment.
  package let spread: Spread?
  /// When its reminders are sent together with others of their recipient; nil sends each by itself.
  package let digest: Digest?
  package let recheck: RecheckScope
  /// What the step does when a row's date moves after a message told the old one.
  package let onMove: MoveResponse
  /// When its tasks count as done without a person; nil if only a person can say.
  package var doneIf: DoneCondition?
  /// The quiet hours that hold it; nil means what the class and the channel say.
  package let quietHours: HoursSetting?
  /// The hours in which it may be sent; nil means what the class and the channel say.
  package let sendHours: HoursSetting?
  /// The calendar that tells workdays in its hours.
  package let workdays: Workdays
  /// The calendars that customers may name instead.
  package let customerCalendars: CustomerCalendars
  package var place: Place

  /// Whether no condition decides how many of its reminders leave.
  package var asksNothing: Bool { conditions.isEmpty && segments.isEmpty }

  /// The recipients of its legs, each once, in order.
  package var recipients: [RecipientRole] {
    legs.reduce(into: []) { roles, leg in
      if !roles.contains(leg.recipient) { roles.append(leg.recipient) }
    }
  }

  /// The recipient by whose clock and calendar its moments are counted.
  ///
  /// This is the customer, or the first recipient if the step does not write to customers.
  package var timekeeper: RecipientRole {
    recipients.contains(.customer) ? .customer : recipients.first ?? .customer
  }

  /// The leg of a reminder by its number; nil if the step has no such leg now.
  package func leg(_ number: Int) -> Leg? {
    let written = FollowUp.writtenLeg(of: number)
    return legs.first { $0.number == written }
  }

  /// The name of the step of a rule without `steps:`; constant, so that its template can be exchanged without
  /// anything being sent again.
  package static let only = "only"

  package init(
    name: String, formerNames: [String] = [], when: When, conditions: [String] = [],
    segments: [Segment] = [], lists: [CustomerList] = [], unless: [String] = [],
    legs: [Leg], template: String, messageClass: MessageClass = .care,
    late: Lateness = .standard, spread: Spread? = nil, digest: Digest? = nil,
    recheck: RecheckScope = .condition,
    onMove: MoveResponse = .nothing, doneIf: DoneCondition? = nil, quietHours: HoursSetting? = nil,
    sendHours: HoursSetting? = nil, workdays: Workdays = .weekends,
    customerCalendars: CustomerCalendars = .none, place: Place = .unknown
  ) {
    self.name = name
    self.formerNames = formerNames
    self.when = when
    self.conditions = conditions
    self.segments = segments
    self.lists = lists
    self.unless = unless
    self.legs = legs
    self.template = template
    self.messageClass = messageClass
    self.late = late
    self.spread = spread
    self.digest = digest
    self.recheck = recheck
    self.onMove = onMove
    self.doneIf = doneIf
    self.quietHours = quietHours
    self.sendHours = sendHours
    self.workdays = workdays
    self.customerCalendars = customerCalendars
    self.place = place
  }
}

/// What a message is for; quiet hours, consent and unsubscribing differ by it.
package enum MessageClass: Int, Hashable, Sendable, CaseIterable {
  /// Answers what the customer just did.
  case service = 1
  case care = 2
  case marketing = 3

  package var word: String {
    switch self {
    case .service: "service"
    case .care: "care"
    case .marketing: "marketing"
    }
  }

  package init?(word: String) {
    guard let found = MessageClass.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }
}

/// What is read again just before a message is sent. Address, consent and suppression are always checked.
package enum RecheckScope: String, Hashable, Sendable, CaseIterable {
  /// The row, the moment and the condition.
  case condition = "if"
  /// The row and the moment.
  case row
  case nothing
}

/// What a step does when a row's date moves after a message told the old one.
package enum MoveResponse: String, Hashable, Sendable, CaseIterable {
  /// The new date's own reminder comes at its own moment, and nothing before it.
  case nothing
  /// A message soon tells the new date, no matter when its own moment is.
  case correct
}

/// Where something was written: a file and a line, counted from one.
package struct Place: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package static let unknown = Place(file: "", line: 0)

  package var description: String { line > 0 ? "\(file):\(line)" : file }
}
