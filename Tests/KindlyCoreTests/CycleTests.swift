import KindlyCore
import Testing

@Suite("Cycles") struct CycleTests {
  @Test(
    "are stored as a text that is read back",
    arguments: [
      ("insert", Cycle.insert),
      ("change 17", .change(17)),
      ("2026-02-10", .anchor("2026-02-10", number: nil)),
      ("2026-02-10T01:30Z", .anchor("2026-02-10T01:30Z", number: nil)),
      ("2026-02-10#3", .anchor("2026-02-10", number: 3)),
      ("2026-02-10/P2W#3", .anchor("2026-02-10/P2W", number: 3)),
      ("2026-02-10/PT36H#3 row 2", .anchor("2026-02-10/PT36H", number: 3, row: 2)),
      ("2026-02-10 row 2", .anchor("2026-02-10", number: nil, row: 2)),
      ("2026-02-10#3 row 2", .anchor("2026-02-10", number: 3, row: 2)),
      (
        "2026-02-10 correction 1",
        .correction(to: .anchor("2026-02-10", number: nil), number: 1)
      ),
      (
        "2026-02-10T01:30Z row 2 correction 3 resend 1",
        .resend(
          of: .correction(to: .anchor("2026-02-10T01:30Z", number: nil, row: 2), number: 3),
          number: 1)
      ),
      ("insert resend 1", .resend(of: .insert, number: 1)),
      ("change 17 resend 2", .resend(of: .change(17), number: 2)),
      (
        "2026-02-10#3 row 2 resend 12",
        .resend(of: .anchor("2026-02-10", number: 3, row: 2), number: 12)
      ),
    ])
  func stored(text: String, cycle: Cycle) {
    #expect(cycle.text == text)
    #expect(Cycle(stored: text) == cycle)
  }

  @Test(
    "keep a text that has no form of theirs", arguments: ["", "#", "change x", "a b c", "1##2"])
  func foreign(text: String) {
    #expect(Cycle(stored: text).text == text)
  }

  @Test("tell their anchor, number and original")
  func parts() {
    let dated = Cycle.anchor("2026-02-10", number: 3, row: 2)
    #expect(dated.anchor == "2026-02-10")
    #expect(dated.number == 3)
    #expect(dated.ofRow(1) == .anchor("2026-02-10", number: 3))
    #expect(Cycle.resend(of: dated, number: 1).original == dated)
    #expect(Cycle.resend(of: dated, number: 1).anchor == nil)
    #expect(Cycle.change(17).anchor == nil)
    let correction = Cycle.correction(to: .anchor("2026-02-10", number: nil), number: 2)
    #expect(correction.anchor == "2026-02-10" && correction.date == "2026-02-10")
    #expect(correction.ofRow(2).text == "2026-02-10 row 2 correction 2")
    #expect(correction.original == correction)
    #expect(Cycle.change(17).ofRow(2) == .change(17))
  }
}
