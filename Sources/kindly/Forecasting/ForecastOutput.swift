import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk

/// Writes a forecast as it comes: every reminder for programs, counts for people.
struct ForecastOutput {
  enum Form {
    case table, list, csv, json
  }

  private let form: Form
  private let from: Instant
  private let through: Instant
  private let time: TimeText
  private let rules: [Rule]
  private let prices: [ExactText: Money]
  private var count: ForecastCount
  private var listed: [ForecastEntry] = []
  private var objects = JSONList()
  /// What went wrong first.
  private(set) var failure: Failure?

  init(
    form: Form, from: Instant, through: Instant, time: TimeText, rules: [Rule],
    prices: [ExactText: Money]
  ) {
    self.form = form
    self.from = from
    self.through = through
    self.time = time
    self.rules = rules
    self.prices = prices
    count = ForecastCount(zone: time.zone)
  }

  func begin() {
    switch form {
    case .csv: print(CSVOutput.line(ForecastView.heading))
    case .json: objects.begin()
    case .table, .list: break
    }
  }

  mutating func add(_ entry: ForecastEntry) throws {
    switch form {
    case .table: count.add(entry)
    case .list: listed.append(entry)
    case .csv: print(CSVOutput.line(view(of: entry).cells))
    case .json: try objects.add(view(of: entry))
    }
  }

  /// Tells of rows that a rule's condition fails on; their reminders wait, and are not counted.
  func add(_ faults: [RowFault], of rule: Rule) {
    guard let first = faults.first else { return }
    let rows = Set(faults.map(\.place.key)).sorted()
    Standard.error("kindly: rule \(rule.name): \(first.problem.sentence(on: rows)); not counted")
  }

  /// Warns of the days on which the fuse will hold the rule's reminders.
  func add(_ floods: [BlownFuse], of rule: Rule) {
    for flood in floods { Standard.error("kindly: \(flood.forecast(rule: rule.name))") }
  }

  mutating func add(_ problem: SourceProblem, of rule: Rule) {
    Standard.error(
      "kindly: rule \(rule.name): \(Failure.text(of: problem)); its reminders are not counted")
    failure = failure ?? Failure(problem)
  }

  func end() {
    switch form {
    case .csv: break
    case .json: objects.end()
    case .table:
      let page = ForecastPage(
        count, from: from, through: through, rules: rules, time: time, prices: prices)
      print(page.text)
    case .list: print(list)
    }
  }

  /// Ends what an error cuts short, so that a list is a whole JSON value.
  func cutShort() {
    if form == .json { objects.end() }
  }

  private func view(of entry: ForecastEntry) -> ForecastView {
    ForecastView(entry, time, prices: prices)
  }

  /// The reminders of one customer, in the order of time.
  private var list: String {
    guard !listed.isEmpty else {
      return "no reminders until \(time(through))"
    }
    // If nothing has a cost, the column would be empty.
    let hasCosts = listed.contains { $0.size != nil }
    var table = Table(
      [
        .init("time"), .init("rule"), .init("step"), .init("row"), .init("channel"),
        .init("not sent because"),
      ] + (hasCosts ? [.init("cost")] : []))
    for entry in listed.sorted(by: { ($0.time, $0.rule, $0.step) < ($1.time, $1.rule, $1.step) }) {
      let view = view(of: entry)
      table.add(
        [time(entry.time), view.rule, view.step, view.row, view.channel ?? "", view.reason ?? ""]
          + (hasCosts ? [ForecastCosts.text(of: entry, prices)] : []))
    }
    return table.text
  }
}
