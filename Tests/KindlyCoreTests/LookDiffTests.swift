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
}
