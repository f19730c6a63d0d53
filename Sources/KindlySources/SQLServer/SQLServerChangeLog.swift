#if ODBC
  import KindlyCore

  /// A watch's change log on a SQL Server.
  ///
  /// Each entry has a rowversion, a number that rises over the whole database; a lower one may be committed later. So
  /// the place is a number up to which everything was read, plus the later numbers that were read. Numbers below
  /// MIN_ACTIVE_ROWVERSION(), taken before the snapshot, are settled: they are in the snapshot or will never come.
  struct SQLServerChangeLog: ChangeLog {
    typealias Reader = ODBCReader<SQLServerByODBC>

    private let shape: WatchShape<SQLServerDialect>
    private let names: SQLServerLogNames

    /// The log of a watch; an error that names the command where the admin has not made it yet.
    init(of shape: WatchShape<SQLServerDialect>, in reader: Reader) throws {
      self.shape = shape
      names = SQLServerLogNames(shape.watch)
      let found = try reader.value(
        "SELECT OBJECT_ID(:name, N'U')", ["name": .text(names.table)])
      guard case .integer? = found else { throw ChangeLogTable.missing(of: shape.watch) }
      guard try SQLServerByODBC.hasSnapshot(reader) else {
        throw SourceProblem(
          .watch,
          of: .watch(shape.watch.name),
          "a change log must be read in the same snapshot as its table, which this database does not allow",
          hint: "ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or write `changes: snapshot`")
      }
    }

    func read(after place: LogPlace, limit: Int, in reader: Reader) throws -> LogSlice {
      var slice = LogSlice(of: shape, from: place) { text, type in
        // The trigger writes a rowversion as its number.
        (type.kind == .rowversion ? .integer : type.kind).value(text)
      }
      let horizon = try SQLServerByODBC.settled(reader)
      slice.head = try reader.integer("SELECT CONVERT(bigint, @@DBTS)")
      guard slice.head >= place.position else {
        slice.place = .start
        return slice
      }
      var progress = LogRanges(place)
      try progress.read(
        SQLServerChangeLog.select(from: names.table), limit: limit, into: &slice, in: reader)
      if !slice.hasMore { progress.settle(upTo: horizon) }
      slice.place = progress.place
      return slice
    }

    /// Entries of one row are in the order of their numbers, because the row was locked between them.
    static func select(from table: String) -> String {
      """
      SELECT CONVERT(bigint, rv), op, [key], old, new
      FROM \(table)
      WHERE rv > CONVERT(binary(8), CONVERT(bigint, :after)) AND rv < CONVERT(binary(8), CONVERT(bigint, :before))
      ORDER BY rv
      """
    }
  }

  /// What a watch's change log is called on the server.
  struct SQLServerLogNames {
    private let place: [String]
    private let plain: String

    /// Names have at most 128 characters; the longest ending of ours has 6.
    private static let longest = 122

    /// In the database and schema that are written before the table, if any are.
    init(_ watch: Watch, schema: String? = nil) {
      var place: [String] = []
      if case .table(let name) = watch.relation {
        place = SQLServerDialect.parts(of: name).dropLast()
      }
      self.place = schema.map { [$0] } ?? place
      plain = String(ChangeLogTable.name(of: watch).prefix(SQLServerLogNames.longest))
    }

    var table: String { ending("") }

    /// A trigger, which is in its table's schema.
    func ending(_ ending: String) -> String {
      (place + [plain + ending]).map(SQLServerDialect.quoted).joined(separator: ".")
    }

    /// A constraint or an index, which is where its table is.
    func bare(_ ending: String) -> String { SQLServerDialect.quoted(plain + ending) }
  }
#endif
