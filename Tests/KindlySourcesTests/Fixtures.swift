import KindlyCore
import KindlySources
import KindlyTestKit

/// A watch on a table or query, with only what matters to a test.
func watching(
  _ table: String = "t", key: String..., query: String? = nil, changes: Watch.Changes? = nil,
  customer: String? = nil
) -> Watch {
  Watch(
    name: table, source: "crm", relation: query.map { .query($0) } ?? .table(table),
    key: key.isEmpty ? ["id"] : key, changes: changes,
    about: customer.map(Watch.About.customer) ?? .itself)
}

extension TemporaryDatabase {
  /// A source on this file.
  func source(
    deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace()
  ) -> DatabaseSource {
    DatabaseSource(sqlite: path, name: "crm", deadline: deadline, pace: pace)
  }
}

#if ODBC
  extension TemporaryDatabase {
    /// A source on this file by SQLite's ODBC driver.
    func byODBC(
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace()
    ) -> DatabaseSource {
      let address = ODBCAddress([
        ODBCAddress.Attribute("Driver", "SQLite3"), ODBCAddress.Attribute("Database", path),
      ])
      return DatabaseSource(
        odbc: address, password: nil, name: "crm", deadline: deadline, pace: pace, firstWait: .zero)
    }
  }
#endif

#if ODBC && PostgreSQL
  extension PostgresDatabase {
    /// A source on this database by PostgreSQL's ODBC driver.
    func byODBC(
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace()
    ) -> DatabaseSource {
      let address = ODBCAddress([
        ODBCAddress.Attribute("Driver", "PostgreSQL Unicode"),
        ODBCAddress.Attribute("Server", server.folder),
        ODBCAddress.Attribute("Port", "\(server.port)"),
        ODBCAddress.Attribute("Database", name), ODBCAddress.Attribute("UID", PostgresServer.user),
      ])
      return DatabaseSource(
        odbc: address, password: nil, name: "crm", deadline: deadline, pace: pace, firstWait: .zero)
    }
  }
#endif

#if ODBC && MariaDB
  extension MariaDBDatabase {
    /// Where it is for MariaDB's ODBC driver.
    var odbcAddress: ODBCAddress {
      ODBCAddress([
        ODBCAddress.Attribute("Driver", "MariaDB Unicode"),
        ODBCAddress.Attribute("Socket", server.folder + "/mysqld.sock"),
        ODBCAddress.Attribute("Database", name),
        ODBCAddress.Attribute("UID", MariaDBServer.user),
      ])
    }

    /// A source on this database by MariaDB's ODBC driver.
    func byODBC(
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace()
    ) -> DatabaseSource {
      DatabaseSource(
        odbc: odbcAddress, password: MariaDBServer.password, name: "crm", deadline: deadline,
        pace: pace, firstWait: .zero)
    }
  }
#endif

extension LookingSource {
  /// All slices of a sweep, joined.
  func sweepAll(_ watch: Watch, columns: [String] = [], captured: [String] = []) async throws
    -> (rows: [SourceRow], refused: RefusedKeys, slices: Int)
  {
    var (rows, refused, slices): ([SourceRow], RefusedKeys, Int) = ([], RefusedKeys(), 0)
    var after: SortKey?
    repeat {
      let slice = try await sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: columns, captured: captured),
          after: after))
      rows += slice.rows
      refused.missing += slice.refused.missing
      refused.duplicate += slice.refused.duplicate
      slices += 1
      after = slice.through
    } while after != nil
    return (rows, refused, slices)
  }
}

extension AskingSource {
  /// All pages of candidates, joined.
  func allCandidates(_ query: CandidateQuery) async throws -> [Candidate] {
    var candidates: [Candidate] = []
    var after: CandidatePlace?
    repeat {
      let page = try await self.candidates(
        CandidateQuery(
          watch: query.watch, schedule: query.schedule, kind: query.kind, lower: query.lower,
          upper: query.upper, conditions: query.conditions, zoneColumn: query.zoneColumn,
          calendarColumn: query.calendarColumn,
          clock: query.clock,
          after: after))
      candidates += page.candidates
      after = page.next
    } while after != nil
    return candidates
  }
}

extension AskingSource {
  /// What is wrong with a condition, asked of one row: in its SQL, or on that row.
  func fault(of condition: String, on key: String = "1") async -> SourceProblem? {
    let question = RowQuestion(
      watch: watching(), keys: [RowKey(canonical: "[\"\(key)\"]")], conditions: [condition],
      clock: noon)
    do throws(SourceProblem) {
      return try await rows(question).values.first?.fault
    } catch {
      return error
    }
  }

  /// What a column holds by its values, as the daemon finds it.
  func dateKind(of column: String, in watch: Watch = watching()) async throws -> DateKind {
    let evidence = try await dateEvidence(of: DateQuestion(watch: watch, sought: [column]))
    var sample = DateSample(zone: .utc)
    for value in evidence.values[ExactText(column)] ?? [] { sample.take(value) }
    return sample.kind
  }
}

func date(_ text: String) -> Instant {
  // A text that is no date is a fault of the test, which the line below ends.
  guard let date = try? Anchor(.text(text), as: .unknown), case .date(let date) = date else {
    fatalError("not a date: \(text)")
  }
  return Zone.utc.instant(of: WallClock(date: date, secondOfDay: 0))
}

let noon = QueryClock(now: date("2026-02-10") + .hours(12), zone: .utc)
