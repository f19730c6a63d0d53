import KindlyCore

/// The table in the customer's database that triggers write for one watch.
struct ChangeLog {
  private let shape: WatchShape
  let table: String

  /// The name of a watch's change log.
  ///
  /// By watch and not by table, because key and columns are the watch's own.
  static func table(of watch: Watch) -> String { "kindly_changes_\(watch.name)" }

  /// The log of a watch; an error that names the command where the admin has not made it yet.
  init(of shape: WatchShape, in reader: SQLiteReader) throws {
    self.shape = shape
    table = ChangeLog.table(of: shape.watch)
    let found = try reader.count(
      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = :name COLLATE NOCASE",
      ["name": .text(table)])
    guard found > 0 else {
      throw SourceProblem(
        .watch, "watch \(shape.watch.name): the change log \(table) is not there",
        hint:
          "apply what `kindly source ddl \(shape.watch.name)` prints, or write `changes: snapshot`")
    }
  }

  /// The entries after a position, at most `limit`, as they are stored.
  func read(after position: Int64, limit: Int, in reader: SQLiteReader) throws -> LogSlice {
    let name = "main." + SQLText.quoted(table)
    var slice = LogSlice(shape: shape)
    // One more than asked for tells whether there are more.
    try reader.each(
      "SELECT id, op, key, old, new FROM \(name) WHERE id > :position ORDER BY id LIMIT :limit",
      ["position": .integer(position), "limit": .integer(Int64(limit) + 1)]
    ) { row in
      guard slice.entries.count < limit else {
        slice.hasMore = true
        return false
      }
      slice.entries.append((0..<5).map { row.value($0) })
      return true
    }
    // The table's own counter, for the entries themselves may have been trimmed.
    let head = try reader.value(
      "SELECT seq FROM main.sqlite_sequence WHERE name = :name COLLATE NOCASE",
      ["name": .text(table)])
    if case .integer(let head) = head { slice.head = head } else { slice.head = 0 }
    return slice
  }
}

/// Entries of a change log as they are stored; they are decoded after the transaction is closed.
struct LogSlice {
  let shape: WatchShape
  var entries: [[Value]] = []
  var hasMore = false
  var head: Int64 = 0

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
    return slice
  }

  private func decoded(_ entry: [Value]) -> LoggedChange? {
    guard case .integer(let id) = entry[0], case .integer(let number) = entry[1],
      let operation = ChangeOperation(rawValue: Int(number)), let names = values(entry[2]),
      let key = SortKey(shape.key.map { names[$0.name] ?? .null }), key.rowKey != nil
    else { return nil }
    return LoggedChange(
      id: id, operation: operation, key: key,
      old: operation == .insert ? nil : values(entry[3]) ?? [:],
      new: operation == .delete ? nil : values(entry[4]) ?? [:])
  }

  private func values(_ column: Value) -> RowValues? {
    guard case .text(let text) = column else { return nil }
    return JSONText.values(inObject: text)
  }
}
