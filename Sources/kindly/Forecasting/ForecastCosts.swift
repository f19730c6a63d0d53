import KindlyConfig
import KindlyCore
import KindlyDesk

/// What the text messages of a forecast cost, by day and channel, with totals.
struct ForecastCosts {
  private let days: [CivilDate: [ExactText: ForecastCount.Bill]]
  private let prices: [ExactText: Money]

  init(_ days: [CivilDate: [ExactText: ForecastCount.Bill]], _ prices: [ExactText: Money]) {
    self.days = days
    self.prices = prices
  }

  var text: String {
    var table = Table([
      .init("date"), .init(""), .init("channel"), .init("text messages", .right),
      .init("segments", .right), .init("cost", .right),
    ])
    var sums: [ExactText: ForecastCount.Bill] = [:]
    for (date, bills) in days.sorted(by: { $0.key < $1.key }) {
      for (channel, bill) in bills.sorted(by: { $0.key < $1.key }) {
        table.add(
          [date.description, date.dayOfWeek.abbreviation] + cells(bill, channel.string))
        sums[channel, default: ForecastCount.Bill()] += bill
      }
    }
    for (channel, bill) in sums.sorted(by: { $0.key < $1.key }) {
      table.add(["total", ""] + cells(bill, channel.string))
    }
    var all = ForecastCount.Bill()
    for bill in sums.values { all += bill }
    if sums.count > 1 {
      var cost = Money.Sum()
      for (channel, bill) in sums {
        if let price = prices[channel] { cost += price * bill.segments }
      }
      table.add(["total", ""] + cells(all, "", cost: "\(cost)"))
    }
    return ([table.text] + notes(all)).joined(separator: "\n")
  }

  private func cells(_ bill: ForecastCount.Bill, _ channel: String) -> [String] {
    cells(bill, channel, cost: prices[channel].map { "\($0 * bill.segments)" } ?? "")
  }

  private func cells(_ bill: ForecastCount.Bill, _ channel: String, cost: String) -> [String] {
    let about = bill.isEstimated ? "about " : ""
    return [channel, "\(bill.messages)", "\(about)\(bill.segments)", "\(about)\(cost)"]
  }

  private func notes(_ bill: ForecastCount.Bill) -> [String] {
    var notes: [String] = []
    if bill.isEstimated {
      notes.append(
        "about: estimated from some letters of each step and language")
    }
    if bill.unknown > 0 {
      notes.append(
        "not included: \(counted(bill.unknown, "text message")) whose length is not known; see `kindly check`"
      )
    }
    return notes
  }

  /// The cost of one reminder's message.
  static func text(of entry: ForecastEntry, _ prices: [ExactText: Money]) -> String {
    guard case .leaves(_, let channel) = entry.fate, let price = prices[channel] else { return "" }
    return switch entry.size {
    case .written(let segments): "\(price * segments)"
    case .estimated(let segments): "about \(price * segments)"
    case .unknown: "unknown"
    case nil: ""
    }
  }
}
