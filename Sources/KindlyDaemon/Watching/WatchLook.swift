import KindlyCore

/// One look at one watch: reads what is new, compares, asks the guards, and keeps the result.
struct WatchLook {
  let watch: Watch
  let source: any CustomerSource
  let ledger: any NoticingLedger
  let columns: ComparedColumns
  let pulse: SourcePulse
  let now: Instant
  /// Whether every row is compared rather than only where the mode says to look first.
  let isSweep: Bool

  /// What a look came to.
  struct Finding: Sendable {
    var changes = 0
    var isBaseline = false
    var hold: WatchStanding.Hold?
    var awaitsSecondLook = false
    var sweptAll = false
    /// Which rows are left out because no key tells them from others; nil where there are none, or not all were read.
    var refusal: String?
  }

  /// How many known rows are read at once; a slice of the source's size.
  private static let slice = 5_000

  func run() async throws -> Finding {
    let before = try await ledger.standing(ofWatch: watch.name)
    if let hold = replaced(before) { return try await keep(hold) }
    var standing = before
    adoptColumns(&standing)
    let isBaseline = !standing.hasBaseline || standing.ignoresNext
    var diff = LookDiff(
      LookDiff.Settings(
        now: now, columns: columns, columnSet: standing.columnSet, isBaseline: isBaseline,
        reappearingInserts: watch.reappearingInserts))
    let sweeps = isBaseline || isSweep || watch.changes == .snapshot
    var wentBack: WatchStanding.Hold?
    if case .cursor(let column) = watch.changes, !sweeps {
      try await follow(column, &diff, &standing)
    } else {
      wentBack = try await sweep(&diff, &standing, readsRows: sweeps)
    }
    if let wentBack { return try await keep(wentBack) }
    if !isBaseline, !standing.acceptsNext, let hold = try await objection(to: diff) {
      return try await keep(hold)
    }
    return try await keep(diff, standing, after: before, isBaseline: isBaseline, sweptAll: sweeps)
  }

  /// A database that is not the one that was accepted.
  private func replaced(_ standing: WatchStanding) -> WatchStanding.Hold? {
    guard let identity = standing.identity, identity != pulse.identity,
      !standing.acceptsNext, !standing.ignoresNext
    else { return nil }
    if let hold = standing.hold, hold.cause == .sourceReplaced { return hold }
    return WatchStanding.Hold(
      cause: .sourceReplaced, since: now,
      text: "the database at this address is another one than before")
  }

  private func adoptColumns(_ standing: inout WatchStanding) {
    guard standing.columns != columns.compared else { return }
    standing.formerColumns = standing.columnSet > 0 ? standing.columns : nil
    standing.columns = columns.compared
    standing.columnSet += 1
  }

  private func sweep(
    _ diff: inout LookDiff, _ standing: inout WatchStanding, readsRows: Bool
  ) async throws -> WatchStanding.Hold? {
    var after: SortKey?
    let hasLog = watch.changes == .changelog
    if readsRows { try await noteCursorHead(&standing) }
    standing.refused = readsRows ? RefusedKeys() : standing.refused
    while true {
      let slice = try await source.sweep(
        SweepRequest(
          watch: watch, columns: columns, formerColumns: formerColumns(standing), after: after,
          logAfter: hasLog ? standing.logPlace : nil, readsRows: readsRows))
      if let hold = logWentBack(slice, standing) { return hold }
      if !slice.logged.isEmpty {
        let keys = Array(Set(slice.logged.map(\.key)))
        diff.apply(slice.logged, known: try await ledger.knownRows(ofWatch: watch.name, keys: keys))
      }
      if let place = slice.logPlace { standing.logPlace = place }
      if slice.hasMoreLog { continue }
      guard readsRows else { return nil }
      standing.refused.missing += slice.refused.missing
      standing.refused.duplicate += slice.refused.duplicate
      try await merge(slice, after: after, into: &diff)
      try await keepBaselineSlice(&diff, standing)
      guard let through = slice.through else {
        standing.formerColumns = nil
        standing.lastSweep = now
        return nil
      }
      after = through
    }
  }

  private func formerColumns(_ standing: WatchStanding) -> [String]? {
    guard let former = standing.formerColumns, former != columns.compared else { return nil }
    return former
  }

  /// The first look of a log starts at its head; a head below what was read means another log.
  private func logWentBack(
    _ slice: SweepSlice, _ standing: WatchStanding
  ) -> WatchStanding.Hold? {
    guard let head = slice.logHead else { return nil }
    if head >= standing.logPosition { return nil }
    if !standing.hasBaseline || standing.ignoresNext || standing.acceptsNext { return nil }
    return WatchStanding.Hold(
      cause: .sourceReplaced, since: standing.hold?.since ?? now,
      text: "the change log went back from entry \(standing.logPosition) to \(head)")
  }

  /// Reads the known rows of the slice's range, page by page, and compares.
  private func merge(
    _ slice: SweepSlice, after: SortKey?, into diff: inout LookDiff
  ) async throws {
    var known: [KnownRow] = []
    var from = after
    while true {
      let page = try await ledger.knownRows(
        ofWatch: watch.name, after: from, through: slice.through, limit: WatchLook.slice)
      known += page
      guard page.count == WatchLook.slice, let last = page.last else { break }
      from = last.key
    }
    diff.merge(slice.rows, known: known)
  }

  /// A baseline fires nothing, so its slices are kept as they come and memory stays small.
  private func keepBaselineSlice(_ diff: inout LookDiff, _ standing: WatchStanding) async throws {
    guard !standing.hasBaseline else { return }
    var unfinished = standing
    unfinished.hasBaseline = false
    try await ledger.record(
      LookRecord(watch: watch.name, upserts: diff.takeUpserts(), standing: unfinished), now: now)
  }

  /// Reads the cursor's head before a sweep begins, so that a row written meanwhile is past it.
  private func noteCursorHead(_ standing: inout WatchStanding) async throws {
    guard case .cursor(let column) = watch.changes else { return }
    standing.cursor = try await source.follow(
      CursorRequest(watch: watch, column: column, columns: columns, from: standing.cursor)
    ).head
  }

  private func follow(
    _ column: String, _ diff: inout LookDiff, _ standing: inout WatchStanding
  ) async throws {
    var place: CursorPlace?
    repeat {
      let slice = try await source.follow(
        CursorRequest(
          watch: watch, column: column, columns: columns, formerColumns: formerColumns(standing),
          from: standing.cursor, after: place))
      let known = try await ledger.knownRows(
        ofWatch: watch.name, keys: slice.rows.map(\.key))
      diff.compare(slice.rows, known: known)
      place = slice.next
      if place == nil { standing.cursor = slice.head }
    } while place != nil
  }

  private func objection(to diff: LookDiff) async throws -> WatchStanding.Hold? {
    let known = try await ledger.knownCount(ofWatch: watch.name)
    guard
      let text = LookGuard.objection(
        known: known, vanished: diff.vanishedCount, changed: diff.changedCount)
    else { return nil }
    return WatchStanding.Hold(cause: .massChange, since: now, text: text)
  }

  /// Keeps the hold alone: what was read is read again when a person has decided or the source is as it was.
  ///
  /// The standing is read anew, because a look may take minutes and a person may have accepted the hold meanwhile.
  private func keep(_ hold: WatchStanding.Hold) async throws -> Finding {
    var held = try await ledger.standing(ofWatch: watch.name)
    // The first time counts; a look that meets the same hold again does not make it younger.
    let kept = held.hold?.cause == hold.cause ? held.hold ?? hold : hold
    if held.hold != kept {
      held.hold = kept
      try await ledger.record(LookRecord(watch: watch.name, standing: held), now: now)
    }
    var finding = Finding()
    finding.hold = kept
    return finding
  }

  private func keep(
    _ diff: LookDiff, _ standing: WatchStanding, after before: WatchStanding, isBaseline: Bool,
    sweptAll: Bool
  ) async throws -> Finding {
    var settled = standing
    settled.identity = pulse.identity
    settled.hasBaseline = true
    settled.hold = nil
    settled.acceptsNext = false
    settled.ignoresNext = false
    if !diff.isEmpty || before != settled {
      // What a person said while this look was at work is about the next one.
      let present = try await ledger.standing(ofWatch: watch.name)
      settled.acceptsNext = present.acceptsNext && !before.acceptsNext
      settled.ignoresNext = present.ignoresNext && !before.ignoresNext
      try await ledger.record(
        LookRecord(
          watch: watch.name, upserts: diff.upserts, changes: diff.changes, standing: settled),
        now: now)
    }
    return Finding(
      changes: diff.changes.count, isBaseline: isBaseline,
      awaitsSecondLook: diff.awaitsSecondLook, sweptAll: sweptAll,
      refusal: sweptAll ? try await refusal(settled.refused) : nil)
  }

  private func refusal(_ refused: RefusedKeys) async throws -> String? {
    if refused.isEmpty { return nil }
    let places = try await source.places(ofRefusedIn: watch)
    return refused.sentence(key: watch.key, at: places)
  }
}

extension RefusedKeys {
  /// What of a watch nobody is reminded by, and where it stands as far as that is known.
  fileprivate func sentence(key: [String], at places: [String]) -> String {
    let key = key.joined(separator: ", ")
    var parts: [String] = []
    if missing > 0 { parts.append("\(counted(missing, "row")) without a usable key (\(key))") }
    if duplicate > 0 {
      parts.append("\(counted(duplicate, "row")) whose key (\(key)) is not theirs alone")
    }
    let examples = places.isEmpty ? "" : ": \(places.joined(separator: ", "))"
    return "\(parts.joined(separator: " and ")) fire no rule until they are mended\(examples)"
  }
}
