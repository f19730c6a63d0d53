import KindlyTestKit

/// The edits of its configuration.
extension StoryTeller {
  mutating func reconfigure() {
    let absent = rules.keys.filter { !present.contains($0) }.sorted()
    let rule = present.sorted().first.map { _ in chance.pick(present.sorted()) }
    switch chance.number(in: 1...16) {
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
      let step = step("\(rule)step\(count + 1)", when())
      rules[rule] = count + 1
      whens[rule]?.append(step.when)
      add(.configure(.addStep(rule: rule, step)))
    case 6:
      let from = chance.isTrue(30) ? nil : chance.number(in: 19...23) * 60
      add(.configure(.quietHours(from: from, to: chance.number(in: 12...20) * 30)))
    default: if let rule { edit(rule) }
    }
  }

  private mutating func edit(_ rule: String) {
    guard let count = rules[rule] else { return }
    let step = chance.number(in: 0...count - 1)
    let edit: SimEdit =
      switch chance.number(in: 1...10) {
      case 1: .setLate(rule: rule, step: step, late())
      case 2: .renameRule(rule)
      case 3: .renameStep(rule: rule, step: step)
      case 4: .setCondition(rule: rule, chance.isTrue(30) ? nil : condition())
      case 5: .setEnd(rule: rule, step: step, end())
      case 6:
        .setOffDays(
          rule: rule, step: step, chance.isTrue(30) ? nil : chance.pick(SimOffDays.allCases))
      case 7...8: .setSpan(rule: rule, step: step, span(of: rule, step))
      default: .setAt(rule: rule, step: step, timeOfDay())
      }
    add(.configure(edit))
  }

  /// A span that suits a step.
  private mutating func span(of rule: String, _ step: Int) -> SimSpan {
    guard let when = whens[rule]?[step] else { return span() }
    return switch when {
    case .every: period()
    case .change: delay()
    case .on, .before, .after, .workdaysBefore, .everyAmountOfDays, .everyMonthOn, .everyYearOn:
      span()
    }
  }
}
