import KindlyTestKit

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

  mutating func add(_ kind: SimEvent.Kind) { events.append(SimEvent(at: time, kind: kind)) }

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
    case 1...10: add(.turn)
    case 11...13: lateAddress()
    case 14...20: appointment()
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
      case 8...11 where !keys.isEmpty: add(move())
      default:
        if !keys.isEmpty { add(.update(chance.pick(keys), field())) }
      }
    }
  }

  /// A new customer gets an address within minutes, or too late.
  private mutating func lateAddress() {
    guard keys.count < StoryTeller.mostRows else { return }
    var row = row()
    row.hasAddress = false
    add(.insert(row))
    for _ in 0..<chance.number(in: 1...3) {
      add(.turn)
      time += chance.number(in: 30...500)
    }
    add(.update(row.key, .hasAddress(true)))
    add(.turn)
    time += chance.number(in: 61...600)
    add(.turn)
  }

  /// A date is agreed, and moves when its customer may have been told.
  private mutating func appointment() {
    guard !keys.isEmpty, let column = whens["rule1"]?[0].column else { return }
    let key = chance.pick(keys)
    let day = today() + chance.number(in: 2...20)
    let second = chance.number(in: 0...95) * 900
    let field: SimField? =
      switch column {
      case .starts: .starts(day)
      case .ends: .ends(day)
      case .meets: .meets(day * NaiveTime.day + second)
      case .status, .amount: nil
      }
    if let field { add(.update(key, field)) }
    for _ in 0..<chance.number(in: 1...3) {
      for _ in 0..<chance.number(in: 1...2) {
        add(.turn)
        time += chance.number(in: 1...2 * NaiveTime.day)
      }
      add(.turn)
      add(.move(key, column, by: chance.pick([-1, 1, 2, 2, 7]) * NaiveTime.day))
    }
    add(.turn)
  }

  /// Somebody comes sooner or later than was agreed.
  private mutating func move() -> SimEvent.Kind {
    let column = chance.pick([SimColumn.starts, .ends, .ends, .meets, .meets])
    let days = chance.pick([-3, -1, 1, 2, 5, 14]) * NaiveTime.day
    let isByHours = column == .meets && chance.isTrue(40)
    return .move(chance.pick(keys), column, by: isByHours ? 3 * 3600 : days)
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
      switch chance.number(in: 1...100) {
      case 1...40: edit()
      // Who corrects a rule that was stopped may rename it on the way.
      case 81...100: add(.configure(.renameRule(rule)))
      default: break
      }
    }
    add(.resume(rule: scope))
  }

  /// The process dies while it works, reloads or starts.
  private mutating func crash() {
    guard isRunning else { return }
    let crash = SimEvent.Kind.crash(
      commit: chance.number(in: 1...30), isDurable: chance.isTrue(50))
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
}
