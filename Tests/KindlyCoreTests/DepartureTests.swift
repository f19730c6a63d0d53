import KindlyCore
import Testing

/// When a reminder leaves, asked ahead of time.
@Suite("A departure")
struct DepartureTests {
  private func way(
    quiet: (String, String)? = nil, pausedUntil: Instant? = nil
  ) throws -> Departure.Way {
    var window: DailyWindow?
    if let quiet {
      let from = try #require(TimeOfDay(quiet.0))
      let to = try #require(TimeOfDay(quiet.1))
      window = DailyWindow(from: from, to: to)
    }
    return Departure.Way(
      hours: OpenHours(quiet: window.map { WeekHours($0) }, send: nil), pausedUntil: pausedUntil)
  }

  private func leave(
    due: Instant, useUntil: Instant, notBefore: Instant = .distantPast, _ ways: [Departure.Way]
  ) throws -> Departure {
    Departure.of(
      due: due, useUntil: useUntil, notBefore: notBefore, zone: .utc, ways: ways)
  }

  @Test("is at the due time, at the end of quiet hours, or at the end of a pause")
  func times() throws {
    let noon = Instant(seconds: 43_200)
    let end = noon + .days(3)
    #expect(try leave(due: noon, useUntil: end, [way()]) == .leaves(noon, way: 0))
    #expect(
      try leave(due: noon, useUntil: end, notBefore: noon + .hours(1), [way()])
        == .leaves(noon + .hours(1), way: 0))
    #expect(
      try leave(due: noon, useUntil: end, [way(quiet: ("11:00", "14:00"))])
        == .leaves(noon + .hours(2), way: 0))
    #expect(
      try leave(due: noon, useUntil: end, [way(pausedUntil: noon + .hours(5))])
        == .leaves(noon + .hours(5), way: 0))
  }

  @Test("never comes where the wait is longer than the use, and says what it waited for")
  func stays() throws {
    let noon = Instant(seconds: 43_200)
    #expect(
      try leave(due: noon, useUntil: noon + .hours(1), [way(quiet: ("11:00", "14:00"))])
        == .stays(.quietHours))
    #expect(
      try leave(due: noon, useUntil: noon + .days(9), [way(pausedUntil: .distantFuture)])
        == .stays(.paused))
    #expect(
      try leave(due: noon, useUntil: noon, [way()]) == .stays(.tooLate))
  }

  @Test("takes the route's next channel where the first stays closed to the end of its turn")
  func route() throws {
    let noon = Instant(seconds: 43_200)
    let closed = try way(pausedUntil: .distantFuture)
    #expect(
      try leave(due: noon, useUntil: noon + .hours(4), [closed, way()])
        == .leaves(noon, way: 1))
    #expect(
      try leave(due: noon, useUntil: noon + .hours(4), [way(quiet: ("11:00", "13:00")), way()])
        == .leaves(noon + .hours(1), way: 0))
  }

  @Test("is superseded by a newer reminder of the row that leaves no later")
  func superseded() throws {
    func one(_ row: Int64, due: Int64, leaves: Int64, step: Int = 0, leg: Int = 0)
      -> Precedence.Leaving
    {
      Precedence.Leaving(
        row: RowHash(stored: row), leg: leg, due: Instant(seconds: due), step: step,
        leaves: Instant(seconds: leaves))
    }
    #expect(
      Precedence.superseded(among: [one(1, due: 0, leaves: 9), one(1, due: 5, leaves: 9)]) == [0])
    #expect(
      Precedence.superseded(among: [one(1, due: 0, leaves: 0), one(1, due: 5, leaves: 9)]) == [])
    #expect(
      Precedence.superseded(among: [one(1, due: 0, leaves: 9), one(2, due: 5, leaves: 9)]) == [])
    #expect(
      Precedence.superseded(among: [one(1, due: 0, leaves: 9), one(1, due: 5, leaves: 9, leg: 1)])
        == [])
    #expect(
      Precedence.superseded(among: [
        one(1, due: 0, leaves: 9, step: 1), one(1, due: 0, leaves: 9),
      ]) == [1])
    // Days off moved three recurrences of a step to one day.
    #expect(
      Precedence.superseded(among: [
        one(1, due: 5, leaves: 5), one(1, due: 5, leaves: 5), one(1, due: 5, leaves: 5),
      ]) == [0, 1])
  }
}
