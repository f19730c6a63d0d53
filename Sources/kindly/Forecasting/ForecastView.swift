import KindlyCore
import KindlyDesk

/// A reminder of a forecast for scripts.
struct ForecastView: Encodable {
  let rule: String
  let step: String
  let leg: Int
  let customer: String?
  let row: String
  let cycle: String
  let due: String
  /// Nil where it is not sent.
  let leaves: String?
  let channel: String?
  let reason: String?

  init(_ entry: ForecastEntry, _ time: TimeText) {
    rule = entry.rule
    step = entry.step
    leg = entry.leg
    customer = entry.customer?.description
    row = entry.key.description
    cycle = entry.cycle.description
    due = time.stamp(entry.due)
    switch entry.fate {
    case .leaves(let departure, let channel):
      leaves = time.stamp(departure)
      self.channel = channel
      reason = nil
    case .stays(let reason):
      leaves = nil
      channel = nil
      self.reason = reason.words
    }
  }

  static let heading = [
    "rule", "step", "leg", "customer", "row", "cycle", "due", "leaves", "channel", "reason",
  ]

  /// The cells of a line of CSV, under `heading`.
  var cells: [String] {
    [
      rule, step, "\(leg)", customer ?? "", row, cycle, due, leaves ?? "", channel ?? "",
      reason ?? "",
    ]
  }
}
