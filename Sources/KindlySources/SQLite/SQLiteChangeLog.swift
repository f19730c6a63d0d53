import KindlyCore

/// A watch's change log in a SQLite file; SQLite has one writer, so its ids are in the order of the commits.
struct SQLiteChangeLog<Reader: EngineReader>: ChangeLog where Reader.Dialect == SQLiteDialect {
  private let shape: WatchShape<SQLiteDialect>
  private let table: String

  /// The log of a watch; an error that names the command where the admin has not made it yet.
  init(of shape: WatchShape<SQLiteDialect>, in reader: Reader) throws {
    self.shape = shape
    table = ChangeLogTable.name(of: shape.watch)
    let found = try reader.count(
      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = :name COLLATE NOCASE",
      ["name": .text(table)])
    guard found > 0 else { throw ChangeLogTable.missing(of: shape.watch) }
  }

  func read(after place: LogPlace, limit: Int, in reader: Reader) throws -> LogSlice {
    var slice = LogSlice(key: shape.key.map(\.name), from: place)
    // One more than asked for tells whether there are more.
    try reader.each(
      """
      SELECT id, op, key, old, new FROM \(SQLiteDialect.table(table))
      WHERE id > :position ORDER BY id LIMIT :limit
      """,
      ["position": .integer(place.position), "limit": .integer(Int64(limit) + 1)]
    ) { row in slice.take(row, limit: limit) }
    if let last = slice.entries.last { slice.place.position = last.id }
    // The table's own counter, for the entries themselves may have been trimmed.
    let head = try reader.value(
      "SELECT seq FROM main.sqlite_sequence WHERE name = :name COLLATE NOCASE",
      ["name": .text(table)])
    if case .integer(let head) = head { slice.head = head }
    if slice.head < place.position { slice.place = .start }
    return slice
  }
}
