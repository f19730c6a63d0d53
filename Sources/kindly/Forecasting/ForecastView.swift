import KindlyConfig
import KindlyCore
import KindlyDesk

/// A reminder of a forecast for scripts.
struct ForecastView: Encodable {
  let rule: String
  let step: String
  let leg: Int
  let customer: String?
  /// Nil if it goes to the customer.
  let recipient: String?
  let row: String
  let cycle: String
  let due: String
  /// Nil where it is not sent.
  let leaves: String?
  let channel: String?
  let reason: String?
  /// Nil where the channel has no price, or the size is not known.
  let segments: Int?
  let cost: String?
  let currency: String?
  /// Whether the segments were estimated from other letters of the same kind.
  let estimated: Bool?

  init(_ entry: ForecastEntry, _ time: TimeText, prices: [ExactText: Money] = [:]) {
    rule = entry.rule
    step = entry.step
    leg = entry.leg
    customer = entry.customer?.description
    recipient = entry.recipient?.description
    row = entry.key.description
    cycle = entry.cycle.description
    due = time.stamp(entry.due)
    switch entry.fate {
    case .leaves(let departure, let channel):
      leaves = time.stamp(departure)
      self.channel = channel
      reason = nil
      let price = prices[channel]
      (segments, estimated) = ForecastView.segments(of: entry.size)
      let money = segments.flatMap { count in price.map { $0 * count } }
      cost = money?.amount
      currency = money?.currency
    case .stays(let reason):
      leaves = nil
      channel = nil
      self.reason = reason.words
      (segments, cost, currency, estimated) = (nil, nil, nil, nil)
    }
  }

  private static func segments(of size: MessageSize?) -> (Int?, estimated: Bool?) {
    switch size {
    case .written(let count): (count, false)
    case .estimated(let count): (count, true)
    case .unknown, nil: (nil, nil)
    }
  }

  static let heading = [
    "rule", "step", "leg", "customer", "row", "cycle", "due", "leaves", "channel", "reason",
    "segments", "cost", "currency", "estimated", "recipient",
  ]

  /// The cells of a line of CSV, under `heading`.
  var cells: [String] {
    [
      rule, step, "\(leg)", customer ?? "", row, cycle, due, leaves ?? "", channel ?? "",
      reason ?? "", segments.map { "\($0)" } ?? "", cost ?? "", currency ?? "",
      estimated.map { "\($0)" } ?? "", recipient ?? "",
    ]
  }
}
