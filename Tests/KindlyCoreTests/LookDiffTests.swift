import KindlyCore
import Testing

@Suite("What a look keeps of a row")
struct LookDiffTests {
  private static let now = Instant(seconds: 1_772_500_000)

  private func row(_ id: Int64, status: String, note: Value) throws -> SourceRow {
    var hash = RowHash()
    hash.combine(.text(status))
    return SourceRow(
      key: try #require(SortKey([.integer(id)])), hash: hash, captured: [.text(status), note])
  }

  private func diff(keepsInserted: Bool = false) -> LookDiff {
    LookDiff(
      LookDiff.Settings(
        now: Self.now,
        columns: ComparedColumns(compared: ["status"], captured: ["status", "note"]),
        columnSet: 1, isBaseline: false, reappearingInserts: false, keepsInserted: keepsInserted))
  }

  private func known(_ row: SourceRow, note: Value) -> [SortKey: KnownRow] {
    [
      row.key: KnownRow(
        key: row.key, hash: row.hash, columnSet: 1, old: ["status": row.captured[0], "note": note])
    ]
  }

  @Test("an update keeps the row as it was found, an insert only if the settings say so")
  func images() throws {
    let (before, after) = (
      try row(1, status: "pending", note: .null), try row(1, status: "paid", note: .null)
    )
    for keepsInserted in [false, true] {
      let inserted: Value? = keepsInserted ? .text("new") : nil
      var diff = diff(keepsInserted: keepsInserted)
      diff.compare([after], known: known(before, note: .null))
      diff.compare([try row(2, status: "new", note: .null)], known: [:])
      #expect(diff.changes.map(\.operation) == [.update, .insert])
      let image: RowValues = ["status": .text("paid"), "note": .null]
      #expect(diff.changes[0].new == image)
      #expect(diff.changes[1].new?["status"] == inserted)
    }
  }

  @Test("a new value in a column that is not compared is kept without an update")
  func uncompared() throws {
    let row = try row(1, status: "done", note: .null)
    var diff = diff()
    diff.compare([row], known: known(row, note: .text("two weeks")))
    #expect(diff.changes.isEmpty && diff.upserts.map { $0.old["note"]?.isNull } == [true])
    var same = self.diff()
    same.compare([row], known: known(row, note: .null))
    #expect(same.isEmpty)
  }

  private func entry(
    _ operation: ChangeOperation, _ row: SourceRow, old: RowValues? = nil, new: RowValues? = nil
  ) -> LoggedChange {
    LoggedChange(id: 1, operation: operation, key: row.key, old: old, new: new)
  }

  @Test("a row that is deleted and written again in one look is updated, and not deleted")
  func replaced() throws {
    let (trial, other) = (
      try row(9, status: "trial", note: .null), try row(8, status: "trial", note: .null)
    )
    let old: RowValues = ["status": .text("trial"), "note": .null]
    let paid: RowValues = ["status": .text("paid"), "note": .null]
    let known = known(trial, note: .null).merging(known(other, note: .null)) { $1 }
    var diff = diff()
    diff.apply(
      [
        entry(.delete, trial, old: old), entry(.delete, other, old: old),
        entry(.insert, trial, new: paid),
      ], known: known)
    #expect(diff.changes.map(\.operation) == [.delete, .update])
    #expect(diff.changes.map(\.changed) == [[], ["status"]])
    #expect(diff.changes[1].old == old && diff.changes[1].new == paid)
    #expect(diff.vanishedCount == 1 && diff.changedCount == 1)

    // Written in two parts of the log, its delete is already counted; the update is noticed all the same.
    var parts = self.diff()
    parts.apply([entry(.delete, trial, old: old)], known: known)
    parts.apply([entry(.insert, trial, new: paid)], known: known)
    #expect(parts.changes.map(\.operation) == [.delete, .update])
    var same = self.diff()
    same.apply([entry(.delete, trial, old: old), entry(.insert, trial, new: old)], known: known)
    #expect(same.changes.isEmpty && same.vanishedCount == 0)
  }

  @Test(
    "a number that a change log writes with 15 digits is no update when the row shows the others",
    arguments: [(3.3, 3.3000000000000003), (1.23456789012346e17, 1.23456789012345678e17)])
  func shortened(logged: Double, stored: Double) throws {
    func hash(_ number: Double) -> RowHash {
      var hash = RowHash()
      hash.combine(.real(number))
      return hash
    }
    let key = try #require(SortKey([.integer(1)]))
    let settings = LookDiff.Settings(
      now: Self.now, columns: ComparedColumns(compared: ["amount"], captured: ["amount"]),
      columnSet: 1, isBaseline: false, reappearingInserts: false)
    let before = KnownRow(key: key, hash: hash(1), columnSet: 1, old: ["amount": .real(1)])
    var diff = LookDiff(settings)
    diff.apply(
      [
        LoggedChange(
          id: 1, operation: .update, key: key, old: ["amount": .real(1)],
          new: ["amount": .real(logged)])
      ], known: [key: before])
    #expect(diff.changes.map(\.operation) == [.update])
    let row = SourceRow(key: key, hash: hash(stored), captured: [.real(stored)])
    var sweep = LookDiff(settings)
    sweep.merge([row][...], known: diff.upserts)
    #expect(sweep.changes.isEmpty)
    #expect(sweep.upserts.map(\.hash) == [row.hash] && sweep.upserts.map(\.columnSet) == [1])
  }
}
