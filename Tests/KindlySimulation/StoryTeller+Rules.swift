import KindlyTestKit

/// The rules of a company.
extension StoryTeller {
  mutating func rule() -> SimRule {
    defer { nextRule += 1 }
    let name = "rule\(nextRule)"
    var steps: [SimStep] = []
    for number in 1...(chance.isTrue(40) ? chance.number(in: 2...3) : 1) {
      // The first rule reminds of a date, as most companies do.
      let isFirst = nextRule == 1 && number == 1
      steps.append(step("\(name)step\(number)", isFirst ? telling() : when()))
    }
    rules[name] = steps.count
    whens[name] = steps.map(\.when)
    present.insert(name)
    // A deleted row has no values of which a condition could be asked.
    let hasDelete = steps.contains(where: \.when.isDelete)
    return SimRule(
      name: name, condition: hasDelete || chance.isTrue(50) ? nil : condition(), steps: steps)
  }

  mutating func condition() -> SimCondition {
    switch chance.number(in: 1...3) {
    case 1: .status(chance.pick(SimRow.statuses))
    case 2: .statusIsNot(chance.pick(SimRow.statuses))
    default: .amountAtLeast(chance.number(in: 1...4))
    }
  }

  mutating func step(_ name: String, _ when: SimWhen) -> SimStep {
    var condition: SimCondition?
    if !when.isDelete, chance.isTrue(30) { condition = self.condition() }
    if case .change(.update, _) = when, chance.isTrue(20) {
      condition = .oldStatus(chance.pick(SimRow.statuses))
    }
    let routes = [["email"], ["post"], ["email", "post"], ["post", "email"]]
    var legs = [chance.pick(routes)]
    if chance.isTrue(20) { legs.append(chance.pick(routes.filter { $0 != legs[0] })) }
    var step = SimStep(
      name: name, when: when, at: when.isDated ? timeOfDay() : nil, late: late(),
      condition: condition, isService: chance.isTrue(30), legs: legs)
    if chance.isTrue(60) { step.missing = chance.pick(SimMissing.allCases) }
    // Whether a date that is left out counts as one of so many times is not defined.
    if when.recurs, step.missing != .skip, chance.isTrue(40) { step.end = end() }
    if when.tells { step.corrects = chance.isTrue(80) }
    if step.mayMove, chance.isTrue(20) { step.offDays = chance.pick(SimOffDays.allCases) }
    return step
  }

  mutating func end() -> SimEnd {
    switch chance.number(in: 1...5) {
    case 1: SimEnd()
    case 2...3: SimEnd(times: chance.number(in: 1...4))
    case 4: SimEnd(until: chance.pick([.starts, .ends, .meets]))
    default: SimEnd(until: chance.pick([.starts, .ends, .meets]), times: chance.number(in: 1...4))
    }
  }

  private mutating func telling() -> SimWhen {
    let column = chance.pick([SimColumn.starts, .ends, .meets])
    switch chance.number(in: 1...4) {
    case 1: return .before(SimSpan(count: chance.number(in: 1...60), unit: .hour), column)
    case 2: return .workdaysBefore(chance.number(in: 1...9), column)
    default: return .before(SimSpan(count: chance.number(in: 1...20), unit: .day), column)
    }
  }

  mutating func when() -> SimWhen {
    let column = chance.pick([SimColumn.starts, .ends, .ends, .meets])
    switch chance.number(in: 1...20) {
    case 1: return .change(.insert, after: nil)
    case 2...3: return .change(.update(columns()), after: nil)
    case 4: return .change(.delete, after: nil)
    case 5: return .change(.insertOrUpdate(columns()), after: chance.isTrue(30) ? delay() : nil)
    case 6: return .change(.insert, after: delay())
    case 7: return .change(.update(columns()), after: delay())
    case 8: return .on(column)
    case 9...11: return .before(span(), column)
    case 12...13: return .after(span(), column)
    case 14: return .workdaysBefore(chance.pick([-5, -1, 1, 2, 4, 9]), column)
    case 15...16: return .every(period(), column)
    case 17: return .everyMonthOn(column)
    case 18: return .everyAmountOfDays(column)
    case 19: return .everyMonthOn(column)
    default: return .everyYearOn(column)
    }
  }

  private mutating func columns() -> [SimColumn] {
    chance.pick([[], [.status], [.status, .amount], [.ends], [.amount], [.meets]])
  }

  mutating func delay() -> SimSpan {
    let unit = chance.pick([SimSpan.Unit.minute, .hour, .day, .day, .week])
    return SimSpan(count: chance.number(in: 1...(unit == .week ? 2 : 12)), unit: unit)
  }

  mutating func timeOfDay() -> Int? {
    chance.isTrue(50) ? nil : chance.number(in: 0...95) * 15
  }

  mutating func span() -> SimSpan {
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

  mutating func period() -> SimSpan {
    switch chance.number(in: 1...5) {
    case 1: SimSpan(count: chance.number(in: 12...60), unit: .hour)
    case 2: SimSpan(count: chance.number(in: 1...20), unit: .day)
    case 3: SimSpan(count: chance.number(in: 1...4), unit: .week)
    case 4: SimSpan(count: chance.number(in: 1...5), unit: .month)
    default: SimSpan(count: 1, unit: .year)
    }
  }

  mutating func late() -> SimSpan? {
    if chance.isTrue(60) { return nil }
    let unit = chance.pick([SimSpan.Unit.hour, .day, .week])
    return SimSpan(count: chance.number(in: 1...(unit == .hour ? 40 : 3)), unit: unit)
  }
}
