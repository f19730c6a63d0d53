import KindlyCore
import KindlyDesk

/// A difference between two forecasts for scripts.
struct PlanView: Encodable {
  /// `added`, `dropped`, `moved` or `channel`.
  let change: String
  let rule: String
  let step: String
  let leg: Int
  let customer: String?
  /// Nil if it goes to the customer.
  let recipient: String?
  let row: String
  let cycle: String
  let due: String
  /// Nil where it no longer leaves.
  let leaves: String?
  let channel: String?
  /// Nil where it did not leave before.
  let leftBefore: String?
  let channelBefore: String?

  init(_ change: ForecastComparison.Change, _ time: TimeText) {
    let (word, entry, after, before): (String, ForecastEntry, ForecastEntry?, ForecastEntry?) =
      switch change {
      case .added(let added): ("added", added, added, nil)
      case .dropped(let dropped): ("dropped", dropped, nil, dropped)
      case .moved(let moved, let former): ("moved", moved, moved, former)
      case .rerouted(let moved, let former): ("channel", moved, moved, former)
      }
    let view = ForecastView(entry, time)
    self.change = word
    rule = view.rule
    step = view.step
    leg = view.leg
    customer = view.customer
    recipient = view.recipient
    row = view.row
    cycle = view.cycle
    due = view.due
    let later = after.map { ForecastView($0, time) }
    let former = before.map { ForecastView($0, time) }
    leaves = later?.leaves
    channel = later?.channel
    leftBefore = former?.leaves
    channelBefore = former?.channel
  }

  static let heading = [
    "change", "rule", "step", "leg", "customer", "row", "cycle", "leaves", "channel",
    "left_before", "channel_before", "due", "recipient",
  ]

  /// The cells of a line of CSV, under `heading`.
  var cells: [String] {
    [
      change, rule, step, "\(leg)", customer ?? "", row, cycle, leaves ?? "", channel ?? "",
      leftBefore ?? "", channelBefore ?? "", due, recipient ?? "",
    ]
  }
}
