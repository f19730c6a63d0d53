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

  /// Said where the admin has not made it yet.
  static func missing(of watch: Watch) -> SourceProblem {
    SourceProblem(
      .watch, "watch \(watch.name): the change log \(name(of: watch)) is not there",
      hint: "apply what `kindly source ddl \(watch.name)` prints, or write `changes: snapshot`")
  }

  /// The table that a log is made for, and those of the columns that can be logged.
  static func subject<Dialect>(
    of shape: WatchShape<Dialect>, columns: [String]
  ) throws(SourceProblem) -> (table: String, columns: [WatchColumn<Dialect>]) {
    guard case .table(let table) = shape.watch.relation else {
      throw SourceProblem(
        .watch, "watch \(shape.watch.name): a change log needs a table, and this watch is a query",
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
  /// How many new entries lie between two trimmings; each looks at twice as many of the oldest.
  static let trimEvery = 100
}

/// Entries of a change log as they are stored; they are decoded after the transaction is closed.
struct LogSlice {
  /// An entry: the row's key and its values before and after, each as a JSON object.
  struct Entry {
    let id: Int64
    let operation: Int64
    let key: Value
    let old: Value
    let new: Value
  }

  var entries: [Entry] = []
  var hasMore = false
  var head: Int64 = 0
  /// Where the next slice goes on.
  var place: LogPlace
  /// The key columns' names, in their order.
  let key: [String]
  /// How a stored value is read, where the log stores it in another form than a row gives it.
  let decode: @Sendable (_ column: String, _ stored: Value) -> Value

  init(
    key: [String], from place: LogPlace,
    decode: @escaping @Sendable (String, Value) -> Value = { $1 }
  ) {
    self.key = key
    self.place = place
    self.decode = decode
  }

  /// The slice with the entries of the log; one whose key is refused is counted.
  func added(to slice: SweepSlice) -> SweepSlice {
    var slice = slice
    for entry in entries {
      if let change = decoded(entry) {
        slice.logged.append(change)
      } else {
        slice.refused.missing += 1
      }
    }
    slice.hasMoreLog = hasMore
    slice.logHead = head
    slice.logPlace = place
    return slice
  }

  private func decoded(_ entry: Entry) -> LoggedChange? {
    guard let operation = ChangeOperation(rawValue: Int(entry.operation)),
      let names = values(entry.key), let key = SortKey(key.map { names[$0] ?? .null }),
      key.rowKey != nil
    else { return nil }
    return LoggedChange(
      id: entry.id, operation: operation, key: key,
      old: operation == .insert ? nil : values(entry.old) ?? [:],
      new: operation == .delete ? nil : values(entry.new) ?? [:])
  }

  private func values(_ column: Value) -> RowValues? {
    guard case .text(let text) = column, var values = JSONText.values(inObject: text) else {
      return nil
    }
    for (name, value) in values { values[name] = decode(name, value) }
    return values
  }
}
