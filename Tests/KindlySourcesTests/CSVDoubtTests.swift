import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite("Keys of CSV files in doubt")
struct CSVDoubtTests {
  @Test("a key that is not found may be that of a line that cannot be read, and is no absent row")
  func doubtful() async throws {
    let fixture = try CSVFixture()
    try fixture.write("id,name\n1,a\n2\n", to: "t")
    try fixture.write("id,name\n1,a\n", to: "other")
    let source = fixture.source(slice: 5_000)
    let clock = QueryClock(now: Instant(seconds: 0), zone: .utc)
    let keys = [1, 2].compactMap { RowKey([.integer($0)]) }
    let place = "line 3 of \(fixture.folder.path)/t.csv has 1 fields"
    let joined = watching("joined", query: "SELECT t.* FROM t LEFT JOIN other USING (id)")
    for watch in [watching(), joined] {
      let rows = try await source.rows(RowQuestion(watch: watch, keys: keys, clock: clock))
      #expect(rows[keys[0]]?.fault == nil && rows[keys[0]]?.mayBeAbsent == false)
      #expect(rows[keys[1]]?.mayBeAbsent == true)
      #expect(rows[keys[1]]?.fault?.kind == .watch)
      #expect(rows[keys[1]]?.fault?.description.contains(place) == true)
      #expect(try await source.unread(of: watch) == 1)
      #expect(try await source.places(ofRefusedIn: watch).first?.hasPrefix(place) == true)
      #expect(try await source.examine(.watch(watch)).first?.text.contains(place) == true)
      let changes = keys.enumerated().map { index, key in
        NoticedChange(
          id: Int64(index + 1), operation: .update, key: key, old: [:], new: nil, changed: ["name"],
          noticed: clock.now)
      }
      let judgement = try await source.judge(
        ChangeQuestion(watch: watch, changes: changes, conditions: ["name = 'b'"], clock: clock))
      #expect(judgement.satisfied.isEmpty && Array(judgement.faults.keys) == [2])
    }
    for watch in [watching("other"), watching("single", query: "SELECT * FROM other")] {
      let rows = try await source.rows(RowQuestion(watch: watch, keys: keys, clock: clock))
      #expect(Array(rows.keys) == [keys[0]])
      #expect(try await source.unread(of: watch) == 0)
    }
    try fixture.write("id,name\n1,a\n", to: "t")
    let rows = try await source.rows(RowQuestion(watch: watching(), keys: keys, clock: clock))
    #expect(Array(rows.keys) == [keys[0]])
    await source.close()
  }
}

extension DatabaseSource {
  /// How many rows a sweep of the watch says that it could not read.
  fileprivate func unread(of watch: Watch) async throws -> Int {
    try await sweep(
      SweepRequest(watch: watch, columns: ComparedColumns(compared: [], captured: []))
    ).unread
  }
}
