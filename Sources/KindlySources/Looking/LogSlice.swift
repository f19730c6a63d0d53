import KindlyCore

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

  /// The start of a slice of a log whose trigger writes each value as its text; `read` makes a value of that.
  init<Dialect>(
    of shape: WatchShape<Dialect>, from place: LogPlace,
    reading read: @escaping @Sendable (UnsafeBufferPointer<UInt8>, Dialect.ColumnType) -> Value
  ) {
    let types = Dictionary(shape.columns.map { (ExactText($0.name), $0.type) }) { first, _ in first
    }
    self.init(key: shape.key.map(\.name), from: place) { column, stored in
      guard case .text(var text) = stored, let type = types[column] else { return stored }
      return text.withUTF8 { read($0, type) }
    }
  }

  /// Takes an entry from a row of id, operation, key, old and new values; false where the slice is full, and this is one more.
  mutating func take(_ row: some EngineRow, limit: Int) -> Bool {
    guard entries.count < limit else {
      hasMore = true
      return false
    }
    guard case .integer(let id) = row.value(0), case .integer(let operation) = row.value(1) else {
      return true
    }
    entries.append(
      Entry(id: id, operation: operation, key: row.value(2), old: row.value(3), new: row.value(4)))
    return true
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
    for (name, value) in values { values[name] = decode(name.string, value) }
    return values
  }
}
