import KindlyConfig
import KindlyCore

/// How many rows a subject has now, and over which channels their customers can be reached.
struct CoverageCount {
  let subject: CoverageSubject
  /// Rows that match.
  private(set) var rows = 0
  /// Rows of the watch without a key of their own, which no rule sees.
  var refused = 0
  /// By channel: how many cannot be reached, and why.
  private var obstacles: [ExactText: [Obstacle: Int]] = [:]
  /// By route: how many can be reached over none of its channels.
  private var unreached: [Route: Int] = [:]

  init(_ subject: CoverageSubject) {
    self.subject = subject
  }

  /// Counts a row with what stands in the way over each channel; a channel that is not named reaches it.
  mutating func add(_ found: [ExactText: Obstacle]) {
    rows += 1
    for (channel, obstacle) in found { obstacles[channel, default: [:]][obstacle, default: 0] += 1 }
    for route in subject.routes where route.channels.allSatisfy({ found[$0] != nil }) {
      unreached[route, default: 0] += 1
    }
  }

  /// One line of the report.
  struct Line {
    /// A channel's name, or a route: `sms else email`.
    let name: String
    let rows: Int
    let unreached: Int
    /// Nil for a route, each of whose channels has reasons of its own.
    let obstacles: [Obstacle: Int]?

    var reached: Int { rows - unreached }
  }

  /// A line for each channel.
  var channels: [Line] {
    subject.channels.map { channel in
      let obstacles = obstacles[channel.name] ?? [:]
      return Line(
        name: channel.name, rows: rows, unreached: obstacles.values.reduce(0, +),
        obstacles: obstacles)
    }
  }

  /// A line for each route with more than one channel: whom none of them reaches.
  var routes: [Line] {
    subject.routes.map { route in
      Line(name: route.description, rows: rows, unreached: unreached[route] ?? 0, obstacles: nil)
    }
  }
}

/// A row whose customer cannot be reached over a channel, by ids alone.
struct UnreachedRow {
  let subject: CoverageSubject
  let channel: String
  let customer: RowKey?
  let row: RowKey
  let obstacle: Obstacle
  /// The column to mend, with its watch.
  let column: String
}
