import KindlyCore

/// The table in the customer's database that triggers write for one watch.
protocol ChangeLog {
  associatedtype Reader

  /// The entries after a position, at most `limit`, as they are stored.
  func read(after place: LogPlace, limit: Int, in reader: Reader) throws -> LogSlice
}

enum ChangeLogTable {
  /// The name of a watch's change log.
  ///
  /// By watch and not by table, because key and columns are the watch's own.
  static func name(of watch: Watch) -> String { "kindly_changes_\(watch.name)" }

  /// The problem when the admin has not created the change log yet.
  static func missing(of watch: Watch) -> SourceProblem {
    SourceProblem(
      .watch, of: .watch(watch.name), "the change log \(name(of: watch)) is not there",
      hint: "apply what `kindly source ddl \(watch.name)` prints, or write `changes: snapshot`")
  }

  /// The table that a log is made for, and those of the columns that can be logged.
  static func subject<Dialect>(
    of shape: WatchShape<Dialect>, columns: [String]
  ) throws(SourceProblem) -> (table: String, columns: [WatchColumn<Dialect>]) {
    guard case .table(let table) = shape.watch.relation else {
      throw SourceProblem(
        .watch, of: .watch(shape.watch.name),
        "a change log needs a table, and this watch is a query",
        hint: "write `changes: snapshot`, or watch the table")
    }
    var known: [WatchColumn<Dialect>] = []
    for name in columns { known.append(try shape.column(name)) }
    return (table, known.filter { !$0.isBlob })
  }

  /// A name in a comment must not end it.
  static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// The log keeps this many entries; a day of 200,000 changes may pass while kindly is stopped.
  static let mostEntries = 200_000
  /// Nor is an entry older than this kept, because it holds customers' data.
  static let mostDays = 7
  /// How many new entries trigger a trimming; each trimming checks twice as many of the oldest.
  static let trimEvery = 100
}
