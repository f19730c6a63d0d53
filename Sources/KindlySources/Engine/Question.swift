import KindlyCore

/// What was asked when something went wrong; this decides what is blamed.
enum Question {
  case source
  case watch(Watch)
  /// SQL of a rule ran along.
  case condition(Watch)
  /// A list, by its name.
  case list(String)

  /// The watch that was asked about.
  var subject: Watch? {
    switch self {
    case .source, .list: nil
    case .watch(let watch), .condition(let watch): watch
    }
  }

  /// Whether SQL that another person wrote ran along.
  var hasForeignSQL: Bool {
    switch self {
    case .source: false
    case .condition, .list: true
    case .watch(let watch): if case .query = watch.relation { true } else { false }
    }
  }

  /// A question that a rule's conditions take part in, where it has some.
  static func about(_ watch: Watch, _ conditions: [String]) -> Question {
    conditions.isEmpty ? .watch(watch) : .condition(watch)
  }
}

/// How much one read transaction may fetch.
package struct SlicePace: Hashable, Sendable {
  /// Rows and time of a slice, as the manners towards a source demand.
  package let rows: Int
  package let time: Duration
  /// For readers that do not block writers: SQLite in WAL mode, and servers.
  package let timeBesideWriters: Duration

  package init(
    rows: Int = 5000, time: Duration = .milliseconds(50), timeBesideWriters: Duration = .seconds(1)
  ) {
    self.rows = rows
    self.time = time
    self.timeBesideWriters = timeBesideWriters
  }
}
