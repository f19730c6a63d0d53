#if PostgreSQL
  import KindlyCore

  /// A watch's change log on a PostgreSQL server.
  ///
  /// An id is assigned when an entry is written, so an entry with a lower id may be committed later. So each entry
  /// stores its transaction's number, and what was read is remembered as a snapshot: an entry is new if the present
  /// snapshot sees it and the remembered one does not. Entries of one row are in the order of their ids, because the
  /// row was locked between them.
  struct PostgresChangeLog<Reader: EngineReader>: ChangeLog
  where Reader.Dialect == PostgresDialect {
    private let shape: WatchShape<PostgresDialect>
    private let names: PostgresLogNames

    /// Opens the log of a watch. If the admin has not created it yet, the error names the command.
    init(of shape: WatchShape<PostgresDialect>, in reader: Reader) throws {
      self.shape = shape
      names = PostgresLogNames(shape.watch)
      let found = try reader.value(
        "SELECT to_regclass(:name) IS NOT NULL", ["name": .text(names.table)])
      guard found == .integer(1) else { throw ChangeLogTable.missing(of: shape.watch) }
      let isStandby = try reader.value("SELECT pg_is_in_recovery()")
      guard isStandby == .integer(0) else {
        throw SourceProblem(
          .watch,
          of: .watch(shape.watch.name),
          "a change log cannot be read from a standby, which does not show open transactions",
          hint: "set `url` to the primary, or write `changes: snapshot`")
      }
    }

    func read(after place: LogPlace, limit: Int, in reader: Reader) throws -> LogSlice {
      var slice = LogSlice(of: shape, from: place) { text, type in type.kind.value(text) }
      let now = try reader.value("SELECT CAST(pg_current_snapshot() AS text)")?.text ?? ""
      var progress = LogProgress(place.transactions, now: now)
      slice.head = try head(in: reader)
      if try slice.head < place.position || isAhead(progress.seen, in: reader) {
        slice.head = min(slice.head, max(place.position - 1, 0))
        slice.place = .start
        return slice
      }
      try skip(&progress, in: reader)
      try read(progress, limit: limit, into: &slice, in: reader)
      return slice
    }

    /// Moves to the first entry that may be new, which the index on transactions finds.
    ///
    /// Without the sum `id + 0`, the planner may scan along the ids instead, through everything that was read long ago.
    private func skip(_ progress: inout LogProgress, in reader: Reader) throws {
      guard let seen = progress.seen, progress.last == 0 else { return }
      let first = try reader.value(
        """
        SELECT min(id + 0) FROM \(names.table)
        WHERE transaction >= pg_snapshot_xmin(CAST(:seen AS pg_snapshot))
          AND transaction < pg_snapshot_xmax(CAST(:target AS pg_snapshot))
        """, ["seen": .text(seen), "target": .text(progress.target)])
      // If there is no such entry, nothing is read.
      progress.last = if case .integer(let first) = first { first - 1 } else { .max }
    }

    private func read(
      _ progress: LogProgress, limit: Int, into slice: inout LogSlice, in reader: Reader
    ) throws {
      // One more than asked for tells whether there are more.
      try reader.each(
        """
        SELECT id, op, CAST(key AS text), CAST(old AS text), CAST(new AS text)
        FROM \(names.table)
        WHERE \(progress.condition) ORDER BY id LIMIT :limit
        """,
        progress.parameters.merging(["limit": .integer(Int64(limit) + 1)]) { own, _ in own }
      ) { row in slice.take(row, limit: limit) }
      slice.place.position = max(slice.place.position, slice.entries.map(\.id).max() ?? 0)
      if slice.hasMore {
        slice.place.transactions = progress.going(on: slice.entries.last?.id ?? 0)
      } else {
        slice.hasMore = !progress.reachesNow
        let isSame = slice.entries.isEmpty && progress.seen != nil && progress.reachesNow
        // Nothing new: the old snapshot tells the same, and need not be stored again.
        slice.place.transactions = isSame ? slice.place.transactions : .text(progress.target)
      }
    }

    /// The highest id ever given, which outlives the entries.
    private func head(in reader: Reader) throws -> Int64 {
      let head = try reader.value(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM \(names.sequence)")
      if case .integer(let head) = head { return head }
      return 0
    }

    /// Whether a snapshot comes from a server that had counted further than this one.
    private func isAhead(_ snapshot: String?, in reader: Reader) throws -> Bool {
      guard let snapshot else { return false }
      let isAhead = try reader.value(
        "SELECT pg_snapshot_xmax(CAST(:seen AS pg_snapshot)) > pg_snapshot_xmax(pg_current_snapshot())",
        ["seen": .text(snapshot)])
      return isAhead == .integer(1)
    }
  }

  /// How far a log was read: everything that one snapshot sees, and perhaps part of what a later one sees.
  struct LogProgress {
    /// The snapshot whose entries were all read; nil before the first.
    let seen: String?
    /// The snapshot that is being read.
    let target: String
    /// Its unread new entries have higher ids than this.
    var last: Int64
    /// Whether the target is the snapshot of now.
    let reachesNow: Bool

    /// From the text that `LogPlace` keeps: `SEEN`, or `SEEN TARGET LAST` with `-` for no snapshot.
    init(_ stored: Value, now: String) {
      let parts = stored.text.split(separator: " ").map(String.init)
      let isWhole = parts.count == 3 && LogProgress.isSnapshot(parts[1])
      target = isWhole ? parts[1] : now
      last = isWhole ? Int64(parts[2]) ?? 0 : 0
      // A value stored by another mode is not a snapshot.
      seen = parts.first.flatMap { LogProgress.isSnapshot($0) ? $0 : nil }
      reachesNow = target == now
    }

    func going(on id: Int64) -> Value { .text("\(seen ?? "-") \(target) \(id)") }

    var condition: String {
      var terms = [
        "id > :last", "pg_visible_in_snapshot(transaction, CAST(:target AS pg_snapshot))",
      ]
      if seen != nil {
        // The bounds are for the indexes; the snapshots decide.
        terms.append("transaction >= pg_snapshot_xmin(CAST(:seen AS pg_snapshot))")
        terms.append("NOT pg_visible_in_snapshot(transaction, CAST(:seen AS pg_snapshot))")
      }
      return terms.joined(separator: " AND ")
    }

    var parameters: [String: Value] {
      ["last": .integer(last), "target": .text(target), "seen": seen.map { .text($0) } ?? .null]
    }

    /// `742:745:742,743`.
    private static func isSnapshot(_ text: String) -> Bool {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      return parts.count == 3 && Int64(parts[0]) != nil && Int64(parts[1]) != nil
        && parts[2].allSatisfy { $0.isNumber || $0 == "," }
    }
  }

  /// What a watch's change log is called on the server.
  struct PostgresLogNames {
    private let schema: String
    private let plain: String

    /// The server cuts names after 63 bytes; the longest ending of ours has 7.
    private static let longest = 56

    /// In the schema that is written before the table, if one is: the role's search path finds the log where the table is.
    init(_ watch: Watch, schema: String? = nil) {
      var schema = schema
      if schema == nil, case .table(let name) = watch.relation {
        schema = PostgresDialect.parts(of: name).schema
      }
      self.schema = schema.map { PostgresDialect.quoted($0) + "." } ?? ""
      let name = ChangeLogTable.name(of: watch)
      guard name.utf8.count > PostgresLogNames.longest else {
        plain = name
        return
      }
      var hash = RowHash()
      hash.combine(.text(name))
      let digits = String(hash.value, radix: 16)
      var start = name
      while start.utf8.count > PostgresLogNames.longest - digits.utf8.count - 1 {
        start.removeLast()
      }
      plain = "\(start)_\(digits)"
    }

    var table: String { schema + PostgresDialect.quoted(plain) }
    var sequence: String { schema + PostgresDialect.quoted(plain + "_id") }
    var function: String { schema + PostgresDialect.quoted(plain + "_write") }
    /// A trigger or an index, which is where its table is.
    func bare(_ ending: String) -> String { PostgresDialect.quoted(plain + ending) }
  }
#endif
