#if PostgreSQL
  import CPostgres
  import Glibc
  import KindlyCore

  /// What went wrong with a server, before it is put into words for the operator.
  enum PostgresFailure: Error {
    /// No connection came about; what the driver says, and what it was asked for.
    case unreachable(String, wantsPassword: Bool, gavePassword: Bool)
    /// The connection broke, or was ended by the server.
    case lost(String)
    /// Nothing arrived for longer than the server itself would have worked.
    case silent
    /// The server refused a statement; the state is one of the manual's appendix A.
    case refused(state: String, String)
    case placeholder(String)

    /// The same without what the message quotes of a row.
    func masked(asking sql: String) -> PostgresFailure {
      switch self {
      case .refused(let state, let message):
        .refused(state: state, QuotedParts.masked(message, asking: sql))
      case .unreachable, .lost, .silent, .placeholder: self
      }
    }
  }

  /// One connection to a server; every wait for libpq is limited in time.
  ///
  /// libpq waits for an answer as long as TCP does. Here every wait has a limit, because the server's own deadline does
  /// not help if the cable is cut.
  final class PostgresConnection: EngineConnection {
    private let handle: OpaquePointer
    /// How long a statement may take on the server.
    private let deadline: Duration
    /// Number of cursors opened so far; each needs a name of its own in its transaction.
    private var cursors = 0
    /// The SQL that was sent last.
    private var asked = ""
    /// The constraint that the last refused statement violated; nil where it was refused for another reason.
    private(set) var violatedConstraint: String?

    /// How much longer than the server's deadline its answer may be on its way.
    static let grace = Duration.seconds(2)

    init(
      to address: ServerAddress, password: Secret?, deadline: Duration
    ) throws(PostgresFailure) {
      let settings = PostgresSettings(address, password)
      guard let handle = PQconnectdb(settings.text) else {
        throw .unreachable("out of memory", wantsPassword: false, gavePassword: false)
      }
      guard PQstatus(handle) == CONNECTION_OK else {
        let failure = PostgresFailure.unreachable(
          PostgresConnection.text(PQerrorMessage(handle)),
          wantsPassword: PQconnectionNeedsPassword(handle) == 1,
          gavePassword: PQconnectionUsedPassword(handle) == 1)
        PQfinish(handle)
        throw failure
      }
      // The server's notices are for people at a terminal.
      _ = PQsetNoticeReceiver(handle, { _, _ in }, nil)
      self.handle = handle
      self.deadline = deadline
    }

    deinit { PQfinish(handle) }

    /// Whether the server may still be working on a statement whose answer nobody waits for any more.
    private var isSilent = false

    var isAlive: Bool { !isSilent && PQstatus(handle) == CONNECTION_OK }

    /// Whether the database keeps texts as the bytes that came, in whatever encoding.
    var isUnchecked: Bool {
      PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } == "SQL_ASCII"
    }

    // MARK: Statements

    /// Runs statements that give no rows, separated by semicolons.
    func run(_ sql: String) throws(PostgresFailure) { _ = try runAll(sql) }

    /// Runs statements, separated by semicolons; gives the rows of the last one.
    func runAll(_ sql: String) throws(PostgresFailure) -> PostgresResult {
      asked = sql
      guard PQsendQuery(handle, sql) == 1 else { throw lost }
      return try result()
    }

    /// Runs one statement; the parameters are texts or NULL, and their types are found by the server.
    func query(
      _ sql: String, _ parameters: [String?] = []
    ) throws(PostgresFailure) -> PostgresResult {
      asked = sql
      let copies = parameters.map { $0.flatMap { strdup($0) } }
      defer { for copy in copies { free(copy) } }
      let values = copies.map { UnsafePointer($0) }
      guard PQsendQueryParams(handle, sql, Int32(values.count), nil, values, nil, nil, 0) == 1
      else { throw lost }
      return try result()
    }

    /// Prepares a statement without running it; tells its columns and how many parameters it has.
    func describe(_ sql: String) throws(PostgresFailure) -> PostgresResult {
      asked = sql
      guard PQsendPrepare(handle, "", sql, 0, nil) == 1 else { throw lost }
      _ = try result()
      guard PQsendDescribePrepared(handle, "") == 1 else { throw lost }
      return try result()
    }

    /// The socket that becomes readable when the server has sent something.
    var socket: Int32 { PQsocket(handle) }

    /// Takes all that other sessions notified; true where there was any.
    ///
    /// Reads until nothing is left, because the end of the connection may be all that follows, and is told once.
    func takeNotifications() throws(PostgresFailure) -> Bool {
      var hasAny = false
      repeat {
        guard PQconsumeInput(handle) == 1 else { throw lost }
        while let notification = PQnotifies(handle) {
          PQfreemem(notification)
          hasAny = true
        }
      } while isReadable
      return hasAny
    }

    private var isReadable: Bool {
      var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      return poll(&watched, 1, 0) > 0
    }

    func nextCursor() -> String {
      cursors += 1
      return "kindly_\(cursors)"
    }

    /// The last result of what was sent; an error of any of them.
    private func result() throws(PostgresFailure) -> PostgresResult {
      let stopwatch = Stopwatch()
      var last: PostgresResult?
      while true {
        try waitForResult(since: stopwatch)
        guard let next = PQgetResult(handle) else { break }
        let result = PostgresResult(next)
        if last?.failure == nil { last = result }
      }
      violatedConstraint = last?.constraint
      let failure = last?.failure?.masked(asking: asked)
      guard isAlive else { throw failure ?? lost }
      guard let last else { throw lost }
      if let failure { throw failure }
      return last
    }

    /// Waits until a whole result is there.
    private func waitForResult(since stopwatch: Stopwatch) throws(PostgresFailure) {
      let limit = deadline + PostgresConnection.grace
      while PQisBusy(handle) == 1 {
        let left = limit - stopwatch.elapsed
        guard left > .zero else {
          isSilent = true
          throw .silent
        }
        var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // A signal may end the wait early; the loop then simply checks again.
        _ = poll(&socket, 1, Int32(left.inSeconds * 1000) + 1)
        guard PQconsumeInput(handle) == 1 else { throw lost }
      }
    }

    private var lost: PostgresFailure {
      .lost(PostgresConnection.text(PQerrorMessage(handle)))
    }

    /// A message of libpq's in one line.
    static func text(_ message: UnsafePointer<CChar>?) -> String {
      guard let message else { return "" }
      return String(cString: message).split(whereSeparator: \.isNewline)
        .map { line in
          var line = line.drop(while: \.isWhitespace)
          while line.last?.isWhitespace == true { line.removeLast() }
          return String(line)
        }
        .joined(separator: "; ")
    }
  }

  /// What a statement gave; freed with the last row that stands on it.
  final class PostgresResult {
    private let handle: OpaquePointer
    let rowCount: Int
    let columnCount: Int
    private let kinds: [PostgresType.Kind]

    init(_ handle: OpaquePointer) {
      self.handle = handle
      rowCount = Int(PQntuples(handle))
      columnCount = Int(PQnfields(handle))
      kinds = (0..<PQnfields(handle)).map { PostgresType.kind(of: PQftype(handle, $0)) }
    }

    deinit { PQclear(handle) }

    /// How many parameters a prepared statement has.
    var parameterCount: Int { Int(PQnparams(handle)) }

    func name(_ column: Int) -> String {
      PQfname(handle, Int32(column)).map { String(cString: $0) } ?? ""
    }

    func type(_ column: Int) -> Oid { PQftype(handle, Int32(column)) }

    func row(_ index: Int) -> PostgresRow { PostgresRow(result: self, index: Int32(index)) }

    /// The server's refusal, where it is one.
    var failure: PostgresFailure? {
      switch PQresultStatus(handle) {
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
        .refused(
          state: PostgresConnection.text(field("C")),
          PostgresConnection.text(field("M")))
      default: nil
      }
    }

    /// The constraint that an error is about, where it names one.
    var constraint: String? { field("n").map { String(cString: $0) } }

    /// A part of an error, by the letter that libpq names it with: C the state, M the message, n the constraint (PG_DIAG_…).
    private func field(_ letter: Unicode.Scalar) -> UnsafePointer<CChar>? {
      UnsafePointer(PQresultErrorField(handle, Int32(letter.value)))
    }

    fileprivate func bytes(_ row: Int32, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
      let column = Int32(column)
      guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column)
      else { return nil }
      return UnsafeBufferPointer(
        start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self),
        count: Int(PQgetlength(handle, row, column)))
    }

    fileprivate func kind(_ column: Int) -> PostgresType.Kind { kinds[column] }
  }

  /// One row of a result.
  struct PostgresRow: EngineRow {
    fileprivate let result: PostgresResult
    fileprivate let index: Int32

    func value(_ column: Int) -> Value {
      result.bytes(index, column).map { result.kind(column).value($0) } ?? .null
    }

    func plainValue(_ column: Int) -> Value {
      result.kind(column) == .blob ? .null : value(column)
    }

    func keyValue(_ column: Int) -> Value? {
      result.bytes(index, column).flatMap { result.kind(column).keyValue($0) }
    }

    func isTrue(_ column: Int) -> Bool {
      result.bytes(index, column).map { $0.first == UInt8(ascii: "t") } ?? false
    }
  }
#endif
