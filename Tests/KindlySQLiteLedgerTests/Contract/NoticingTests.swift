import KindlyCore
import KindlyTestKit
import Testing

@Suite("Noticing: known rows, changes and standings")
struct NoticingTests {
  private let start = Fixture.start

  private func sortKey(_ values: Value...) throws -> SortKey { try #require(SortKey(values)) }

  private func known(
    _ key: SortKey, hash: Int64 = 1, old: RowValues = [:], missing: Instant? = nil,
    isGone: Bool = false
  ) -> KnownRow {
    KnownRow(
      key: key, hash: RowHash(stored: hash), columnSet: 1, old: old, missingSince: missing,
      isGone: isGone)
  }

  @Test(
    "known rows come in the order of the source, numbers before texts",
    arguments: LedgerKind.allCases)
  func ordersRows(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let values: [Value] = [
      .text("ä"), .integer(10), .text(""), .integer(-3), .text("Z"), .integer(9), .text("a"),
    ]
    let rows = try values.map { known(try sortKey($0)) }
    try await fixture.ledger.record(
      LookRecord(watch: "customers", upserts: rows, standing: WatchStanding()), now: start)
    let all = try await fixture.ledger.knownRows(
      ofWatch: "customers", after: nil, through: nil, limit: 100)
    #expect(
      all.flatMap(\.key.columns) == [
        .integer(-3), .integer(9), .integer(10), .text(""), .text("Z"), .text("a"), .text("ä"),
      ])
    let middle = try await fixture.ledger.knownRows(
      ofWatch: "customers", after: all[0].key, through: all[3].key, limit: 2)
    #expect(middle.map(\.key) == [all[1].key, all[2].key])
    let some = try await fixture.ledger.knownRows(
      ofWatch: "customers", keys: [all[2].key, try sortKey(.integer(77))])
    #expect(Array(some.keys) == [all[2].key])
    #expect(
      try await fixture.ledger.knownRows(ofWatch: "leases", after: nil, through: nil, limit: 9)
        .isEmpty)
  }

  @Test(
    "a row keeps everything that is known of it, and gone ones are not counted",
    arguments: LedgerKind.allCases)
  func keepsRows(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let old: RowValues = [
      "status": .text("trial\n\"x\""), "n": .integer(7), "x": .real(1.5), "z": .null,
    ]
    let row = known(try sortKey(.integer(1)), hash: -9, old: old, missing: start)
    let gone = known(try sortKey(.integer(2)), isGone: true)
    let look = LookRecord(watch: "customers", upserts: [row, gone], standing: WatchStanding())
    try await fixture.ledger.record(look, now: start)
    #expect(
      try await fixture.ledger.knownRows(ofWatch: "customers", after: nil, through: nil, limit: 9)
        == [row, gone])
    #expect(try await fixture.ledger.knownCount(ofWatch: "customers") == 1)
    let back = known(gone.key)
    try await fixture.ledger.record(
      LookRecord(watch: "customers", upserts: [back], standing: WatchStanding()), now: start)
    #expect(try await fixture.ledger.knownCount(ofWatch: "customers") == 2)
  }

  @Test(
    "changes get rising ids and are read per watch from a position", arguments: LedgerKind.allCases)
  func keepsChanges(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let update = ChangeDraft(
      operation: .update, key: key(1), old: ["status": .text("trial")],
      new: ["status": .text("paid")], changed: ["status"])
    let insert = ChangeDraft(operation: .insert, key: key(2), old: nil, new: nil, changed: [])
    for watch in ["customers", "leases"] {
      try await fixture.ledger.record(
        LookRecord(watch: watch, changes: [update, insert], standing: WatchStanding()), now: start)
    }
    let earlier = try await fixture.ledger.changes(ofWatch: "customers", after: 0, limit: 10)
    let all = try await fixture.ledger.changes(ofWatch: "leases", after: 0, limit: 10)
    let ids = (earlier + all).map(\.id)
    try #require(ids.count == 4)
    #expect(ids == Set(ids).sorted() && all.map(\.operation) == [.update, .insert])
    #expect(all[0].old == update.old && all[0].new == update.new && all[0].changed == ["status"])
    #expect(all[1].old == nil && all[1].new == nil && all[1].noticed == start)
    #expect(
      try await fixture.ledger.changes(ofWatch: "leases", after: ids[2], limit: 10) == [all[1]])
    #expect(try await fixture.ledger.lastChange() == ids[3])
    let found = try await fixture.ledger.changes([ids[0], ids[3], ids[3] + 1])
    #expect(Set(found.keys) == [ids[0], ids[3]])
    let row = try await fixture.ledger.changes(ofRow: key(1), watch: "customers", limit: 5)
    #expect(row.map(\.id) == [ids[0]])
  }

  @Test("old values above the bound lose their longest texts", arguments: LedgerKind.allCases)
  func boundsValues(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let long = String(repeating: "长", count: 30_000)
    let change = ChangeDraft(
      operation: .delete, key: key(1), old: ["notes": .text(long), "status": .text("trial")],
      new: nil, changed: [])
    try await fixture.ledger.record(
      LookRecord(watch: "customers", changes: [change], standing: WatchStanding()), now: start)
    let kept = try await fixture.ledger.changes(ofWatch: "customers", after: 0, limit: 1).first
    #expect(kept?.old == ["notes": .null, "status": .text("trial")])
  }

  @Test("a standing comes back as it was kept", arguments: LedgerKind.allCases)
  func keepsStanding(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    #expect(try await fixture.ledger.standing(ofWatch: "customers") == WatchStanding())
    let standing = WatchStanding(
      identity: "inode 7", hasBaseline: true, columns: ["id", "status"], columnSet: 3,
      formerColumns: ["id"], cursor: .text("2026-02-10 09:00:00"), logPosition: 12,
      readsLog: true, lastSweep: start,
      hold: WatchStanding.Hold(cause: .massChange, since: start, text: "412 of 500 rows vanished"),
      refused: RefusedKeys(missing: 2, duplicate: 1), definition: RowHash(stored: -7),
      unwatchedSince: start)
    try await fixture.ledger.record(
      LookRecord(watch: "customers", standing: standing), now: start)
    #expect(try await fixture.ledger.standing(ofWatch: "customers") == standing)
    #expect(try await fixture.ledger.standings() == ["customers": standing])
  }

  @Test(
    "a watch is unwatched since no rule asked for its changes, unless that was not for long",
    arguments: LedgerKind.allCases)
  func notesUnwatched(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for watch in ["customers", "leases"] {
      try await fixture.ledger.record(
        LookRecord(watch: watch, standing: WatchStanding(hasBaseline: true)), now: start)
    }
    func since(_ watch: String) async throws -> Instant? {
      try await fixture.ledger.standing(ofWatch: watch).unwatchedSince
    }
    try await fixture.ledger.noteWatched(["customers"], now: start)
    try await fixture.ledger.noteWatched(["customers"], now: start + .hours(1))
    #expect(try await since("leases") == start)
    #expect(try await since("customers") == nil)
    try await fixture.ledger.noteWatched(["customers", "leases"], now: start + .hours(2))
    #expect(try await since("leases") == nil)
    try await fixture.ledger.noteWatched([], now: start + .hours(3))
    try await fixture.ledger.noteWatched(["customers", "leases"], now: start + .days(3))
    #expect(try await since("leases") == start + .hours(3))
  }

  @Test(
    "a person's decision survives a look that knew nothing of it",
    arguments: LedgerKind.allCases, SourceAcceptance.allCases)
  func keepsDecision(_ kind: LedgerKind, acceptance: SourceAcceptance) async throws {
    let fixture = try await Fixture(kind)
    let hold = WatchStanding.Hold(cause: .massChange, since: start, text: "412 of 500")
    let held = LookRecord(watch: "customers", standing: WatchStanding(hold: hold))
    try await fixture.ledger.record(held, now: start)
    let note = ActionNote(uid: 1, user: "ops", because: "we cleaned up")
    try await fixture.ledger.accept(acceptance, ofWatch: "customers", note: note, now: start)
    try await fixture.ledger.record(held, now: start)
    let standing = try await fixture.ledger.standing(ofWatch: "customers")
    #expect(standing.hold == nil)
    #expect(standing.acceptsNext == (acceptance == .accept))
    #expect(standing.ignoresNext == (acceptance == .ignore))
    try await fixture.ledger.record(
      LookRecord(watch: "customers", standing: WatchStanding()), now: start)
    #expect(try await fixture.ledger.standing(ofWatch: "customers") == WatchStanding())
  }

  @Test(
    "a rule starts behind the changes that were there, or as far back as its backfill",
    arguments: LedgerKind.allCases)
  func startsRules(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let draft = ChangeDraft(operation: .insert, key: key(1), old: nil, new: nil, changed: [])
    for day in 0..<4 {
      try await fixture.ledger.record(
        LookRecord(watch: "customers", changes: [draft], standing: WatchStanding()),
        now: start + .days(day))
    }
    let now = start + .days(4)
    let activations = [
      RuleActivation(name: "fresh", watch: "customers", steps: []),
      RuleActivation(name: "catching up", watch: "customers", steps: [], backfill: .days(2)),
    ]
    let standings = try await fixture.ledger.activate(activations, now: now)
    #expect(standings["fresh"]?.changePosition == 4)
    #expect(standings["catching up"]?.changePosition == 2)
    #expect(standings["catching up"]?.activated == now - .days(2))
  }

  @Test(
    "a step that joins a known rule starts behind the changes that were there, or as far back as the backfill",
    arguments: LedgerKind.allCases)
  func startsSteps(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let draft = ChangeDraft(operation: .insert, key: key(1), old: nil, new: nil, changed: [])
    func record(onDay day: Int) async throws {
      try await fixture.ledger.record(
        LookRecord(watch: "customers", changes: [draft], standing: WatchStanding()),
        now: start + .days(day))
    }
    func activate(_ steps: [String], onDay day: Int) async throws -> [ExactText: RuleStanding] {
      let steps = steps.map { StepActivation(name: $0, formerNames: []) }
      return try await fixture.ledger.activate(
        [
          RuleActivation(name: "fresh", watch: "customers", steps: steps),
          RuleActivation(
            name: "catching up", watch: "customers", steps: steps, backfill: .days(2)),
        ], now: start + .days(day))
    }
    _ = try await activate(["first"], onDay: 0)
    for day in 1...4 { try await record(onDay: day) }
    let standings = try await activate(["first", "second"], onDay: 5)
    #expect(standings["fresh"]?.changesAfter == ["first": 0, "second": 4])
    #expect(standings["catching up"]?.changesAfter == ["first": 0, "second": 2])
    // A change that an earlier look commits after the activation still comes after the start.
    try await record(onDay: 5)
    let later = try await activate(["first", "second"], onDay: 6)
    #expect(later["fresh"]?.changesAfter == ["first": 0, "second": 4])
  }
}
