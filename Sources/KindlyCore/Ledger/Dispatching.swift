/// The ledger as the dispatcher sees it. Each call is one submission to the group commit.
package protocol DispatchingLedger: FollowUpLedger {
  /// The queues that hold waiting or uncertain reminders with a time, by rule and step; none while nothing may be claimed.
  func queues(now: Instant) async throws -> [OutboxQueue]

  /// Claims reminders that are due and not paused from the requested queues, oldest first.
  ///
  /// With each dated reminder it also claims the others of the same rule, row and leg, so that the newest useful one
  /// can supersede the rest.
  func claim(_ request: ClaimRequest) async throws -> [ClaimedReminder]

  /// The time of the next digest; nil if no reminder waits for one, or if nothing may be claimed.
  func nextDigest() async throws -> Instant?

  /// The parcels that were sent, or may have been; further reminders need another parcel.
  func departed(_ parcels: Set<Int64>) async throws -> Set<Int64>

  /// Moves reminders on; a transition whose lease no longer holds is dropped and reported by its reminder's id.
  func submit(_ transitions: [Transition], now: Instant) async throws -> [Int64]

  /// The payload last handed over for an uncertain reminder over a channel; nil if it was not stored.
  func payload(of reminder: Int64, over channel: String) async throws -> Payload?

  /// The unanswered hand-overs of an uncertain reminder over a channel; nil if its payload was not stored.
  func earlierSend(of reminder: Int64, over channel: String) async throws -> EarlierSend?

  /// Takes over the reminders of processes that have ended or whose leases have ended. Claimed ones wait again (or are
  /// uncertain again), and sending ones become uncertain.
  ///
  /// A reminder that was being sent is resent, or asked about, before all others if its unanswered hand-overs are fewer
  /// than `repeats` allows for its channel. Otherwise, or if the channel is not listed in `repeats`, it waits for a person. Returns
  /// how many of each there were.
  func recover(now: Instant, repeats: [ExactText: Int]) async throws -> RecoverySummary

  /// The latest-due dated sibling (same rule, row and leg) of each that is due after it and was sent, is being sent, or
  /// waits after having been tried, by their ids.
  ///
  /// - Parameter steps: the steps of the rule whose reminders do not count, because they go to somebody else.
  func superseded(_ ids: [Int64], besides steps: [String], now: Instant) async throws
    -> [Int64: Int64]

  /// What became of the tasks whose cards these reminders carry, by the carriers' ids. Those without a task of the same
  /// occurrence are left out.
  func carriedTasks(of carriers: [Int64]) async throws -> [Int64: CarriedTask]

  /// Which of these reminders a reply ends: it is about the same rule and row, and came after the reminder was made or
  /// is about the same occurrence.
  ///
  /// What a person sends again is not ended.
  func replied(among reminders: [Int64]) async throws -> Replied

  /// The pauses that still hold.
  func pauses(now: Instant) async throws -> [Pause]

  /// Makes all waiting reminders with one of these reasons due now, of a channel or rule or of all; tells how many.
  func wake(_ reasons: [Reason], scope: PauseScope, now: Instant) async throws -> Int

  /// What is known of a channel's refusals when it refuses a reminder for good.
  func refusals(of reminder: Int64, customer: RowKey?, over channel: String) async throws
    -> RefusalRecord

  /// Marks an address as not to be written to again by a channel's kind of address.
  func suppress(_ suppression: Suppression, now: Instant) async throws

  /// Which of the addresses are suppressed for messages of a class.
  func suppressed(_ addresses: [String], for messageClass: MessageClass) async throws
    -> Set<ExactText>
}

/// Who holds a reminder: a process's run, and the epoch of its claim.
///
/// All leases of a run end together. The run extends them with each claim and whenever the ledger is tidied. So they
/// end soon after a process has crashed, and no process takes over what a running one holds.
package struct Lease: Hashable, Sendable {
  /// How long a run's leases last after they are extended; longer than the interval between extensions.
  package static let length = Duration.minutes(30)

  package let owner: Int64
  package let epoch: Int64

  package init(owner: Int64, epoch: Int64) {
    self.owner = owner
    self.epoch = epoch
  }
}

/// Asks for what is due.
package struct ClaimRequest: Hashable, Sendable {
  package let now: Instant
  /// How many of each queue; at most 500 together.
  package let shares: [ClaimShare]
  /// Whether to claim due digests too: whole parcels, with at most 500 reminders together.
  package let claimsDigests: Bool

  package init(now: Instant, shares: [ClaimShare], claimsDigests: Bool = false) {
    self.now = now
    self.shares = shares
    self.claimsDigests = claimsDigests
  }
}

/// A reminder that this process holds, with everything that deciding about it needs.
package struct ClaimedReminder: Hashable, Sendable {
  package let id: Int64
  package let lease: Lease
  package let publicID: String
  package let messageID: String
  package let rule: String
  package let step: String
  package let leg: Int
  package let key: RowKey
  package let cycle: Cycle
  package let trigger: Trigger
  package let customer: RowKey?
  package let change: Int64?
  package let messageClass: MessageClass
  package let due: Instant
  package let useUntil: Instant
  package let depth: Int
  /// How often it was handed over, over all channels.
  package let attempts: Int
  /// How often it was handed over since it moved to the present channel of its route.
  package let attemptsOnChannel: Int
  /// The index of the channel in its route.
  package let routePosition: Int
  /// The channel that handed it over last; nil since it certainly was not taken and moved to another channel of its route.
  package let lastChannel: String?
  /// How often a hand-over got no answer; above 0 the message may have arrived.
  package let uncertainties: Int
  package let firstAttempt: Instant?
  /// Why it waited until now, and since when.
  package let waitReason: Reason?
  package let waitingSince: Instant?
  /// Whether the fuse of its rule holds it, or a person released it.
  package let fuse: FuseMark
  /// Whether the condition has held at least once when it was evaluated; it means nothing if there is none.
  package var applied: Bool
  /// The date that the customer was told before, if it is a correction.
  package let was: AnnouncedDate?
  /// The number of the parcel that it was claimed with; nil if it was claimed alone.
  package let parcel: Int64?
  /// Whether its message carried other reminders, which share its outcome.
  package let leads: Bool
  /// When it was planned.
  package let created: Instant

  package init(
    id: Int64, lease: Lease, publicID: String, messageID: String, rule: String, step: String,
    leg: Int, key: RowKey, cycle: Cycle, trigger: Trigger, customer: RowKey?, change: Int64?,
    messageClass: MessageClass, due: Instant, useUntil: Instant, depth: Int = 0, attempts: Int = 0,
    attemptsOnChannel: Int = 0, routePosition: Int = 0, lastChannel: String? = nil,
    uncertainties: Int = 0,
    firstAttempt: Instant? = nil, waitReason: Reason? = nil, waitingSince: Instant? = nil,
    fuse: FuseMark = .none, applied: Bool = true, was: AnnouncedDate? = nil,
    parcel: Int64? = nil, leads: Bool = false, created: Instant = .distantPast
  ) {
    self.parcel = parcel
    self.leads = leads
    self.created = created
    self.id = id
    self.lease = lease
    self.publicID = publicID
    self.messageID = messageID
    self.rule = rule
    self.step = step
    self.leg = leg
    self.key = key
    self.cycle = cycle
    self.trigger = trigger
    self.customer = customer
    self.change = change
    self.messageClass = messageClass
    self.due = due
    self.useUntil = useUntil
    self.depth = depth
    self.attempts = attempts
    self.attemptsOnChannel = attemptsOnChannel
    self.routePosition = routePosition
    self.lastChannel = lastChannel
    self.uncertainties = uncertainties
    self.firstAttempt = firstAttempt
    self.waitReason = waitReason
    self.waitingSince = waitingSince
    self.fuse = fuse
    self.applied = applied
    self.was = was
  }
}

/// One step of one reminder, with why.
package struct Transition: Hashable, Sendable {
  package enum Move: Hashable, Sendable {
    /// About to be handed over; committed before the hand-over begins.
    case sending(channel: String, routePosition: Int)
    case sent(AttemptRecord)
    /// The other side was asked about an uncertain reminder, and it had taken an earlier hand-over.
    case found(AttemptRecord)
    /// Waits for a reason until a time, on a channel of its route.
    case wait(Reason, until: Instant, routePosition: Int, AttemptRecord?)
    /// Handed over without an answer; retried at a time, or by a person if that is nil.
    ///
    /// For a reminder that was uncertain when claimed and was not handed over again, this sets only the time, and there is
    /// no attempt.
    case uncertain(AttemptRecord?, again: Instant?)
    /// Skipped, cancelled or failed, by the reason's state.
    case end(Reason, AttemptRecord?)
    /// Given back untouched.
    case release
  }

  package let reminder: Int64
  package let lease: Lease
  package let move: Move
  /// The values that decided, as one JSON object without personal data; nil keeps what is stored.
  package let evidence: String?
  /// The hash of the template that was rendered; nil keeps what is stored.
  package let templateHash: String?
  /// The payload to store with `sending` if the channel must resend the same bytes; kept as long as the message may
  /// have arrived.
  package let payload: Payload?
  /// With `sending`, the channels before this one that were passed over.
  package let passedOver: [PassedOver]
  /// With `end`, the reminder that takes the place of this one.
  package let successor: Int64?
  /// With `sending`, what the message tells, if its step corrects moved dates.
  package let announcement: Announcement?
  /// With `sending`, the address that the message goes to, if it may bounce: the ledger keeps its hash.
  package let address: String?
  /// With `address`, who gets the message, if that is not the customer.
  package let recipient: String?
  /// The reminder to plan together with `sent`, for a message that may stay unread.
  package let followUp: FollowUp?
  /// If the reminder waits for a digest, the number of its parcel.
  package let parcel: Int64?
  /// The other reminders of the message. The move to `sending` names them and moves them too; from then on they share
  /// the outcome of the message.
  package let others: [Int64]
  /// Whether the reminder's message carried others, which were named when it was handed over.
  package let leads: Bool
  /// With `wait` and `release`, whether the reminder's conditions have held.
  package let applied: Bool

  package init(
    reminder: Int64, lease: Lease, move: Move, evidence: String? = nil,
    templateHash: String? = nil, payload: Payload? = nil, passedOver: [PassedOver] = [],
    successor: Int64? = nil, announcement: Announcement? = nil, address: String? = nil,
    recipient: String? = nil, followUp: FollowUp? = nil, parcel: Int64? = nil,
    others: [Int64] = [], leads: Bool = false, applied: Bool = false
  ) {
    self.applied = applied
    self.parcel = parcel
    self.others = others
    self.leads = leads || !others.isEmpty
    self.address = address
    self.recipient = recipient
    self.reminder = reminder
    self.lease = lease
    self.move = move
    self.evidence = evidence
    self.templateHash = templateHash
    self.payload = payload
    self.passedOver = passedOver
    self.successor = successor
    self.announcement = announcement
    self.followUp = followUp
  }
}

/// One handing-over as the ledger keeps it.
package struct AttemptRecord: Hashable, Sendable {
  package let channel: String
  package let began: Instant
  package let ended: Instant
  package let outcome: AttemptOutcome
  /// What the other side said.
  package let text: String
  /// The recipient as people name them, `colleague anna`; nil if the customer is.
  package let recipient: String?

  /// Nil if Kindly itself stopped before anything was handed over, which is no attempt.
  package init?(
    channel: String, began: Instant, ended: Instant, outcome: Outcome, recipient: String? = nil
  ) {
    guard let attempt = outcome.attempt else { return nil }
    self.channel = channel
    self.began = began
    self.ended = ended
    self.outcome = attempt
    self.text = String(outcome.text.prefix(AttemptRecord.longestText))
    self.recipient = recipient
  }

  /// The recipient of every message with `delivery: redirect`, who answers for nobody.
  package static let redirected = "the address that everything is redirected to"

  /// A server's answer is rarely longer, and the rest helps nobody.
  package static let longestText = 500
}

/// What an ended process left behind.
package struct RecoverySummary: Hashable, Sendable {
  package var released: Int
  package var uncertain: Int

  package init(released: Int = 0, uncertain: Int = 0) {
    self.released = released
    self.uncertain = uncertain
  }
}

/// What a pause, its end or an awakening is about.
package enum PauseScope: Hashable, Sendable {
  case all
  case rule(String)
  case channel(String)

  /// What is paused, as people say it.
  package var words: String {
    switch self {
    case .all: "everything"
    case .rule(let name): "rule \(name)"
    case .channel(let name): "channel \(name)"
    }
  }
}

/// A pause that a person asked for.
package struct Pause: Hashable, Sendable {
  package let scope: PauseScope
  package let since: Instant
  package let until: Instant?
  package let because: String
  package let by: String

  package init(scope: PauseScope, since: Instant, until: Instant?, because: String, by: String) {
    self.scope = scope
    self.since = since
    self.until = until
    self.because = because
    self.by = by
  }
}

/// An address that should not be written to again, and why.
package struct Suppression: Hashable, Sendable {
  package let address: String
  package let because: String
  /// Where a channel found out: which, about whom, and by which reminder.
  package let origin: Origin?

  package struct Origin: Hashable, Sendable {
    package let channel: String
    package let customer: RowKey
    package let reminder: Int64

    package init(channel: String, customer: RowKey, reminder: Int64) {
      self.channel = channel
      self.customer = customer
      self.reminder = reminder
    }
  }

  package init(address: String, because: String, origin: Origin? = nil) {
    self.address = address
    self.because = because
    self.origin = origin
  }
}
