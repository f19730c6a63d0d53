/// The ledger as its keeper sees it: what keeps it sound, small and safe.
package protocol KeepingLedger: Sendable {
  /// Where the ledger is, for people: a path or an address.
  var place: String { get }

  /// Whether this ledger may send, or why it is disarmed.
  var fence: LedgerFence { get }

  /// Takes a new instance, after a person has looked at why the ledger was disarmed.
  func arm(_ note: ActionNote, now: Instant) async throws

  /// The latest time recorded in the ledger; a clock that shows an earlier time went back.
  ///
  /// If a person said that a wrong clock recorded that time, this is the time at which they said so.
  func lastTime() async throws -> Instant

  /// Keeps the problems that there are now in place of the last ones. One that was there before keeps its beginning.
  func note(_ problems: [Problem], now: Instant) async throws

  /// Counts what each rule sent on the days of a zone that have ended since the last count, so that
  /// `ReadingLedger.activity` need not.
  func countDays(in zone: Zone, now: Instant) async throws

  /// Deletes what is no longer needed, in portions, each in a short transaction.
  ///
  /// `goOn` is called before each portion; what it throws ends the purge.
  func purge(now: Instant, goOn: @Sendable () throws -> Void) async throws -> PurgeSummary

  /// Puts what was written into the main file, makes newer public ids quick to find, and moves the fence on.
  func tidy(now: Instant) async throws

  /// Writes a consistent copy to a path that must not exist; the copy starts disarmed wherever it is opened.
  func backup(to path: String, now: Instant) async throws

  /// Commits what was submitted, records the end of this process's run, and lets the ledger go.
  func close(now: Instant) async
}

/// Whether a ledger may send.
package enum LedgerFence: Hashable, Sendable {
  case armed
  case disarmed(FenceBreach)

  package var isArmed: Bool { self == .armed }
}

/// Why a ledger may not be the one that last sent from here.
package enum FenceBreach: Hashable, Sendable, Codable {
  /// The marker file beside it is gone: perhaps only the database was copied.
  case markerMissing
  /// The marker is of another instance.
  case otherInstance
  /// The ledger was started fewer times than its marker says: an older copy was restored.
  case restored
  /// The marker is more than one start older than the ledger: the marker was restored, or the two belong to different
  /// copies.
  case markerBehind
  /// Ledger and marker were taken to another machine.
  case otherMachine
  /// The database is not the file that its marker was written for, which was at `path`.
  case copied(from: String)
  /// The ledger has fewer commits than its marker counted: its write-ahead log is gone, or an older copy was put back.
  case commitsMissing(Int64)
  /// It is a copy made by `kindly backup`.
  case backup(made: Instant)

  /// What people read; times by the zone's clocks.
  package func text(in zone: Zone) -> String {
    switch self {
    case .markerMissing:
      "its instance marker is missing; it may be a copy"
    case .otherInstance:
      "the instance marker beside it belongs to another ledger"
    case .restored:
      "it is older than its instance marker; an old copy was restored, and the reminders sent since are not in it"
    case .markerBehind:
      "its instance marker is older than it; they come from different copies"
    case .otherMachine:
      "it was last used on another machine"
    case .copied(let path):
      """
      it is not the file that was last used at \(path): the folder was copied, restored or moved to another file system, \
      and the other copy may still be sending
      """
    case .commitsMissing(let count):
      """
      its last \(count) commits are missing, perhaps with the reminders sent last: its -wal file was removed, or an older \
      copy of it was restored
      """
    case .backup(let made):
      "it is a backup made at \(zone.text(of: made)), and the reminders sent since are not in it"
    }
  }
}

/// How long things are kept; each is long past any use that Kindly itself has for them.
package enum Retention {
  /// Changes that every rule has read. A rule that failed over a weekend can still be investigated on Monday.
  package static let changes = Duration.days(7)
  /// Changes that some rule has not read. A rule that was missing or failing for this long will not need them any more.
  package static let unreadChanges = Duration.days(90)
  /// Texts that were sent, which are personal data.
  package static let bodies = Duration.days(90)
  /// Decided reminders: a year and a month, so that last year's letter is still to be seen.
  package static let reminders = Duration.days(400)
  /// How many messages each rule sent on a day: the season of the year before can be compared with this one.
  package static let activity = Duration.days(500)
}

/// How much one purge removed.
package struct PurgeSummary: Hashable, Sendable {
  package var changes = 0
  package var bodies = 0
  package var reminders = 0

  package init() {}
}

/// The ledger as people change it. Each call is recorded as an action: who, when, what, to what, and why.
package protocol ActingLedger: Sendable {
  func pause(_ scope: PauseScope, until: Instant?, note: ActionNote, now: Instant) async throws
  /// Ends a pause; false where there was none.
  func resume(_ scope: PauseScope, note: ActionNote, now: Instant) async throws -> Bool

  /// Retries now the waiting reminders of a selection whose due time has come, whatever they wait for; returns how
  /// many.
  func retry(_ selection: ReminderSelection, note: ActionNote, now: Instant) async throws -> Int
  /// Cancels the waiting reminders of a selection; returns how many. What is uncertain is settled, not cancelled.
  func cancel(_ selection: ReminderSelection, note: ActionNote, now: Instant) async throws -> Int
  /// Requeues the reminders of a selection that a person cancelled and that are still useful; returns how many.
  func restore(_ selection: ReminderSelection, note: ActionNote, now: Instant) async throws -> Int
  /// Sends the reminders that a rule's blown fuse holds: those made no later than reminder `through`, or only the
  /// `first` of them by due time.
  func release(
    _ rule: String, first: Int?, through: Int64?, note: ActionNote, now: Instant
  ) async throws -> FuseRelease
  /// Cancels the reminders that a rule's blown fuse holds, made no later than reminder `through`; returns how many.
  func drop(_ rule: String, through: Int64?, note: ActionNote, now: Instant) async throws -> Int
  /// Decides an uncertain reminder.
  func settle(_ reminder: Int64, as settlement: Settlement, note: ActionNote, now: Instant)
    async throws
  /// Creates a new reminder from a decided one, due now and useful until `useUntil`; returns its id.
  func resend(_ reminder: Int64, useUntil: Instant, note: ActionNote, now: Instant) async throws
    -> Int64

  /// Suppresses an address at a person's request; returns false if it is suppressed already.
  ///
  /// - Parameter customer: who has the address, where that is known.
  func suppress(_ address: String, of customer: RowKey?, note: ActionNote, now: Instant)
    async throws -> Bool
  /// Lifts suppressions, and requeues the reminders that they held back and that are still useful.
  func lift(_ selection: SuppressionSelection, note: ActionNote, now: Instant) async throws
    -> SuppressionLift

  /// Makes the next look of a watch fire its held changes, or treat them as a new baseline.
  func accept(_ acceptance: SourceAcceptance, ofWatch watch: String, note: ActionNote, now: Instant)
    async throws

  /// Trusts the clock as it is now, even if later times are recorded. Scanning, activation and waiting start again from
  /// now.
  func acceptClock(_ note: ActionNote, now: Instant) async throws -> Int

  /// Cancels what waits for a customer, and deletes what is kept of their texts and values; identities stay.
  ///
  /// Throws a refusal if nothing is kept about the customer: the key may be mistyped.
  ///
  /// - Parameters:
  ///   - watch: the customers' own watch; nil if there is none.
  ///   - columns: where the rows of watches name their customer.
  func forget(
    _ customer: RowKey, inWatch watch: String?, namedIn columns: [CustomerColumn],
    note: ActionNote, now: Instant
  ) async throws -> ForgetSummary

  /// Marks inbox entries read; returns how many were unread.
  func markRead(_ entries: [Int64], note: ActionNote, now: Instant) async throws -> Int

  /// Does something with an open task; throws a refusal for one that is finished or unknown.
  ///
  /// - Parameter by: who does it, for the task's history.
  func act(on task: Int64, _ action: TaskAction, by: String, note: ActionNote, now: Instant)
    async throws
}

/// What forgetting a customer changed.
package struct ForgetSummary: Hashable, Sendable {
  /// How many reminders were cancelled.
  package var cancelled = 0
  /// How many texts and rows of values were deleted.
  package var deleted = 0

  package init() {}
}

/// Who asked for something, and why.
package struct ActionNote: Hashable, Sendable {
  /// The user id of the peer on the control socket; nil where the system did not say.
  package let uid: UInt32?
  package let user: String
  package let because: String?

  package init(uid: UInt32?, user: String, because: String? = nil) {
    self.uid = uid
    self.user = user
    self.because = because
  }
}

/// A person's decision about an uncertain reminder.
package enum Settlement: String, Hashable, Sendable, CaseIterable {
  case sent
  case failed
}

/// A person's decision about held changes.
package enum SourceAcceptance: String, Hashable, Sendable, CaseIterable {
  case accept
  case ignore
}

/// Selects suppressions; all given criteria must match.
package struct SuppressionSelection: Hashable, Sendable, Codable {
  /// Addresses, or ids as `kindly suppression list` shows them; empty means all.
  package var names: [String]
  /// The canonical text of the customer's key.
  package var customer: String?
  /// The channel that refused the address.
  package var channel: String?
  /// Suppressed at this instant or later.
  package var since: Instant?
  /// Suppressed no later than this instant.
  package var through: Instant?

  package init(
    names: [String] = [], customer: String? = nil, channel: String? = nil, since: Instant? = nil,
    through: Instant? = nil
  ) {
    self.names = names
    self.customer = customer
    self.channel = channel
    self.since = since
    self.through = through
  }

  /// Every suppression matches.
  package var isEmpty: Bool { self == SuppressionSelection() }
}

/// What lifting suppressions did.
package struct SuppressionLift: Hashable, Sendable {
  /// How many addresses may be written to again.
  package let lifted: Int
  /// How many reminders wait again that had been skipped or failed because of it.
  package let revived: Int

  package init(lifted: Int, revived: Int) {
    self.lifted = lifted
    self.revived = revived
  }
}

/// What is not sent to a suppressed address; stored by number.
package enum SuppressionScope: Int, Hashable, Sendable, CaseIterable {
  case everything = 0
  /// Only messages of the class `marketing`.
  case marketing = 1

  /// The widest scope that keeps back messages of a class; those with lower numbers do so too.
  package static func widest(of messageClass: MessageClass) -> SuppressionScope {
    switch messageClass {
    case .marketing: .marketing
    case .service, .care: .everything
    }
  }

  package var word: String {
    switch self {
    case .everything: "everything"
    case .marketing: "marketing"
    }
  }
}

/// A suppressed address as people see it, without the address: only its hash is kept.
package struct SuppressionRecord: Hashable, Sendable {
  /// The name people use for it: `s` and the first digits of its hash.
  package let id: String
  package let since: Instant
  /// What the server said, or why a person suppressed it.
  package let because: String
  /// The channel that refused it, and whom it was sent to; nil where a person named the address.
  package let channel: String?
  package let customer: RowKey?
  /// The person who suppressed it; nil where a server refused it.
  package let by: String?
  package let scope: SuppressionScope

  package init(
    id: String, since: Instant, because: String, channel: String?, customer: RowKey?, by: String?,
    scope: SuppressionScope = .everything
  ) {
    self.scope = scope
    self.id = id
    self.since = since
    self.because = because
    self.channel = channel
    self.customer = customer
    self.by = by
  }
}

/// Where the inbox channel puts what it delivers.
package protocol InboxLedger: Sendable {
  /// Keeps an entry once; delivering the same public id again changes nothing.
  func deliver(_ entry: InboxDelivery, now: Instant) async throws
}

/// What the inbox channel hands to the ledger.
package struct InboxDelivery: Hashable, Sendable {
  package let publicID: String
  package let rule: String
  /// The key of the customer whom it is about, as people type it; nil for nobody.
  package let customer: String?
  /// The key of the receiving colleague or team; nil for a message to the customer, which every colleague may read.
  package let recipient: String?
  package let subject: String
  package let body: String

  package init(
    publicID: String, rule: String, customer: String?, recipient: String? = nil, subject: String,
    body: String
  ) {
    self.recipient = recipient
    self.publicID = publicID
    self.rule = rule
    self.customer = customer
    self.subject = subject
    self.body = body
  }
}
