import KindlyConfig
package import KindlyCore

/// How many rows a subject has now, and over which channels their customers can be reached.
package struct CoverageCount {
  package let subject: CoverageSubject
  /// Rows that match.
  package private(set) var matching = Tally()
  /// Rows of the watch without a key of their own, which no rule sees.
  package var refused = 0
  /// Matching rows whose customer's time zone is unknown.
  package private(set) var withUnknownZone = Tally()
  /// Matching rows whose customer names an unknown calendar.
  package private(set) var withUnknownCalendar = Tally()
  /// Rows on which the conditions fail, which do not count as matching; only some of them if there are very many.
  package private(set) var faults: [RowKey: SourceProblem] = [:]
  /// What the date column holds.
  package private(set) var dates = AnchorCensus()
  /// For each channel, how many cannot be reached and why.
  private var obstacles: [ExactText: [Obstacle: Tally]] = [:]
  private var reaches: [Route: Reach] = [:]

  package init(_ subject: CoverageSubject) {
    self.subject = subject
  }

  /// Rows, and the different customers that they are about.
  package struct Tally {
    package private(set) var rows = 0
    /// Fingerprints, because a report may be about millions; a row without a customer adds none.
    private var known: Set<RowHash> = []

    package var customers: Int { known.count }

    mutating func add(_ customer: RowHash?) {
      rows += 1
      if let customer { known.insert(customer) }
    }

    package static func += (left: inout Tally, right: Tally) {
      left.rows += right.rows
      left.known.formUnion(right.known)
    }
  }

  /// Counts the dates of rows.
  mutating func addDates(of rows: [ReachableRow], as kinds: DateKinds) {
    guard let schedule = subject.schedule, let column = schedule.column else { return }
    for row in rows {
      dates.take(row.row.values.value(ofColumn: column) ?? .null, as: schedule.anchorKind(kinds))
    }
  }

  /// The birthdays that suspiciously many rows share; none for a date of another sort.
  package var birthdayHeaps: [AnchorCensus.Heap] {
    subject.isAboutBirthdays ? dates.birthdayHeaps : []
  }

  /// Counts a row with its obstacle on each channel; without an obstacle a channel reaches it.
  mutating func add(_ row: ReachableRow, _ found: [ExactText: Obstacle]) {
    let customer = row.row.customer?.fingerprint
    matching.add(customer)
    if row.customer?.hasUnknownZone == true { withUnknownZone.add(customer) }
    if row.customer?.hasUnknownCalendar == true { withUnknownCalendar.add(customer) }
    for (channel, obstacle) in found {
      obstacles[channel, default: [:]][obstacle, default: Tally()].add(customer)
    }
    let names = subject.channels.map { ExactText($0.name) }
    for route in subject.routes {
      let turns = route.turns(from: 0, preferring: row.customer?.preference, among: names)
      reaches[route, default: Reach()].add(
        customer, turn: turns.firstIndex { found[$0.channel] == nil }, of: turns)
    }
  }

  /// Notes a row that the conditions fail on.
  mutating func note(_ fault: SourceProblem, on row: RowKey) {
    if faults.count < CoverageCount.mostFaults { faults[row] = fault }
  }

  /// More failing rows than a person looks up one by one.
  static let mostFaults = 100

  /// What one channel reaches.
  package struct Line {
    package let name: String
    package let all: Tally
    package let unreached: Tally
    package let obstacles: [Obstacle: Tally]

    package var reached: Int { all.rows - unreached.rows }
  }

  /// Over which of a route's channels rows are reached, and how many over none.
  private struct Reach {
    var unreached = Tally()
    /// Over the first channel of the customer's own route.
    var overFirst = 0
    var byChannel: [ExactText: Int] = [:]

    mutating func add(_ customer: RowHash?, turn: Int?, of turns: [Route.Turn]) {
      guard let turn else {
        unreached.add(customer)
        return
      }
      if turn == 0 { overFirst += 1 }
      byChannel[turns[turn].channel, default: 0] += 1
    }
  }

  /// What a route with more than one channel reaches.
  package struct RouteLine {
    /// `sms else email`.
    package let name: String
    package let all: Tally
    /// The rows that the first channel reaches.
    package let overFirst: Int
    /// For each channel of the route, the rows for which it is the first that reaches the customer.
    package let byChannel: [(channel: String, rows: Int)]
    package let unreached: Tally

    package var reached: Int { all.rows - unreached.rows }
    package var overLater: Int { reached - overFirst }
  }

  /// A line for each channel.
  package var channels: [Line] {
    subject.channels.map { channel in
      let obstacles = obstacles[channel.name] ?? [:]
      return Line(
        name: channel.name, all: matching, unreached: obstacles.values.reduce(into: Tally(), +=),
        obstacles: obstacles)
    }
  }

  /// A line for each route with more than one channel, with the customers that none of them reaches.
  package var routes: [RouteLine] {
    subject.routes.map { route in
      let reach = reaches[route] ?? Reach()
      let channels = subject.channels.map(\.name).filter { name in
        route.asksPreference || route.channels.contains { $0.isExactly(name) }
      }
      return RouteLine(
        name: route.description, all: matching, overFirst: reach.overFirst,
        byChannel: channels.map { ($0, reach.byChannel[$0] ?? 0) }, unreached: reach.unreached)
    }
  }
}

/// A row whose customer cannot be reached over a channel, by ids alone.
package struct UnreachedRow {
  package let subject: CoverageSubject
  package let channel: String
  package let customer: RowKey?
  package let row: RowKey
  package let obstacle: Obstacle
  /// The column to fix, with its watch.
  package let column: String
}
