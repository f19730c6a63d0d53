import KindlyCore

/// One pass over a watch from its present standing: compares what it reads with the known rows, and collects the
/// differences.
///
/// However much changes, it holds at most a few slices in memory.
struct LookPass {
  /// What happens to the differences.
  enum Gathering {
    /// A few are collected; if there are more, they are only counted and cannot be kept.
    case few
    /// All are collected; if there are many, they are staged in the ledger.
    case all
    /// They are only counted.
    case none
    /// Only the rows that vanished are counted, and no condition is evaluated.
    case vanished
    /// They become known as they come, because nothing fires by them.
    case known
  }

  let watch: Watch
  let source: any CustomerSource
  let ledger: any NoticingLedger
  let columns: ComparedColumns
  let gathering: Gathering
  let now: Instant
  /// How many rows were known before.
  let known: Int
  /// Where the watch stood before.
  let start: WatchStanding
  /// The standing if all of this is kept.
  private(set) var standing: WatchStanding
  private(set) var diff: LookDiff
  private(set) var letters: LetterCount
  private(set) var readsRows: Bool
  private(set) var wentBack: WatchStanding.Hold?
  /// How many changes were found.
  private(set) var changes = 0
  /// Whether some differences were only counted and cannot be kept.
  private(set) var hasLost = false
  private(set) var hasStaged = false
  /// Whether the change log was so long that the rows are left for the next look.
  private(set) var leftRows = false
  /// Whether what the log tells is left to the comparison of the rows, because other looks may have noticed it already.
  private var passesLog: Bool
  /// The first of the keys that several rows have.
  private(set) var disputed: [RowKey] = []
  /// The changes of `diff` whose letters were counted.
  private var weighed = 0

  /// How many known rows are read at once; a slice of the source's size.
  private static let slice = 5_000
  /// How many differences are held in memory.
  static let mostHeld = 5_000
  /// As many keys are told as a person looks up before fixing them all.
  private static let mostDisputed = 5

  init(
    _ look: WatchLook, _ gathering: Gathering, from start: WatchStanding,
    standing: WatchStanding, known: Int, readsRows: Bool
  ) {
    watch = look.watch
    source = look.source
    ledger = look.ledger
    columns = look.columns
    now = look.now
    self.gathering = gathering
    self.known = known
    self.start = start
    self.standing = standing
    self.readsRows = readsRows
    let hasLog = look.watch.changes == .changelog
    passesLog = hasLog && !start.readsLog
    // A place in the log means nothing where the looks since then did not read it, nor to a cursor.
    if start.readsLog != hasLog { self.standing.logPlace = .start }
    letters = LetterCount(
      look.generation, watch: look.watch, source: look.source, ledger: look.ledger, now: look.now)
    var isBaseline = false
    if case .known = gathering { isBaseline = true }
    diff = LookDiff(
      LookDiff.Settings(
        now: look.now, columns: look.columns, columnSet: standing.columnSet,
        isBaseline: isBaseline, takesMissingAsGone: start.acceptsNext,
        reappearingInserts: look.watch.reappearingInserts,
        keepsInserted: look.watch.ledgerView != nil))
  }

  /// Why the findings are held; nil if they may be kept.
  var objection: String? { massObjection ?? letters.objection }

  /// Why the rows that vanished hold the look, whatever else changed.
  var vanishingObjection: String? { massObjection(changed: 0) }

  private var massObjection: String? { massObjection(changed: diff.changedCount) }

  private func massObjection(changed: Int) -> String? {
    // Sending can change most rows of the ledger at once, so a mass change is normal there.
    if watch.ledgerView != nil { return nil }
    return LookGuard.objection(known: known, vanished: diff.vanishedCount, changed: changed)
  }

  mutating func run() async throws {
    if case .cursor(let column) = watch.changes, !readsRows {
      try await follow(column)
    } else {
      try await sweep()
    }
  }

  private mutating func sweep() async throws {
    var after: SortKey?
    let hasLog = watch.changes == .changelog
    if readsRows { try await noteCursorHead() }
    standing.refused = readsRows ? RefusedKeys() : standing.refused
    while true {
      try LongTurn.goOn()
      let slice = try await source.sweep(
        SweepRequest(
          watch: watch, columns: columns, formerColumns: formerColumns, after: after,
          logAfter: hasLog ? standing.logPlace : nil, readsRows: readsRows))
      wentBack = logWentBack(slice)
      if wentBack != nil { return }
      if let head = slice.logHead, head < standing.logPosition {
        // This is a new log. The comparison of the rows finds what its entries say.
        passesLog = true
        standing.logPlace = .start
        continue
      }
      try await apply(slice.logged, comparedThrough: after)
      if let place = slice.logPlace { standing.logPlace = place }
      if slice.hasMoreLog { continue }
      guard readsRows else { return }
      standing.refused.missing += slice.refused.missing
      standing.refused.duplicate += slice.refused.duplicate
      note(slice.disputed)
      try await merge(slice, after: after)
      guard let through = slice.through else {
        standing.refused.missing += slice.unread
        standing.formerColumns = nil
        standing.readsLog = hasLog
        standing.lastSweep = now
        return
      }
      after = through
    }
  }

  /// Applies entries of the log; of a log that is passed over, only those of rows that were compared before them.
  private mutating func apply(_ logged: [LoggedChange], comparedThrough after: SortKey?)
    async throws
  {
    var entries = logged
    if passesLog { entries.removeAll { entry in after.map { entry.key > $0 } ?? true } }
    guard !entries.isEmpty else { return }
    let keys = Array(Set(entries.map(\.key)))
    diff.apply(entries, known: try await ledger.knownRows(ofWatch: watch.name, keys: keys))
    try await settle(.log)
  }

  private mutating func note(_ keys: [SortKey]) {
    for key in keys.compactMap(\.rowKey) where disputed.count < LookPass.mostDisputed {
      if !disputed.contains(key) { disputed.append(key) }
    }
  }

  private var formerColumns: [String]? {
    guard let former = standing.formerColumns, former != columns.compared else { return nil }
    return former
  }

  /// The first look of a log starts at its head; a head below what was read means another log.
  private func logWentBack(_ slice: SweepSlice) -> WatchStanding.Hold? {
    guard let head = slice.logHead else { return nil }
    if head >= standing.logPosition { return nil }
    if !start.hasBaseline || start.ignoresNext || start.acceptsNext { return nil }
    return WatchStanding.Hold(
      cause: .sourceReplaced, since: start.hold?.since ?? now,
      text: "the change log went back from entry \(standing.logPosition) to \(head)")
  }

  /// Compares the slice with the known rows of its range, a page of them at a time: a range may be empty in the source
  /// and hold a million known rows.
  private mutating func merge(_ slice: SweepSlice, after: SortKey?) async throws {
    var rows = slice.rows[...]
    let disputed = Set(slice.disputed)
    var from = after
    while true {
      let page = try await ledger.knownRows(
        ofWatch: watch.name, after: from, through: slice.through, limit: LookPass.slice)
      guard page.count == LookPass.slice, let last = page.last?.key else {
        diff.merge(rows, known: page, disputed: disputed, readsAll: slice.unread == 0)
        return try await settle(.rows(through: slice.through))
      }
      // Searched from the end, because the source's slice mostly ends where the page does.
      let end = rows.lastIndex { $0.key <= last }.map { $0 + 1 } ?? rows.startIndex
      diff.merge(rows[..<end], known: page, disputed: disputed, readsAll: slice.unread == 0)
      try await settle(.rows(through: last))
      rows = rows[end...]
      from = last
    }
  }

  /// Reads the cursor's head before a sweep begins, so that a row written meanwhile is past it.
  private mutating func noteCursorHead() async throws {
    guard case .cursor(let column) = watch.changes else { return }
    standing.cursor = try await source.follow(
      CursorRequest(watch: watch, column: column, columns: columns, from: standing.cursor)
    ).head
  }

  private mutating func follow(_ column: String) async throws {
    var place: CursorPlace?
    repeat {
      try LongTurn.goOn()
      let slice = try await source.follow(
        CursorRequest(
          watch: watch, column: column, columns: columns, formerColumns: formerColumns,
          from: standing.cursor, after: place, leavesOutShared: start.refused.duplicate > 0))
      let known = try await ledger.knownRows(
        ofWatch: watch.name, keys: slice.rows.map(\.key))
      diff.compare(slice.rows, known: known)
      try await settle(.rows(through: nil))
      place = slice.next
      if place == nil { standing.cursor = slice.head }
    } while place != nil
  }

  /// What was read last.
  private enum Part {
    case log
    /// Rows up to a key, or all that there are.
    case rows(through: SortKey?)
  }

  /// Passes new differences to the guard's counts, and keeps the number in memory small.
  private mutating func settle(_ part: Part) async throws {
    switch gathering {
    case .known: try await keepKnown(part)
    case .few, .all, .none:
      changes += diff.changes.count - weighed
      // If the guard already objects, no more conditions are evaluated.
      if massObjection == nil { try await letters.take(diff.changes[weighed...]) }
      weighed = diff.changes.count
      try await relieve(part)
    case .vanished: try await relieve(part)
    }
  }

  private mutating func keepKnown(_ part: Part) async throws {
    var through: SortKey?
    switch part {
    case .rows(let last): through = last
    case .log: guard diff.gathered > LookPass.mostHeld else { return }
    }
    let (rows, _) = diff.take(through: through)
    guard !rows.isEmpty else { return }
    try await ledger.record(
      LookRecord(watch: watch.name, upserts: rows, standing: start), now: now)
  }

  private mutating func relieve(_ part: Part) async throws {
    let isFull = diff.gathered > LookPass.mostHeld
    var through: SortKey?
    switch part {
    case .rows(let last): through = last
    case .log where readsRows:
      // The log's entries for a row must be in memory when the row is compared, which is impossible for so many rows.
      guard isFull else { return }
      leaveRows()
    case .log: break
    }
    switch gathering {
    case .known: return
    case .few:
      guard isFull || hasLost else { return }
      hasLost = true
      _ = diff.take(through: through)
    case .none, .vanished: _ = diff.take(through: through)
    case .all:
      guard isFull else { return }
      hasStaged = true
      let (rows, changes) = diff.take(through: through)
      try await ledger.stage(rows, changes, ofWatch: watch.name)
    }
    weighed = 0
  }

  /// Reads the log to its end, and leaves the rows to the next look.
  private mutating func leaveRows() {
    readsRows = false
    leftRows = true
    standing.refused = start.refused
  }
}
