import KindlyCore
import Testing

@Suite("Corrections of moved dates") struct CorrectionTests {
  private static let now = Instant(seconds: 1_772_000_000)
  private static let later = now + .days(10)

  private static func date(_ text: String) -> AnnouncedDate { AnnouncedDate(stored: text) }

  private static func told(_ text: String, until: Instant = later) -> Announcement {
    Announcement(date: date(text), until: until)
  }

  /// A reminder of the row: its number, cycle, state, and what it told.
  private static func reminder(
    _ id: Int64, _ cycle: String, _ state: ReminderState, reason: Reason? = nil, leg: Int = 0,
    told: Announcement? = nil, isOfStep: Bool = true, due: Instant = now - .days(1)
  ) -> Neighbour {
    Neighbour(
      id: id, leg: leg, cycle: Cycle(stored: cycle), trigger: .moment, state: state,
      reason: reason, due: due, useUntil: later, next: nil, revivals: 0, hasSuccessor: false,
      isOfStep: isOfStep, told: told, decided: state == .sent ? due : nil)
  }

  private static func batch(
    of occurrence: PlannedOccurrence, isCorrection: Bool = true, legs: Int = 1
  ) -> PlanBatch {
    PlanBatch(
      rule: "visit", step: "only", trigger: .moment, legs: Array(0..<legs), messageClass: .care,
      configuration: 1, place: .unknown,
      corrections: CorrectionPolicy(steps: ["only"], nearness: .hours(24)),
      isCorrection: isCorrection, occurrences: [occurrence])
  }

  private static func occurrence(
    _ cycle: String, due: Instant = now, tells: Announcement? = nil
  ) -> PlannedOccurrence {
    PlannedOccurrence(
      key: RowKey(canonical: "[\"1\"]"), cycle: Cycle(stored: cycle), due: due, useUntil: later,
      customer: nil, holds: true, announcement: tells ?? told(cycle))
  }

  private func work(
    _ cycle: String = "2026-05-20", tells: Announcement? = nil, legs: Int = 1,
    beside neighbours: [Neighbour]
  ) -> [PlanWork] {
    let occurrence = Self.occurrence(cycle, tells: tells)
    return PlanDecision.work(
      for: occurrence, of: Self.batch(of: occurrence, legs: legs), beside: neighbours,
      now: Self.now)
  }

  @Test("follow what was sent and tells another date, once")
  func sent() {
    let first = Self.reminder(1, "2026-03-10", .sent, told: Self.told("2026-03-10"))
    let was = Self.date("2026-03-10")
    #expect(work(beside: [first]) == [.correct(leg: 0, number: 1, was: was)])
    for state in [ReminderState.waiting, .skipped, .failed] {
      let own = Self.reminder(2, "2026-05-20 correction 1", state)
      #expect(work(beside: [first, own]).isEmpty, "\(state)")
    }
  }

  @Test(
    "follow nothing that was not sent, tells the same date, or is over",
    arguments: [
      [],
      [reminder(1, "2026-03-10", .sent)],
      [reminder(1, "2026-03-10", .skipped, reason: .noAddress, told: told("2026-03-10"))],
      [reminder(1, "2026-03-10", .sent, told: told("2026-05-20"))],
      [reminder(1, "2026-03-10", .sent, told: told("2026-03-10", until: now))],
      // Another step told it last.
      [
        reminder(1, "2026-03-10", .sent, told: told("2026-03-10"), due: now - .days(3)),
        reminder(2, "2026-03-10", .sent, told: told("2026-03-10"), isOfStep: false),
      ],
      // A message on its way may tell the new date.
      [
        reminder(1, "2026-03-10", .sent, told: told("2026-03-10")),
        reminder(2, "2026-04-01 correction 1", .uncertain),
      ],
    ])
  func nothing(neighbours: [Neighbour]) {
    #expect(work(beside: neighbours).isEmpty)
  }

  @Test("tell no date that is over")
  func over() {
    let first = Self.reminder(1, "2026-03-10", .sent, told: Self.told("2026-03-10"))
    #expect(work(tells: Self.told("2026-05-20", until: Self.now), beside: [first]).isEmpty)
  }

  @Test("take the place of one that has not left, and end if the date is again what was sent")
  func movedAgain() {
    let first = Self.reminder(1, "2026-03-10", .sent, told: Self.told("2026-03-10"))
    let open = Self.reminder(2, "2026-04-01 correction 1", .waiting)
    let was = Self.date("2026-03-10")
    #expect(
      work(beside: [first, open])
        == [.correct(leg: 0, number: 1, was: was), .move(2, leg: 0, wasOpen: true)])
    #expect(work("2026-03-10", beside: [first, open]) == [.move(2, leg: 0, wasOpen: true)])
    let moved = Self.reminder(2, "2026-04-01 correction 1", .cancelled, reason: .dateMoved)
    #expect(work("2026-04-01", beside: [first, moved]) == [.revive(2)])
    let dropped = Self.reminder(2, "2026-04-01 correction 1", .cancelled, reason: .droppedByPerson)
    #expect(work("2026-04-01", beside: [first, dropped]).isEmpty)
  }

  @Test("are counted, so that the same date can be told again after another")
  func chain() {
    let chain = [
      Self.reminder(
        1, "2026-03-10", .sent, told: Self.told("2026-03-10"), due: Self.now - .days(4)),
      Self.reminder(
        2, "2026-05-20 correction 1", .sent, told: Self.told("2026-05-20"),
        due: Self.now - .days(3)),
      Self.reminder(
        3, "2026-03-10 correction 2", .sent, told: Self.told("2026-03-10"),
        due: Self.now - .days(2)),
    ]
    #expect(
      work(beside: chain) == [.correct(leg: 0, number: 3, was: Self.date("2026-03-10"))])
    #expect(work("2026-03-10", beside: chain).isEmpty)
  }

  @Test("are decided for each leg, and a follow-up belongs to its leg")
  func legs() {
    let neighbours = [
      Self.reminder(1, "2026-03-10", .sent, leg: 0, told: Self.told("2026-03-10")),
      Self.reminder(2, "2026-03-10", .failed, reason: .rejected, leg: 1),
      Self.reminder(3, "2026-03-10", .sent, leg: 102, told: Self.told("2026-03-10")),
      Self.reminder(4, "2026-03-10", .sent, leg: 2, told: Self.told("2026-05-20")),
    ]
    let was = Self.date("2026-03-10")
    #expect(work(legs: 2, beside: neighbours) == [.correct(leg: 0, number: 1, was: was)])
  }

  @Test("take the place of the new date's own reminder only if that is due within a day")
  func nearness() {
    let first = Self.reminder(1, "2026-03-10", .sent, told: Self.told("2026-03-10"))
    let was = Self.date("2026-03-10")
    let near = Self.reminder(2, "2026-05-20", .waiting, due: Self.now + .hours(23))
    #expect(
      work(beside: [first, near])
        == [.correct(leg: 0, number: 1, was: was), .move(2, leg: 0, wasOpen: true)])
    let far = Self.reminder(2, "2026-05-20", .waiting, due: Self.now + .hours(24))
    #expect(work(beside: [first, far]) == [.correct(leg: 0, number: 1, was: was)])
    for (state, due, isPlanned) in [
      (ReminderState.sent, 23, false), (.waiting, 23, false), (.sent, 24, true),
      (.cancelled, 23, true), (.failed, 23, true),
    ] {
      let correction = Self.reminder(
        3, "2026-05-20 correction 1", state, reason: state == .cancelled ? .condition : nil,
        due: Self.now)
      let ordinary = Self.occurrence("2026-05-20", due: Self.now + .hours(due))
      let work = PlanDecision.work(
        for: ordinary, of: Self.batch(of: ordinary, isCorrection: false),
        beside: [first, correction], now: Self.now)
      #expect(work.contains(.insert) == isPlanned, "\(state), due \(due)")
    }
  }

  @Test(
    "are possible for one date of a row that is told before it is over",
    arguments: [
      ("on ends_on", true), ("4 days before ends_on", true), ("2 hours before ends_on", true),
      ("3 workdays before ends_on", true), ("2 days after ends_on", false),
      ("every year on ends_on", false), ("every 2 weeks after ends_on", false),
      ("every Monday", false),
    ])
  func possible(when: String, isPossible: Bool) throws {
    #expect(try When.parse(when).schedule?.isCorrectable == isPossible)
  }

  @Test(
    "of a date that comes soon let its own reminder follow sooner",
    arguments: [
      ("4 days before ends_on", 24 * 60), ("on ends_on", 24 * 60), ("2 hours before ends_on", 120),
      ("30 minutes before ends_on", 30), ("3 workdays before ends_on", 24 * 60),
      ("2 working hours before ends_on", 120),
    ])
  func near(when: String, minutes: Int) throws {
    #expect(try When.parse(when).schedule?.nearness == .minutes(minutes))
  }

  @Test(
    "know a date again however its column is read",
    arguments: [
      ("2026-03-10", DateKind.unknown, "2026-03-10", "2026-03-10"),
      ("2026-03-10 00:00:00", .unknown, "2026-03-10", "2026-03-10"),
      ("2026-03-10 15:04:05", .unknown, "2026-03-10T15:04", "2026-03-10T15:04"),
      ("2026-03-10T15:04:05+08:00", .unknown, "2026-03-10T07:04Z", "2026-03-10T07:04Z"),
    ])
  func dates(value: String, kind: DateKind, text: String, stored: String) throws {
    let schedule = try #require(try When.parse("1 day before x").schedule)
    let context = MomentContext(
      zone: .utc, sourceZone: .utc, defaultTime: try #require(TimeOfDay("09:00")))
    let row: RowValues = ["x": .text(value)]
    let told = try #require(
      schedule.announcement(of: row, as: DateKinds(), in: context))
    #expect(told.date.text == text && told.date.stored == stored)
    #expect(AnnouncedDate(stored: stored) == told.date)
    #expect(schedule.announcement(of: ["x": .null], as: DateKinds(), in: context) == nil)
  }

  @Test("show a day as the day that it is, and know it as the point in time that it was read as")
  func day() {
    let day = AnnouncedDate(stored: "2026-03-09T16:00Z 2026-03-10")
    #expect(day.text == "2026-03-10")
    #expect(day.stored == "2026-03-09T16:00Z 2026-03-10")
    #expect(day == AnnouncedDate(stored: "2026-03-09T16:00Z"))
    #expect(day != AnnouncedDate(stored: "2026-03-10"))
  }
}
