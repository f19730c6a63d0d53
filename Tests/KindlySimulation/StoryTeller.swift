import KindlyTestKit

/// Invents a company and its year from a seed.
struct StoryTeller {
  private let seed: UInt64
  var chance: SeededRandom
  let start: Int
  var rows: [SimRow] = []
  var configuration: SimConfiguration
  var time = 0
  var events: [SimEvent] = []
  var nextKey = 1
  var nextRule = 1
  /// The keys of rows that exist, and of deleted ones.
  var keys: [Int] = []
  var deleted: [Int] = []
  /// The rules that were ever written, with the number of their steps.
  var rules: [String: Int] = [:]
  /// When their steps come.
  var whens: [String: [SimWhen]] = [:]
  var present: Set<String> = []
  var isRunning = true

  /// A guard must not hold what happens: it waits for a person, and has tests of its own.
  static let mostRows = 12
  static let mostRules = 5

  init(seed: UInt64) {
    self.seed = seed
    chance = SeededRandom(seed: seed)
    start = NaiveTime.number(2026, 1, 5) * NaiveTime.day + chance.number(in: 0...86_399)
    configuration = SimConfiguration(
      rules: [StoryTeller.permanent], quietFrom: nil, quietTo: 510)
    if chance.isTrue(60) { configuration.quietFrom = 21 * 60 }
    for _ in 0..<chance.number(in: 2...7) { rows.append(row()) }
    for _ in 0..<chance.number(in: 2...4) { configuration.rules.append(rule()) }
  }

  /// A rule that is always there and names every column, so that what a look compares never changes: which of two looks
  /// with different columns notices a change is not defined.
  private static let permanent: SimRule = {
    func step(_ name: String, _ change: SimRowChange, _ condition: SimCondition? = nil) -> SimStep {
      SimStep(
        name: name, when: .change(change, after: nil), condition: condition,
        isService: name == "welcome",
        legs: [["email"]])
    }
    return SimRule(
      name: "permanent",
      steps: [
        step("welcome", .insert), step("left", .delete),
        step("converted", .update([]), .oldStatus("trial")),
        step(
          "touched", .update([.status, .amount, .starts, .ends, .meets]), .amountAtLeast(4)),
      ])
  }()

  func today() -> Int { (start + time) / NaiveTime.day }

  // MARK: Data

  mutating func row() -> SimRow {
    defer { nextKey += 1 }
    keys.append(nextKey)
    return SimRow(
      key: nextKey, status: chance.pick(SimRow.statuses), amount: chance.number(in: 0...5),
      isBlocked: chance.isTrue(5), starts: day(), ends: day(), meets: meeting(),
      home: chance.pick(Home.allCases), hasAddress: chance.isTrue(90))
  }

  /// Mostly a day near, so that something falls due.
  private mutating func day() -> Int? {
    if chance.isTrue(10) { return nil }
    let distance = chance.isTrue(70) ? chance.number(in: -15...45) : chance.number(in: -400...300)
    let day = today() + distance
    // Many contracts end with a month.
    let date = NaiveTime.civil(day)
    if chance.isTrue(20) { return day - date.day + NaiveTime.length(date.year, date.month) }
    return day
  }

  private mutating func meeting() -> Int? {
    day().map { $0 * NaiveTime.day + chance.number(in: 0...95) * 900 }
  }

  mutating func field() -> SimField {
    switch chance.number(in: 1...14) {
    case 1...3: .status(chance.pick(SimRow.statuses))
    case 4...5: .amount(chance.number(in: 0...5))
    case 6: .isBlocked(chance.isTrue(40))
    case 7: .starts(day())
    case 8...9: .ends(day())
    case 10...11: .meets(meeting())
    case 12: .hasAddress(chance.isTrue(60))
    case 13: .hasAddress(true)
    default: .home(chance.pick(Home.allCases))
    }
  }
}
