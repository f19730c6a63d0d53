#if MariaDB
  import KindlyCore

  /// The id up to which each watch's log is settled; kept in memory and lost at a restart.
  final class MariaDBLogHorizons {
    private var horizons: [ExactText: CursorHorizon] = [:]

    func settled(of watch: String) -> Int64 {
      guard case .integer(let id)? = horizons[watch]?.settled else { return 0 }
      return id
    }

    func note(_ id: Int64, of watch: String, _ transactions: OpenTransactions) {
      horizons[watch, default: CursorHorizon()].note(.integer(id), transactions)
    }

    func removeAll() { horizons.removeAll() }
  }

  /// A watch's change log on a MariaDB or MySQL server.
  ///
  /// An id is assigned when an entry is written, so an entry with a lower id may be committed later, or never. The
  /// place is therefore an id up to which everything was read, plus the later ids that were read. An id is settled once
  /// all transactions have ended that were open when a higher id was seen. Entries of one row are in the order of their
  /// ids, because the row was locked between them.
  struct MariaDBChangeLog<Reader: MariaDBAsking>: ChangeLog {
    private let shape: WatchShape<MariaDBDialect>
    private let horizons: MariaDBLogHorizons
    private let names: MariaDBLogNames
    /// The open transactions, listed after the snapshot in which the entries are read; the list may be out of date.
    private let transactions: OpenTransactions

    /// Opens the log of a watch. If the admin has not created it yet, the error names the command.
    init(
      of shape: WatchShape<MariaDBDialect>, horizons: MariaDBLogHorizons, in reader: Reader
    ) throws {
      self.shape = shape
      self.horizons = horizons
      names = MariaDBLogNames(shape.watch)
      let found = try reader.count(
        """
        SELECT count(*) FROM information_schema.tables
        WHERE table_schema = COALESCE(:database, DATABASE()) AND table_name = :name
        """, names.parameters)
      guard found > 0 else { throw ChangeLogTable.missing(of: shape.watch) }
      guard let transactions = try MariaDBTransactions.glance(by: reader) else {
        throw SourceProblem(
          .watch,
          of: .watch(shape.watch.name),
          "kindly's user must be able to see open transactions to read a change log",
          hint: "GRANT PROCESS ON *.* TO kindly's user, or write `changes: snapshot`")
      }
      self.transactions = transactions
    }

    func read(after place: LogPlace, limit: Int, in reader: Reader) throws -> LogSlice {
      var slice = LogSlice(of: shape, from: place) { text, type in
        // The trigger writes bits as a number.
        (type.kind == .bit ? .integer : type.kind).value(text)
      }
      slice.head = try head(in: reader)
      guard slice.head >= place.position else {
        slice.place = .start
        return slice
      }
      var progress = LogRanges(place)
      try progress.read(
        """
        SELECT id, op, `key`, old, new
        FROM \(names.table)
        WHERE id > :after AND id < :before
        ORDER BY id
        """, limit: limit, into: &slice, in: reader)
      if !slice.hasMore {
        // These transactions ended before this snapshot, so it contains everything they wrote.
        progress.settle(upTo: horizons.settled(of: shape.watch.name))
        // A fresh list may take a tenth of a second, so it is waited for where the log ends and not for each slice.
        let transactions =
          transactions.isFresh ? transactions : try MariaDBTransactions.seen(by: reader)
        if let transactions { horizons.note(progress.last, of: shape.watch.name, transactions) }
      }
      slice.place = progress.place
      return slice
    }

    /// The highest id ever given, which outlives the entries.
    private func head(in reader: Reader) throws -> Int64 {
      let head = try reader.value(
        """
        SELECT GREATEST(
          COALESCE((SELECT MAX(id) FROM \(names.table)), 0),
          COALESCE((
            SELECT CAST(auto_increment AS SIGNED) - 1 FROM information_schema.tables
            WHERE table_schema = COALESCE(:database, DATABASE()) AND table_name = :name), 0))
        """, names.parameters)
      if case .integer(let head) = head { return head }
      return 0
    }
  }

  /// What a watch's change log is called on the server.
  struct MariaDBLogNames {
    private let database: String?
    private let plain: String

    /// Names have at most 64 characters; the longest ending of ours has 7.
    private static let longest = 57

    /// In the database that is written before the table, if one is.
    init(_ watch: Watch) {
      var database: String?
      if case .table(let name) = watch.relation {
        database = MariaDBDialect.parts(of: name).database
      }
      self.database = database
      let name = ChangeLogTable.name(of: watch)
      guard name.unicodeScalars.count > MariaDBLogNames.longest else {
        plain = name
        return
      }
      var hash = RowHash()
      hash.combine(.text(name))
      let digits = String(hash.value, radix: 16)
      let start = name.unicodeScalars.prefix(MariaDBLogNames.longest - digits.count - 1)
      plain = String(String.UnicodeScalarView(start)) + "_" + digits
    }

    var table: String { ending("") }

    /// A trigger or event, which is in the table's database.
    func ending(_ ending: String) -> String {
      (database.map { MariaDBDialect.quoted($0) + "." } ?? "")
        + MariaDBDialect.quoted(plain + ending)
    }

    var parameters: [String: Value] {
      ["database": database.map { .text($0) } ?? .null, "name": .text(plain)]
    }
  }
#endif
