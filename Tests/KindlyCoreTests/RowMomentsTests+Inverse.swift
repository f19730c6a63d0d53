import KindlyCore
import Testing

/// The search for rows, against the moments that they have.
extension RowMomentsTests {
  /// Rules, with what they do about missing dates and days off, and rows for them.
  private static let inverses: [(String, Skip, OffDays)] = [
    ("every month on x", .backward, .keep), ("every month on x", .forward, .later),
    ("every month on x", .omit, .keep), ("every 3 months after x until y", .forward, .keep),
    ("1 month after x", .forward, .keep), ("2 months before x", .omit, .earlier),
    ("every year on x", .forward, .keep), ("every year on lunar x", .forward, .keep),
    ("every year on lunar x", .omit, .later), ("every year on lunar date x", .backward, .keep),
    ("every year on lunar date x", .forward, .keep),
    ("every year on lunar date x", .omit, .earlier),
    ("every cycle days after x", .backward, .keep),
    ("every cycle days after x at most 5 times", .backward, .later),
    ("3 working hours after x", .backward, .keep), ("9 working hours before x", .backward, .keep),
    ("40 working hours after x at 23:00", .backward, .keep),
    ("100 working hours before x", .backward, .later),
  ]

  @Test("are all found by the search for rows, and none twice", arguments: inverses)
  func inverse(_ text: String, _ missing: Skip, _ offDays: OffDays) throws {
    let schedule = try Self.schedule(text, missing, offDays)
    let context = try Self.context("America/New_York")
    let kind = schedule.anchorKind(DateKinds())
    let start = try instant("2026-01-15T00:00:00Z")
    var found = 0
    for day in stride(from: -500, through: 120, by: 7) {
      let date = CivilDate(dayNumber: 20_485 + day)
      let value =
        kind.needsLunarYear == nil
        ? (day.isMultiple(of: 2) ? "\(date)" : "\(date) 17:45")
        : "\((day.magnitude % 12) + 1)\(day.isMultiple(of: 5) ? "L" : "")-\(day.magnitude % 30 + 1)"
      let row: RowValues = [
        "x": .text(value), "y": .text("2026-12-31"),
        "cycle": .integer(Int64(17 + day.magnitude % 40)),
      ]
      // A day that the rule does not read gives no moment.
      guard let own = try? schedule.of(row, as: DateKinds()) else { continue }
      func between(_ lower: Instant, _ upper: Instant) -> [Moment] {
        own.schedule.moments(
          of: own.anchor, after: lower, through: upper, late: .standard, in: context, limit: 10_000)
      }
      let whole = between(start, start + .days(60))
      found += whole.count
      var pieces: [Moment] = []
      for part in 0..<60 {
        let (lower, upper) = (start + .days(part), start + .days(part + 1))
        let moments = between(lower, upper)
        pieces += moments
        guard !moments.isEmpty else { continue }
        let isFound = schedule.anchors(after: lower, through: upper).contains {
          $0.lower <= own.anchor.roughSecond && own.anchor.roughSecond <= $0.upper
        }
        #expect(isFound, "\(text) misses \(value)")
      }
      #expect(pieces == whole)
      #expect(Set(whole.map(\.cycle)).count == whole.count)
      // The recheck reads the same from the cycle.
      for moment in whole {
        let again = schedule.moment(
          for: moment.cycle, in: row, as: DateKinds(), late: .standard, in: context)
        #expect(again == moment, "\(text) of \(value)")
      }
      // By brute force: every number there can be.
      guard schedule.end == RecurrenceEnd(), !own.anchor.isYearless else { continue }
      let first = text.contains("after") ? 1 : 0
      let numbers: [Int?] = schedule.recurs ? (first...600).map(\.self) : [nil]
      let counted = numbers.map { number in
        own.schedule.moment(of: own.anchor, number: number, late: .standard, in: context)
      }
      #expect(
        counted.filter { $0.due > start && $0.due <= start + .days(60) } == whole,
        "\(text) of \(value)")
    }
    #expect(found > 0)
  }

  @Test(
    "of dates around a holiday are found by the search for rows, whatever the zones",
    arguments: ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
  func holiday(_ zone: String) throws {
    let context = try Self.context(zone)
    // China's first days of May are five days off.
    let first = try #require(CivilDate(year: 2026, month: 4, day: 27))
    for text in [
      "2 working hours before x", "2 working hours before x at 23:00", "3 working hours after x",
      "3 working hours after x at 00:30", "1 workday before x", "1 workday after x at 23:00",
    ] {
      let schedule = try Self.schedule(text)
      for hour in stride(from: 0, to: 24 * 14, by: 5) {
        let wall = WallClock(
          date: first.adding(days: hour / 24), secondOfDay: hour % 24 * 3600 + 1_500)
        let anchor = Anchor.wall(wall)
        let due = schedule.moment(of: anchor, number: nil, late: .standard, in: context).due
        for window in [Duration.seconds(1), .hours(25)] {
          let isFound = schedule.anchors(after: due - window, through: due).contains {
            $0.lower <= anchor.roughSecond && anchor.roughSecond <= $0.upper
          }
          #expect(isFound, "\(text): \(wall.date) \(wall.timeText), due \(due)")
        }
      }
    }
  }

  @Test("of a narrow window come from a narrow search")
  func narrow() throws {
    for (text, most) in [
      ("3 working hours after x", 30), ("every year on lunar date x", 120),
      ("every month on x", 2_000),
    ] {
      let start = try instant("2026-06-15T00:00:00Z")
      let intervals = try Self.schedule(text).anchors(after: start, through: start + .days(1))
      let newest = intervals.filter {
        $0.upper > start.seconds - 86_400 * 365 * 2 || text.contains("lunar")
      }
      let days = newest.reduce(0) { $0 + ($1.upper - $1.lower) / 86_400 }
      #expect(days <= most, "\(text): \(days) days")
    }
  }
}

extension Anchor {
  fileprivate var isYearless: Bool {
    if case .lunar(let lunar) = self { lunar.year == nil } else { false }
  }
}
