import KindlyConfig
import KindlyCore
import KindlyDesk

/// A forecast for people: a line with a bar for each day, and what each step sends.
struct ForecastPage {
  private let count: ForecastCount
  private let from: Instant
  private let through: Instant
  private let rules: [Rule]
  private let time: TimeText
  private let prices: [ExactText: Money]

  /// The widest bar, so that a line fits on a terminal of 80 columns.
  private static let widestBar = 40

  init(
    _ count: ForecastCount, from: Instant, through: Instant, rules: [Rule], time: TimeText,
    prices: [ExactText: Money]
  ) {
    self.count = count
    self.from = from
    self.through = through
    self.rules = rules
    self.time = time
    self.prices = prices
  }

  var text: String {
    let heading = "from \(time(from)) to \(time(through))"
    guard !count.steps.isEmpty || !count.staying.isEmpty else {
      return "no reminders \(heading)"
    }
    let costs = count.bills.isEmpty ? [] : [ForecastCosts(count.bills, prices).text]
    return ([heading, days] + costs + [steps]).joined(separator: "\n\n")
  }

  private var days: String {
    var table = Table([.init("date"), .init(""), .init("reminders", .right), .init("")])
    let largest = count.days.values.map(ForecastPage.total).max() ?? 0
    let last = time.zone.date(at: through - .seconds(1))
    var date = time.zone.date(at: from)
    while date <= last {
      let total = ForecastPage.total(count.days[date] ?? [:])
      table.add([
        date.description, date.dayOfWeek.abbreviation, "\(total)", bar(total, of: largest),
      ])
      date = date.adding(days: 1)
    }
    let channels = count.channels.map { channel in
      "\(channel.string) \(count.days.values.reduce(0) { $0 + ($1[channel] ?? 0) })"
    }
    table.add(["total", "", "\(count.leaving)", channels.joined(separator: ", ")])
    return table.text
  }

  private func bar(_ total: Int, of largest: Int) -> String {
    guard total > 0 else { return "" }
    let width = Double(ForecastPage.widestBar * total) / Double(largest)
    return String(repeating: "█", count: max(Int(width.rounded()), 1))
  }

  private static func total(_ day: [ExactText: Int]) -> Int { day.values.reduce(0, +) }

  private var steps: String {
    var table = Table([
      .init("rule"), .init("step"), .init("reminders", .right), .init("channels"),
      .init("not sent"),
    ])
    for rule in rules {
      for step in rule.steps {
        let name = StepName(rule: rule.name, step: step.name)
        let leaving = count.steps[name] ?? [:]
        let channels = leaving.sorted { $0.key < $1.key }.map { "\($0.key.string) \($0.value)" }
        let staying = (count.staying[name] ?? [:]).sorted { $0.key.words < $1.key.words }
          .map { "\($0.value) \($0.key.words)" }
        table.add([
          rule.name, step.name, "\(ForecastPage.total(leaving))",
          channels.joined(separator: ", "), staying.joined(separator: ", "),
        ])
      }
    }
    return table.text
  }
}
