import KindlyCore

/// One look at one watch: reads what is new, compares it, asks the guards, and keeps the result.
///
/// Nothing of a look is kept before the guards have judged all of it. A look reads a large table in many short
/// transactions, so it may see only part of a commit made meanwhile. If the source was written to during the look, it
/// is read once more, only to count: the second pass sees the whole of every transaction that the first saw in part.
struct WatchLook {
  let generation: Generation
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
    /// Why nothing fires; nil if the changes do.
    var baseline: LookBaseline?
    var hold: WatchStanding.Hold?
    /// The reminders that were cancelled because another row has the key of theirs.
    var ended: [PlanEvent] = []
    var awaitsSecondLook = false
    var sweptAll = false
    /// Whether the next look should compare the rows, because this one had too much else to do.
    var leftRows = false
    /// Which rows are left out because their key is not unique; nil if there are none, or if not all rows were read.
    var refused: RefusedRows?
  }

  func run() async throws -> Finding {
    try await ledger.dropStaged(ofWatch: watch.name)
    var before = try await ledger.standing(ofWatch: watch.name)
    if let hold = replaced(before, pulse) { return try await keep(hold) }
    // The log of another table is another log, and its cursor another cursor.
    if before.isRedefined(by: watch) {
      before.readsLog = false
      before.logPlace = .start
    }
    let baseline = before.baseline(of: watch, now: now)
    if baseline == .redefined, !before.isDecided, let hold = try await vanished(from: before) {
      return try await keep(hold)
    }
    if baseline != nil || before.acceptsNext {
      // An interrupted baseline is begun again, whatever was its reason.
      if before.hasBaseline { before.ignoresNext = baseline != nil }
      let pass = try await read(baseline == nil ? .all : .known, from: before)
      if let hold = pass.wentBack { return try await keep(hold) }
      return try await keep(pass, baseline)
    }
    return try await judged(from: before)
  }

  /// The hold that a new definition causes if it no longer finds many of the known rows; nil if it finds enough.
  private func vanished(from before: WatchStanding) async throws -> WatchStanding.Hold? {
    let pass = try await read(.vanished, from: before)
    return pass.wentBack
      ?? pass.vanishingObjection.map { text in
        WatchStanding.Hold(
          cause: .massChange, since: now,
          text:
            "\(text), and its table, query or key was changed, so no rule will fire for the difference"
        )
      }
  }

  /// Looks, and lets the guards judge what was found before any of it is kept.
  private func judged(from before: WatchStanding) async throws -> Finding {
    var pass = try await read(.few, from: before)
    if let hold = objection(to: pass) { return try await keep(hold) }
    var began = pulse
    if pass.hasLost {
      began = try await source.pulse()
      pass = try await read(.all, from: before)
      if let hold = objection(to: pass) { return try await keep(hold) }
    }
    if !pass.diff.isEmpty {
      let ended = try await source.pulse()
      if let hold = replaced(before, ended) { return try await keep(hold) }
      if ended != began, let hold = objection(to: try await read(.none, from: before)) {
        return try await keep(hold)
      }
    }
    return try await keep(pass, nil)
  }

  private func read(
    _ gathering: LookPass.Gathering, from before: WatchStanding
  ) async throws -> LookPass {
    var standing = before
    adoptColumns(&standing)
    // Only the fingerprints of one former set of columns can be compared, so all of them are replaced at once.
    let isChanged =
      standing.columnSet != before.columnSet || before.isRedefined(by: watch)
      || before.readsLog != (watch.changes == .changelog)
    let sweeps =
      !before.hasBaseline || before.ignoresNext || isSweep || isChanged
      || watch.changes == .snapshot
    var pass = LookPass(
      self, gathering, from: before, standing: standing,
      known: try await ledger.knownCount(ofWatch: watch.name), readsRows: sweeps)
    try await pass.run()
    return pass
  }

  /// A database that is not the one that was accepted.
  private func replaced(
    _ standing: WatchStanding, _ pulse: SourcePulse
  ) -> WatchStanding.Hold? {
    guard let identity = standing.identity, identity != pulse.identity,
      !standing.acceptsNext, !standing.ignoresNext
    else { return nil }
    if let hold = standing.hold, hold.cause == .sourceReplaced { return hold }
    return WatchStanding.Hold(
      cause: .sourceReplaced, since: now,
      text: "the database at this address is not the same one as before")
  }

  private func adoptColumns(_ standing: inout WatchStanding) {
    guard standing.columns != columns.compared else { return }
    standing.formerColumns = standing.columnSet > 0 ? standing.columns : nil
    standing.columns = columns.compared
    standing.columnSet += 1
  }

  private func objection(to pass: LookPass) -> WatchStanding.Hold? {
    pass.wentBack
      ?? pass.objection.map { WatchStanding.Hold(cause: .massChange, since: now, text: $0) }
  }

  /// Stores only the hold. Everything is read again once a person has decided or the source is as it was.
  ///
  /// The standing is read again first, because a look may take minutes, and a person may have accepted the hold
  /// meanwhile.
  private func keep(_ hold: WatchStanding.Hold) async throws -> Finding {
    try await ledger.dropStaged(ofWatch: watch.name)
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

  private func keep(_ pass: LookPass, _ baseline: LookBaseline?) async throws -> Finding {
    let (diff, before) = (pass.diff, pass.start)
    var settled = pass.standing
    settled.identity = pulse.identity
    settled.hasBaseline = true
    settled.hold = nil
    // If the rows are left for the next look, the accepted changes have not been compared yet.
    settled.acceptsNext = before.acceptsNext && pass.leftRows
    settled.ignoresNext = false
    settled.definition = watch.definition
    settled.unwatchedSince = nil
    var ended: [PlanEvent] = []
    if !diff.isEmpty || before != settled {
      // A decision that a person made during this look applies to the next one.
      let present = try await ledger.standing(ofWatch: watch.name)
      settled.acceptsNext = settled.acceptsNext || present.acceptsNext && !before.acceptsNext
      settled.ignoresNext = present.ignoresNext && !before.ignoresNext
      ended = try await ledger.record(
        LookRecord(
          watch: watch.name, upserts: diff.upserts, changes: diff.changes,
          takesStaged: pass.hasStaged, isAccepted: before.acceptsNext, standing: settled),
        now: now)
    }
    return Finding(
      changes: pass.changes, baseline: baseline, ended: ended,
      awaitsSecondLook: diff.awaitsSecondLook,
      sweptAll: pass.readsRows, leftRows: pass.leftRows,
      refused: pass.readsRows ? try await refused(settled.refused, pass.disputed) : nil)
  }

  /// The rows of the watch that no rule sees, with the places of the first few if they are known.
  private func refused(_ keys: RefusedKeys, _ disputed: [RowKey]) async throws -> RefusedRows? {
    if keys.isEmpty { return nil }
    return RefusedRows(
      keys, of: watch, shared: disputed, places: try await source.places(ofRefusedIn: watch))
  }
}
