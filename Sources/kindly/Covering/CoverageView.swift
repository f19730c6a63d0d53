import KindlyCore
import KindlyDesk

/// A subject of the report for scripts.
struct CoverageView: Encodable {
  let rule: String
  let steps: [String]
  let watch: String
  let error: String?
  /// Rows of the watch without a key of their own, which no rule sees.
  let refused: Int?
  let leavesOutConditions: Bool
  /// Different customers whose time zone nobody knows.
  let customersWithUnknownZone: Int?
  /// Different customers who name a calendar that is not configured.
  let customersWithUnknownCalendar: Int?
  /// Birthdays that suspiciously many rows share, with how many.
  let heaps: [String: Int]
  let channels: [ChannelView]
  let routes: [RouteView]

  struct ChannelView: Encodable {
    let channel: String
    let rows: Int
    let reached: Int
    let unreached: Int
    /// The different customers that the rows are about, and those behind the unreached ones.
    let customers: Int
    let unreachedCustomers: Int
    /// By reason; zero ones included.
    let reasons: [String: Int]
  }

  struct RouteView: Encodable {
    let route: String
    let rows: Int
    let reached: Int
    let unreached: Int
    let customers: Int
    let unreachedCustomers: Int
    /// In the order of the route; a row counts for the first channel that reaches its customer.
    let reachedBy: [FirstView]
  }

  struct FirstView: Encodable {
    let channel: String
    let rows: Int
  }

  init(_ finding: CoverageReport.Finding, in report: CoverageReport) {
    rule = finding.subject.rule.name
    steps = finding.subject.steps.map(\.name)
    watch = finding.subject.watch.name
    leavesOutConditions = finding.subject.leavesOutConditions
    switch finding.result {
    case .success(let count):
      error = nil
      refused = count.refused
      customersWithUnknownZone = count.withUnknownZone.customers
      customersWithUnknownCalendar = count.withUnknownCalendar.customers
      heaps = Dictionary(uniqueKeysWithValues: count.birthdayHeaps.map { ($0.date, $0.rows) })
      let lines = report.lines(of: count)
      channels = lines.channels.map(ChannelView.init)
      routes = lines.routes.map(RouteView.init)
    case .failure(let problem):
      error = Failure.text(of: problem)
      (refused, heaps) = (nil, [:])
      (customersWithUnknownZone, customersWithUnknownCalendar) = (nil, nil)
      (channels, routes) = ([], [])
    }
  }
}

extension CoverageView.ChannelView {
  init(_ line: CoverageCount.Line) {
    let reasons = Obstacle.allCases.map { ($0.rawValue, line.obstacles[$0]?.rows ?? 0) }
    self.init(
      channel: line.name, rows: line.all.rows, reached: line.reached,
      unreached: line.unreached.rows, customers: line.all.customers,
      unreachedCustomers: line.unreached.customers,
      reasons: Dictionary(uniqueKeysWithValues: reasons))
  }
}

extension CoverageView.RouteView {
  init(_ line: CoverageCount.RouteLine) {
    self.init(
      route: line.name, rows: line.all.rows, reached: line.reached,
      unreached: line.unreached.rows, customers: line.all.customers,
      unreachedCustomers: line.unreached.customers,
      reachedBy: line.byChannel.map { .init(channel: $0.channel, rows: $0.rows) })
  }
}
