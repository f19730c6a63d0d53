/// The ledger as planning sees it: rules are activated, occurrences become reminders. Each call is one transaction.
package protocol PlanningLedger: AnnouncingLedger {
  /// Archives a configuration once, by its hash, and returns its number.
  func archive(configuration hash: String, text: String, now: Instant) async throws -> Int64

  /// Registers rules and steps, carries identity over from `was:` names, and returns the standing of each rule.
  ///
  /// A rule seen for the first time is activated now, less its backfill. A rule that returns keeps its activation and
  /// positions, and its reminders that waited as `rule absent` wake.
  func activate(_ rules: [RuleActivation], now: Instant) async throws -> [ExactText: RuleStanding]

  /// Inserts, re-times or revives; and moves positions forward in the same transaction.
  ///
  /// A new identity inserts all its legs, or none where any leg of the occurrence exists. An open one with another due is
  /// re-timed. One cancelled by data while still useful is revived, at most 20 times. An open or data-cancelled reminder
  /// of the same rule, row and step whose cycle has another anchor is cancelled as `date moved` with its successor's id.
  /// What was sent, failed, skipped or cancelled by a person is never touched. A reminder for a day whose fuse is blown
  /// waits as `fuse`.
  ///
  /// - Parameter tells: Whether the summary holds an event for each reminder, which costs a question for each.
  func plan(
    _ batches: [PlanBatch], advancing: [PlanAdvance], tells: Bool, now: Instant
  ) async throws -> PlanSummary

  /// What planning a batch would change.
  func preview(_ batch: PlanBatch, now: Instant) async throws -> PlanPreview

  /// The watches whose moments are held or whose hold a person has decided.
  func momentStandings() async throws -> [ExactText: MomentStanding]

  /// Keeps why the moments of a watch are held, until a person decides or they are released.
  func holdMoments(ofWatch watch: String, because text: String, now: Instant) async throws

  /// Ends the hold of a watch's moments, and the decision that was acted on.
  func releaseMoments(ofWatch watch: String) async throws

  /// Cancelled-by-data reminders of change rules that are still useful, for asking their condition again.
  func revivable(rule: String, now: Instant, after id: Int64, limit: Int) async throws
    -> [RevivableReminder]

  /// Puts revivable reminders back to waiting, due now. Their conditions have been found to hold.
  func revive(_ ids: [Int64], now: Instant) async throws -> Int
}

extension PlanningLedger {
  /// Plans without an event for each reminder.
  package func plan(
    _ batches: [PlanBatch], advancing: [PlanAdvance], now: Instant
  ) async throws -> PlanSummary {
    try await plan(batches, advancing: advancing, tells: false, now: now)
  }
}

/// A rule as the ledger must know it.
package struct RuleActivation: Hashable, Sendable {
  package let name: String
  package let formerNames: [String]
  package let watch: String
  /// Each step's name and the names it had before.
  package let steps: [StepActivation]
  package let backfill: Duration?

  package init(
    name: String, formerNames: [String] = [], watch: String, steps: [StepActivation],
    backfill: Duration? = nil
  ) {
    self.name = name
    self.formerNames = formerNames
    self.watch = watch
    self.steps = steps
    self.backfill = backfill
  }
}

/// A step as the ledger must know it.
package struct StepActivation: Hashable, Sendable {
  package let name: String
  package let formerNames: [String]
  /// Whether its reminders are told by the minute of their dates, and not by the day.
  package let countsMinutes: Bool

  package init(name: String, formerNames: [String], countsMinutes: Bool = false) {
    self.name = name
    self.formerNames = formerNames
    self.countsMinutes = countsMinutes
  }

  package init(_ step: Step) {
    self.init(
      name: step.name, formerNames: step.formerNames,
      countsMinutes: step.when.schedule?.isElapsed ?? false)
  }
}

/// A rule's positions in the ledger.
package struct RuleStanding: Hashable, Sendable {
  /// When the rule was first seen, less the backfill that it had then.
  package let activated: Instant
  /// The last change of its watch that it has seen.
  package let changePosition: Int64
  /// Per step, the instant up to which moments were scanned; nothing at or below it less lateness is planned again.
  package let scannedThrough: [ExactText: Instant]
  /// The steps that were never scanned to the end.
  package let unscanned: Set<ExactText>
  /// Per step, when it was first seen; steps of older ledgers have none.
  package let begun: [ExactText: Instant]
  /// For each step, the last change before the step was first seen, minus the backfill that the rule had then. Steps of
  /// older ledgers have none.
  ///
  /// It is a number and not a time, because a look that notices a change may begin before a reload and end after it.
  package let changesAfter: [ExactText: Int64]

  package init(
    activated: Instant, changePosition: Int64, scannedThrough: [ExactText: Instant],
    unscanned: Set<ExactText> = [], begun: [ExactText: Instant] = [:],
    changesAfter: [ExactText: Int64] = [:]
  ) {
    self.activated = activated
    self.changePosition = changePosition
    self.scannedThrough = scannedThrough
    self.unscanned = unscanned
    self.begun = begun
    self.changesAfter = changesAfter
  }

  /// The time from which a step of the rule applies; no moment before it is sent.
  ///
  /// A step that was added to a known rule starts from then, less what the rule looks back.
  package func start(ofStep step: String, backfill: Period?) -> Instant {
    guard let begun = begun[step] else { return activated }
    return max(activated, begun - (backfill?.roughly ?? .zero))
  }
}

/// What made a reminder.
package enum Trigger: Int, Hashable, Sendable, CaseIterable {
  case insert = 1
  case update = 2
  case delete = 3
  case moment = 4
  case recurrence = 5
  /// A person asked for it again with `kindly resend`.
  case person = 6

  /// What a change triggers, at once or after a delay.
  package init(_ operation: ChangeOperation) {
    switch operation {
    case .insert: self = .insert
    case .update: self = .update
    case .delete: self = .delete
    }
  }

  /// What a moment triggers.
  package init(_ schedule: Schedule) { self = schedule.recurs ? .recurrence : .moment }

  package var isDated: Bool { self == .moment || self == .recurrence }
}

/// Occurrences of one step of one rule, in rising order of their keys.
package struct PlanBatch: Hashable, Sendable {
  package let rule: String
  package let step: String
  package let trigger: Trigger
  /// The numbers of the legs that each occurrence has now.
  package let legs: [Int]
  package let messageClass: MessageClass
  /// The archived configuration's number.
  package let configuration: Int64
  package let place: Place
  /// For a recurrence: half a period. Nothing is planned within this time of the last one sent for the same row.
  package let minimumGap: Duration?
  /// Whether the cycles are days of the calendar, of which a row may have several. A date of the row is its only one, and
  /// takes the place of the one before.
  package let isByCalendar: Bool
  /// What tells a recurrence from one of the same number by another period; nil where numbers name none.
  package let numbering: Numbering?
  /// How the step corrects moved dates; nil if it does not.
  package let corrections: CorrectionPolicy?
  /// Whether the occurrences are corrections, which are decided leg by leg.
  package let isCorrection: Bool
  /// Whether a person has decided that these are never sent: they are planned as dropped.
  package let isDropped: Bool
  /// The view of the ledger that the rule watches; nil for a customer database.
  package let view: LedgerView?
  package let occurrences: [PlannedOccurrence]

  package init(
    rule: String, step: String, trigger: Trigger, legs: [Int], messageClass: MessageClass,
    configuration: Int64, place: Place, minimumGap: Duration? = nil, isByCalendar: Bool = false,
    numbering: Numbering? = nil, corrections: CorrectionPolicy? = nil, isCorrection: Bool = false,
    isDropped: Bool = false,
    view: LedgerView? = nil, occurrences: [PlannedOccurrence]
  ) {
    self.rule = rule
    self.step = step
    self.trigger = trigger
    self.legs = legs
    self.messageClass = messageClass
    self.configuration = configuration
    self.place = place
    self.minimumGap = minimumGap
    self.isByCalendar = isByCalendar
    self.numbering = numbering
    self.corrections = corrections
    self.isCorrection = isCorrection
    self.isDropped = isDropped
    self.view = view
    self.occurrences = occurrences
  }
}

/// One occurrence that planning found.
package struct PlannedOccurrence: Hashable, Sendable {
  package let key: RowKey
  package let cycle: Cycle
  package let due: Instant
  package let useUntil: Instant
  package let customer: RowKey?
  /// The change that caused it, by its id in `changes`.
  package let change: Int64?
  /// The cause's depth + 1; 0 for what a customer's row caused.
  package let depth: Int
  /// The reminder that led to its row, if the row belongs to Kindly's own ledger.
  package let cause: Int64?
  /// Whether its condition was asked and held; only then is one cancelled by `condition` revived.
  package let holds: Bool
  /// The batch's minimum gap for this occurrence, where its row or days off tell another one.
  package let minimumGap: Duration?
  /// Whether a person accepted the changes that made it, so that no fuse holds it.
  package let isAccepted: Bool
  /// What a correction tells; nil for every other occurrence.
  package let announcement: Announcement?

  package init(
    key: RowKey, cycle: Cycle, due: Instant, useUntil: Instant, customer: RowKey?,
    change: Int64? = nil, depth: Int = 0, cause: Int64? = nil, holds: Bool,
    minimumGap: Duration? = nil,
    isAccepted: Bool = false, announcement: Announcement? = nil
  ) {
    self.key = key
    self.cycle = cycle
    self.due = due
    self.useUntil = useUntil
    self.customer = customer
    self.change = change
    self.depth = depth
    self.cause = cause
    self.holds = holds
    self.minimumGap = minimumGap
    self.isAccepted = isAccepted
    self.announcement = announcement
  }

  /// The same occurrence under another name.
  package func named(_ cycle: Cycle) -> PlannedOccurrence {
    PlannedOccurrence(
      key: key, cycle: cycle, due: due, useUntil: useUntil, customer: customer, change: change,
      depth: depth, cause: cause, holds: holds, minimumGap: minimumGap, isAccepted: isAccepted,
      announcement: announcement)
  }

  /// The same occurrence, accepted by a person.
  package var accepted: PlannedOccurrence {
    PlannedOccurrence(
      key: key, cycle: cycle, due: due, useUntil: useUntil, customer: customer, change: change,
      depth: depth, cause: cause, holds: holds, minimumGap: minimumGap, isAccepted: true,
      announcement: announcement)
  }

  /// The same occurrence at the end of a chain of reminders.
  package func caused(by cause: Int64?, depth: Int) -> PlannedOccurrence {
    PlannedOccurrence(
      key: key, cycle: cycle, due: due, useUntil: useUntil, customer: customer, change: change,
      depth: depth, cause: cause, holds: holds, minimumGap: minimumGap, isAccepted: isAccepted,
      announcement: announcement)
  }
}

/// What planning a batch would change, in rising order of the keys.
package struct PlanPreview: Hashable, Sendable {
  /// Occurrences that would become reminders, or whose cancelled reminders would be revived.
  package var additions: [PlannedOccurrence] = []
  /// Occurrences whose reminders would only be re-timed, or would end others.
  package var amendments: [PlannedOccurrence] = []
  /// The reminders that would not be made because their chain would be too long.
  package var tooDeep: [TooDeep] = []

  package init() {}
}

/// The hold of a watch's moments and a person's decision about it.
package struct MomentStanding: Hashable, Sendable {
  /// Why they are held.
  package let hold: WatchStanding.Hold?
  /// The person's decision about them; nil once a scan has acted on it.
  package let decision: SourceAcceptance?

  package init(hold: WatchStanding.Hold? = nil, decision: SourceAcceptance? = nil) {
    self.hold = hold
    self.decision = decision
  }
}

/// A position that only moves forward, kept with the plan that it covers.
package enum PlanAdvance: Hashable, Sendable {
  case scanned(rule: String, step: String, through: Instant)
  case changes(rule: String, through: Int64)
}

/// What a plan changed.
package struct PlanSummary: Hashable, Sendable {
  package var inserted = 0
  package var retimed = 0
  package var revived = 0
  package var moved = 0
  /// What became of each reminder, where it was asked for.
  package var events: [PlanEvent] = []
  /// The reminders that were not made because their chain would be too long.
  package var tooDeep: [TooDeep] = []

  package init() {}

  package var isEmpty: Bool { inserted + retimed + revived + moved == 0 }

  package static func += (left: inout PlanSummary, right: PlanSummary) {
    left.inserted += right.inserted
    left.retimed += right.retimed
    left.revived += right.revived
    left.moved += right.moved
    left.events += right.events
    left.tooDeep += right.tooDeep
  }
}

/// What a plan or a look did to one reminder.
package struct PlanEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case planned
    /// Planned and dropped at once, because a person has decided so.
    case dropped
    case retimed
    case revived
    /// Cancelled, because its row has another date.
    case moved
    /// Cancelled, because another row has the key of its row.
    case orphaned
  }

  package let kind: Kind
  package let publicID: String
  package let rule: String
  package let customer: RowKey?
  package let due: Instant

  package init(kind: Kind, publicID: String, rule: String, customer: RowKey?, due: Instant) {
    self.kind = kind
    self.publicID = publicID
    self.rule = rule
    self.customer = customer
    self.due = due
  }
}

/// A reminder that the data cancelled and that could still be of use.
package struct RevivableReminder: Hashable, Sendable {
  package let id: Int64
  package let publicID: String
  package let customer: RowKey?
  package let step: String
  package let trigger: Trigger
  package let key: RowKey
  package let reason: Reason
  package let change: Int64?
  /// Whether its condition has held at least once when it was evaluated; it means nothing if there is none.
  package let applied: Bool

  package init(
    id: Int64, publicID: String, customer: RowKey?, step: String, trigger: Trigger, key: RowKey,
    reason: Reason, change: Int64?, applied: Bool
  ) {
    self.id = id
    self.publicID = publicID
    self.customer = customer
    self.step = step
    self.trigger = trigger
    self.key = key
    self.reason = reason
    self.change = change
    self.applied = applied
  }
}
