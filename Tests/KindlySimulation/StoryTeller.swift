import KindlyTestKit

/// Invents a company and its year from a seed.
struct StoryTeller {
  private let seed: UInt64
  private var chance: SeededRandom
  let start: Int
  private(set) var rows: [SimRow] = []
  private(set) var configuration: SimConfiguration
  private var time = 0
  private var events: [SimEvent] = []
  private var nextKey = 1
  private var nextRule = 1
  /// The keys of rows that exist, and of deleted ones.
  private var keys: [Int] = []
  private var deleted: [Int] = []
  /// The rules that were ever written, with the number of their steps.
  private var rules: [String: Int] = [:]
  private var present: Set<String> = []
  private var isRunning = true

  /// A guard must not hold what happens: it waits for a person, and has tests of its own.
  private static let mostRows = 12
  private static let mostRules = 5

  init(seed: UInt64) {
    self.seed = seed
    chance = SeededRandom(seed: seed)
    start = NaiveTime.number(2026, 1, 5) * NaiveTime.day + chance.number(in: 0...86_399)
    configuration = SimConfiguration(
      rules: [StoryTeller.permanent], quietFrom: nil, quietTo: 510)
    if chance.isTrue(60) { configuration.quietFrom = 21 * 60 }
    for _ in 0..<chance.number(in: 2...7) { rows.append(row()) }
    for _ in 0..<chance.number(in: 1...4) { configuration.rules.append(rule()) }
  }

  /// A rule that is always there and names every column, so that what a look compares never changes: which of two looks
  /// with different columns notices a change is not defined.
  private static let permanent: SimRule = {
    func step(_ name: String, _ when: SimWhen, _ condition: SimCondition? = nil) -> SimStep {
      SimStep(
        name: name, when: when, condition: condition, isService: name == "welcome",
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

  private func today() -> Int { (start + time) / NaiveTime.day }

  // MARK: Data

  private mutating func row() -> SimRow {
    defer { nextKey += 1 }
    keys.append(nextKey)
    return SimRow(
      key: nextKey, status: chance.pick(SimRow.statuses), amount: chance.number(in: 0...5),
      isBlocked: chance.isTrue(5), starts: day(), ends: day(), meets: meeting(),
      home: chance.pick(Home.allCases))
  }

  /// Mostly a day near, so that something falls due.
  private mutating func day() -> Int? {
    if chance.isTrue(10) { return nil }
    let distance = chance.isTrue(70) ? chance.number(in: -15...45) : chance.number(in: -400...300)
    return today() + distance
  }

  private mutating func meeting() -> Int? {
    day().map { $0 * NaiveTime.day + chance.number(in: 0...95) * 900 }
  }

  private mutating func field() -> SimField {
    switch chance.number(in: 1...12) {
    case 1...3: .status(chance.pick(SimRow.statuses))
    case 4...5: .amount(chance.number(in: 0...5))
    case 6: .isBlocked(chance.isTrue(40))
    case 7: .starts(day())
    case 8...9: .ends(day())
    case 10...11: .meets(meeting())
    default: .home(chance.pick(Home.allCases))
    }
  }

  // MARK: Rules

  private mutating func rule() -> SimRule {
    defer { nextRule += 1 }
    let name = "rule\(nextRule)"
    var steps: [SimStep] = []
    for number in 1...(chance.isTrue(40) ? chance.number(in: 2...3) : 1) {
      steps.append(step("\(name)step\(number)"))
    }
    rules[name] = steps.count
    present.insert(name)
    // A deleted row has no values of which a condition could be asked.
    let hasDelete = steps.contains { $0.when == .delete }
    return SimRule(
      name: name, condition: hasDelete || chance.isTrue(50) ? nil : condition(), steps: steps)
  }

  private mutating func condition() -> SimCondition {
    switch chance.number(in: 1...3) {
    case 1: .status(chance.pick(SimRow.statuses))
    case 2: .statusIsNot(chance.pick(SimRow.statuses))
    default: .amountAtLeast(chance.number(in: 1...4))
    }
  }

  private mutating func step(_ name: String) -> SimStep {
    let when = when()
    var condition: SimCondition?
    if when != .delete, chance.isTrue(30) { condition = self.condition() }
    if case .update = when, chance.isTrue(20) {
      condition = .oldStatus(chance.pick(SimRow.statuses))
    }
    let routes = [["email"], ["post"], ["email", "post"], ["post", "email"]]
    var legs = [chance.pick(routes)]
    if chance.isTrue(20) { legs.append(chance.pick(routes.filter { $0 != legs[0] })) }
    return SimStep(
      name: name, when: when, at: when.isDated ? timeOfDay() : nil, late: late(),
      condition: condition, isService: chance.isTrue(30), legs: legs)
  }

  private mutating func when() -> SimWhen {
    let column = chance.pick([SimColumn.starts, .ends, .ends, .meets])
    switch chance.number(in: 1...13) {
    case 1...2: return .insert
    case 3...4:
      return .update(
        chance.pick([[], [.status], [.status, .amount], [.ends], [.amount], [.meets]]))
    case 5: return .delete
    case 6: return .on(column)
    case 7...8: return .before(span(), column)
    case 9...10: return .after(span(), column)
    case 11...12: return .every(period(), column)
    default: return .everyYearOn(column)
    }
  }

  private mutating func timeOfDay() -> Int? {
    chance.isTrue(50) ? nil : chance.number(in: 0...95) * 15
  }

  private mutating func span() -> SimSpan {
    let unit = chance.pick(SimSpan.Unit.allCases)
    let most =
      switch unit {
      case .minute: 180
      case .hour: 60
      case .day: 20
      case .week: 4
      case .month: 3
      case .year: 1
      }
    return SimSpan(count: chance.number(in: 1...most), unit: unit)
  }

  private mutating func period() -> SimSpan {
    switch chance.number(in: 1...5) {
    case 1: SimSpan(count: chance.number(in: 12...60), unit: .hour)
    case 2: SimSpan(count: chance.number(in: 1...20), unit: .day)
    case 3: SimSpan(count: chance.number(in: 1...4), unit: .week)
    case 4: SimSpan(count: chance.number(in: 1...5), unit: .month)
    default: SimSpan(count: 1, unit: .year)
    }
  }

  private mutating func late() -> SimSpan? {
    if chance.isTrue(60) { return nil }
    let unit = chance.pick([SimSpan.Unit.hour, .day, .week])
    return SimSpan(count: chance.number(in: 1...(unit == .hour ? 40 : 3)), unit: unit)
  }
}

// MARK: - The year

extension StoryTeller {
  mutating func tell() -> [SimEvent] {
    add(.turn)
    while time < Story.length {
      time += gap()
      happen()
    }
    if !isRunning { add(.start) }
    time += 3600
    add(.turn)
    return events
  }

  private mutating func add(_ kind: SimEvent.Kind) { events.append(SimEvent(at: time, kind: kind)) }

  /// Seconds at one time, weeks at another.
  private mutating func gap() -> Int {
    switch chance.number(in: 1...100) {
    case 1...10: chance.number(in: 0...90)
    case 11...25: chance.number(in: 60...3600)
    case 26...40: chance.number(in: 3600...NaiveTime.day)
    case 41...92: chance.number(in: NaiveTime.day...14 * NaiveTime.day)
    default: chance.number(in: 14 * NaiveTime.day...40 * NaiveTime.day)
    }
  }

  private mutating func happen() {
    switch chance.number(in: 1...100) {
    case 1...20: add(.turn)
    case 21...60: edit()
    case 61...72: reconfigure()
    case 73...79: toggleRunning()
    case 80...83: outage()
    case 84...91: crash()
    case 92...94: setClock()
    case 95...96: pause()
    default: add(.turn)
    }
    // Mostly Kindly looks at once, as it does in life.
    if chance.isTrue(70) {
      time += chance.number(in: 0...10)
      add(.turn)
      if chance.isTrue(40) {
        time += chance.number(in: 60...1200)
        add(.turn)
      }
    }
  }

  private mutating func edit() {
    for _ in 0..<(chance.isTrue(70) ? 1 : chance.number(in: 2...4)) {
      switch chance.number(in: 1...20) {
      case 1...4 where keys.count < StoryTeller.mostRows: add(.insert(row()))
      case 5 where keys.count > 1:
        let key = chance.pick(keys)
        keys.removeAll { $0 == key }
        deleted.append(key)
        add(.delete(key))
      case 6...7 where !deleted.isEmpty:
        let key = chance.pick(deleted)
        deleted.removeAll { $0 == key }
        keys.append(key)
        add(.restore(key))
      default:
        if !keys.isEmpty { add(.update(chance.pick(keys), field())) }
      }
    }
  }

  private mutating func toggleRunning() {
    add(isRunning ? .stop : .start)
    isRunning.toggle()
    if isRunning { return }
    // Mostly a restart.
    if chance.isTrue(70) {
      time += chance.number(in: 1...600)
      add(.start)
      isRunning = true
    }
  }

  private mutating func outage() {
    let channel = chance.pick(SimConfiguration.channels)
    add(.outage(channel: channel, isDown: true))
    for _ in 0..<chance.number(in: 1...4) {
      add(.turn)
      time += chance.number(in: 60...20_000)
    }
    add(.outage(channel: channel, isDown: false))
  }

  private mutating func pause() {
    guard isRunning, let rule = present.sorted().first else { return }
    let scope = chance.isTrue(70) ? rule : nil
    add(.pause(rule: scope))
    for _ in 0..<chance.number(in: 1...3) {
      add(.turn)
      time += chance.number(in: 60...100_000)
      if chance.isTrue(40) { edit() }
    }
    add(.resume(rule: scope))
  }

  /// The process dies while it works, reloads or starts.
  private mutating func crash() {
    guard isRunning else { return }
    let crash = SimEvent.Kind.crash(
      commit: chance.number(in: 1...6), isDurable: chance.isTrue(50))
    switch chance.number(in: 1...10) {
    case 1...2:
      add(crash)
      reconfigure()
    case 3...4:
      add(.stop)
      add(crash)
      add(.start)
    default: add(crash)
    }
    add(.turn)
    time += chance.number(in: 0...300)
    add(.start)
    add(.turn)
  }

  /// An hour forth or back, which is trusted; or ten years, which nobody confirms before they are taken back.
  private mutating func setClock() {
    guard isRunning else { return }
    if chance.isTrue(50) {
      add(.step(seconds: chance.pick([3600, -3600, 3000, -1800])))
      add(.turn)
      time += chance.number(in: 3700...9000)
      add(.turn)
    } else {
      add(.synchronise(false))
      add(.step(seconds: 3652 * NaiveTime.day))
      for _ in 0..<chance.number(in: 1...4) {
        add(.turn)
        time += chance.number(in: 1...7200)
      }
      add(.step(seconds: -3652 * NaiveTime.day))
      add(.synchronise(true))
      add(.turn)
    }
  }

  private mutating func reconfigure() {
    let absent = rules.keys.filter { !present.contains($0) }.sorted()
    let rule = present.sorted().first.map { _ in chance.pick(present.sorted()) }
    switch chance.number(in: 1...11) {
    case 1 where present.count > 1:
      guard let rule else { return }
      present.remove(rule)
      add(.configure(.remove(rule: rule)))
    case 2...3 where !absent.isEmpty:
      let back = chance.pick(absent)
      present.insert(back)
      add(.configure(.bringBack(rule: back)))
    case 4 where present.count < StoryTeller.mostRules: add(.configure(.add(self.rule())))
    case 5:
      guard let rule, let count = rules[rule], count < 6 else { return }
      rules[rule] = count + 1
      add(.configure(.addStep(rule: rule, step("\(rule)step\(count + 1)"))))
    case 6:
      let from = chance.isTrue(30) ? nil : chance.number(in: 19...23) * 60
      add(.configure(.quietHours(from: from, to: chance.number(in: 12...20) * 30)))
    case 7:
      guard let rule, let count = rules[rule] else { return }
      add(.configure(.setLate(rule: rule, step: chance.number(in: 0...count - 1), late())))
    case 8:
      guard let rule else { return }
      add(.configure(.renameRule(rule)))
    case 9:
      guard let rule, let count = rules[rule] else { return }
      add(.configure(.renameStep(rule: rule, step: chance.number(in: 0...count - 1))))
    case 10:
      guard let rule else { return }
      add(.configure(.setCondition(rule: rule, chance.isTrue(30) ? nil : condition())))
    default:
      guard let rule, let count = rules[rule] else { return }
      add(.configure(.setAt(rule: rule, step: chance.number(in: 0...count - 1), timeOfDay())))
    }
  }
}
