/// The ledger as the watcher sees it: what is known of a watch's rows, and the changes that were noticed.
package protocol NoticingLedger: Sendable {
  /// Where a watch stands; a watch that was never looked at has no baseline.
  func standing(ofWatch watch: String) async throws -> WatchStanding

  /// Records that only these watches have rules for changes, and since when the others have none.
  ///
  /// A watch that was unwatched for at most `Lateness.afterChange` counts as if it had been watched all the time.
  func noteWatched(_ watches: [String], now: Instant) async throws

  /// The known rows with `after < key <= through`, in rising order; nil bounds are open. At most `limit`.
  func knownRows(
    ofWatch watch: String, after: SortKey?, through: SortKey?, limit: Int
  ) async throws -> [KnownRow]

  /// The known rows among the given keys, as the staged part of the look under way left them.
  func knownRows(ofWatch watch: String, keys: [SortKey]) async throws -> [SortKey: KnownRow]

  /// How many rows are known and not gone.
  func knownCount(ofWatch watch: String) async throws -> Int

  /// Stores what a look found (known rows, changes and the new standing) in one transaction.
  ///
  /// If the record includes what was staged, that is stored first. Returns the reminders that were cancelled because another row
  /// has the key of theirs.
  @discardableResult
  func record(_ look: LookRecord, now: Instant) async throws -> [PlanEvent]

  /// Stages part of what a look in progress found. Nothing of it counts as known or noticed until the look is recorded.
  func stage(_ upserts: [KnownRow], _ changes: [ChangeDraft], ofWatch watch: String) async throws

  /// Discards what was staged by a look that was held or did not finish.
  func dropStaged(ofWatch watch: String) async throws

  /// How many letters these rules sent on a usual day: the mean over the days with any letters, of the
  /// four weeks before the last 24 hours.
  func usualDay(ofRules rules: [String], now: Instant) async throws -> Int

  /// Changes of a watch after a position, in order.
  func changes(
    ofWatch watch: String, after id: Int64, limit: Int
  ) async throws -> [NoticedChange]

  /// Changes by id, for rechecking and rendering.
  func changes(_ ids: [Int64]) async throws -> [Int64: NoticedChange]

  /// The id of the newest change of any watch; 0 where there is none.
  func lastChange() async throws -> Int64
}

/// One row as it was last seen.
package struct KnownRow: Equatable, Sendable {
  package let key: SortKey
  package let hash: RowHash
  /// The number of the set of compared columns that the hash was made over.
  package let columnSet: Int
  private let kept: KeptValues
  /// When a look first failed to find the row; nil while it is there.
  package let missingSince: Instant?
  /// Whether its deletion was noticed. The key stays known, because a key is inserted only once.
  package let isGone: Bool

  package init(
    key: SortKey, hash: RowHash, columnSet: Int, old: RowValues, missingSince: Instant? = nil,
    isGone: Bool = false
  ) {
    self.init(
      key: key, hash: hash, columnSet: columnSet, kept: KeptValues(old),
      missingSince: missingSince, isGone: isGone)
  }

  /// A row with its old values in whatever form they are at hand.
  package init(
    key: SortKey, hash: RowHash, columnSet: Int, kept: KeptValues, missingSince: Instant?,
    isGone: Bool
  ) {
    self.key = key
    self.hash = hash
    self.columnSet = columnSet
    self.kept = kept
    self.missingSince = missingSince
    self.isGone = isGone
  }

  /// The captured columns as they were last seen.
  package var old: RowValues { kept.values }
}

/// Captured values that are parsed only when needed.
///
/// A sweep compares the hashes of a million known rows but needs the old values only of the few that differ.
package struct KeptValues: Equatable, Sendable {
  private enum Form: Sendable {
    case values(RowValues)
    case stored(String)
  }

  private let form: Form

  package init(_ values: RowValues) {
    form = .values(values)
  }

  /// Values in the flat JSON form that the ledger stores; the schema guarantees that it is an object.
  package init(stored text: String) {
    form = .stored(text)
  }

  package var values: RowValues {
    switch form {
    case .values(let values): values
    case .stored(let text): JSONText.values(inObject: text) ?? [:]
    }
  }

  package static func == (left: KeptValues, right: KeptValues) -> Bool {
    left.values == right.values
  }
}

/// What the ledger keeps about looking at a watch.
package struct WatchStanding: Hashable, Sendable {
  /// The source's identity when it was last accepted; nil before the first look.
  package var identity: String?
  /// Whether the first fill is complete; before that nothing fires.
  package var hasBaseline: Bool
  /// The compared columns and their set's number; a new set gets the next number.
  package var columns: [String]
  package var columnSet: Int
  /// The set before, kept until a whole sweep has replaced every fingerprint.
  package var formerColumns: [String]?
  /// The cursor value up to which everything was seen; for a change log, the transactions that were read.
  package var cursor: Value
  package var logPosition: Int64
  /// Whether the last whole look read the change log too; otherwise its entries tell what other looks have noticed.
  package var readsLog: Bool
  package var lastSweep: Instant?
  package var hold: Hold?
  /// Set by `kindly source accept`: the next look's changes fire however many they are.
  package var acceptsNext: Bool
  /// Set by `kindly source ignore`: the next look is a new baseline and fires nothing.
  package var ignoresNext: Bool
  package var refused: RefusedKeys
  /// The definition of the watch whose rows are known; nil if the ledger has not kept it.
  package var definition: RowHash?
  /// Since when no rule has asked for changes; nil while one does, and after the first look since then.
  package var unwatchedSince: Instant?
  /// Why moments of the watch are held. Only read with a standing: the scheduler keeps it, and no look changes it.
  package var momentHold: Hold?

  package init(
    identity: String? = nil, hasBaseline: Bool = false, columns: [String] = [], columnSet: Int = 0,
    formerColumns: [String]? = nil, cursor: Value = .null, logPosition: Int64 = 0,
    readsLog: Bool = false, lastSweep: Instant? = nil, hold: Hold? = nil,
    acceptsNext: Bool = false, ignoresNext: Bool = false, refused: RefusedKeys = RefusedKeys(),
    definition: RowHash? = nil, unwatchedSince: Instant? = nil
  ) {
    self.identity = identity
    self.hasBaseline = hasBaseline
    self.columns = columns
    self.columnSet = columnSet
    self.formerColumns = formerColumns
    self.cursor = cursor
    self.logPosition = logPosition
    self.readsLog = readsLog
    self.lastSweep = lastSweep
    self.hold = hold
    self.acceptsNext = acceptsNext
    self.ignoresNext = ignoresNext
    self.refused = refused
    self.definition = definition
    self.unwatchedSince = unwatchedSince
  }

  /// Why anything of the watch is held.
  package var anyHold: Hold? { hold ?? momentHold }

  /// Whether a person has decided what the next look does.
  package var isDecided: Bool { acceptsNext || ignoresNext }

  /// How far the change log was read.
  package var logPlace: LogPlace {
    get { LogPlace(position: logPosition, transactions: cursor) }
    set { (logPosition, cursor) = (newValue.position, newValue.transactions) }
  }

  /// Why a look's changes are held until a person accepts or ignores them.
  package struct Hold: Hashable, Sendable {
    package enum Cause: Int, Hashable, Sendable {
      case massChange = 1
      case sourceReplaced = 2
    }

    package let cause: Cause
    package let since: Instant
    /// What was found, for the operator: "412 of 500 rows vanished".
    package let text: String

    package init(cause: Cause, since: Instant, text: String) {
      self.cause = cause
      self.since = since
      self.text = text
    }
  }
}

/// What one look found, to be kept at once.
package struct LookRecord: Equatable, Sendable {
  package let watch: String
  /// Rows that are new, differ, are missed or gone, as they are to be known from now on.
  package var upserts: [KnownRow]
  /// New changes in their order, without ids; the ledger gives them.
  package var changes: [ChangeDraft]
  /// Whether what the look staged is kept too, before its upserts and changes.
  package var takesStaged: Bool
  /// Whether a person has accepted these changes, however many they are.
  package var isAccepted: Bool
  package var standing: WatchStanding

  package init(
    watch: String, upserts: [KnownRow] = [], changes: [ChangeDraft] = [],
    takesStaged: Bool = false, isAccepted: Bool = false, standing: WatchStanding
  ) {
    self.watch = watch
    self.upserts = upserts
    self.changes = changes
    self.takesStaged = takesStaged
    self.isAccepted = isAccepted
    self.standing = standing
  }
}

/// A change that has no id yet.
package struct ChangeDraft: Hashable, Sendable {
  package let operation: ChangeOperation
  package let key: RowKey
  package let old: RowValues?
  package let new: RowValues?
  package let changed: [String]

  /// The largest old or new values that are kept, as JSON; larger ones lose their longest texts.
  package static let largestValues = 64 * 1024

  package init(
    operation: ChangeOperation, key: RowKey, old: RowValues?, new: RowValues?, changed: [String]
  ) {
    self.operation = operation
    self.key = key
    self.old = old
    self.new = new
    self.changed = changed
  }
}
