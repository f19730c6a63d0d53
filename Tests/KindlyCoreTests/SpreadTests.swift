import KindlyCore
import Testing

@Suite("Spread")
struct SpreadTests {
  private func step(_ spread: Duration?) -> Step {
    Step(
      name: "s", when: .insert, legs: Leg.all([Route(["email"])]), template: "t",
      spread: spread.map { Spread($0) })
  }

  private func key(_ number: Int) -> RowKey { RowKey(canonical: "[\"\(number)\"]") }

  private func moment(_ due: String, use: Duration = .days(3)) throws -> Moment {
    let due = try instant(due)
    return Moment(
      cycle: .anchor("2026-02-10", number: nil), due: due, useUntil: due + use)
  }

  @Test(
    "is even, and stays within its time, its day and its use",
    arguments: [
      ("2026-02-10T01:00:00Z", Duration.days(3), Duration.hours(2)),
      // An hour before midnight in Shanghai.
      ("2026-02-10T15:00:00Z", .days(3), .hours(1)),
      ("2026-02-10T01:00:00Z", .minutes(30), .minutes(30)),
    ])
  func even(_ due: String, _ use: Duration, _ reach: Duration) throws {
    let zone = try #require(Zone.named("Asia/Shanghai"))
    let moment = try moment(due, use: use)
    var counts = [Int](repeating: 0, count: 10)
    for number in 1...10_000 {
      let spread = step(.hours(2)).spread(moment, of: key(number), in: zone)
      #expect(spread.cycle == moment.cycle && spread.useUntil == moment.useUntil)
      let delay = (spread.due - moment.due).wholeMilliseconds
      #expect(delay >= 0 && delay < reach.wholeMilliseconds)
      counts[Int(delay * 10 / reach.wholeMilliseconds)] += 1
    }
    // 1,000 each; six standard deviations are 180.
    #expect(counts.allSatisfy { (820...1180).contains($0) }, "\(counts)")
  }

  @Test("gives the same row and cycle the same time, whatever rule and step are called")
  func same() throws {
    let moment = try moment("2026-02-10T01:00:00Z")
    let first = step(.hours(2)).spread(moment, of: key(7), in: .utc)
    #expect(first == step(.hours(2)).spread(moment, of: key(7), in: .utc))
    #expect(first.due.description == "2026-02-10T01:10:56.064Z")
    #expect(step(nil).spread(moment, of: key(7), in: .utc) == moment)
  }

  @Test("ends with the day on which clocks change")
  func changingClocks() throws {
    // Berlin, 25 October 2026: the day ends at 23:00 UTC, an hour later than the day before.
    let zone = try #require(Zone.named("Europe/Berlin"))
    let moment = try moment("2026-10-25T00:00:00Z")
    let ends = (1...2000).map { step(.hours(24)).spread(moment, of: key($0), in: zone).due }
    #expect(try #require(ends.max()) < (try instant("2026-10-25T23:00:00Z")))
    #expect(try #require(ends.max()) > (try instant("2026-10-25T22:30:00Z")))
  }
}
