#if MariaDB
  import CMariaDB
  import KindlyCore

  /// What went wrong with a server, before it is put into words for the operator.
  enum MariaDBFailure: Error {
    /// No connection came about; the number is the driver's or the server's.
    case unreachable(code: UInt32, String)
    /// The connection broke, or was ended by the server.
    case lost(String)
    /// The server refused a statement.
    case refused(code: UInt32, String)
    /// The server lacks what the questions are asked with.
    case tooOld(String)
    /// No host is in the part that the URL asks for.
    case unsuited(ServerAddress.Target)
    /// The server has no character set of that name.
    case unknownEncoding(String)
    case placeholder(String)
  }

  /// One connection to a server, with libmariadb's calls made to end.
  final class MariaDBConnection: EngineConnection {
    private let handle: UnsafeMutablePointer<MYSQL>
    private(set) var isAlive = true
    /// Whether the user may not see the replication status, so that it is not asked for again.
    var hidesReplication = false
    /// How many numbers were assigned to statements that must be distinguishable.
    private var numbers = 0
    private let host: ServerAddress.Host
    private let address: ServerAddress
    private let password: Secret?
    private let deadline: Duration
    /// The server's number for this connection.
    private var number: UInt = 0
    /// Since the last statement was sent.
    private var sent = Stopwatch()

    /// How much longer than the server's deadline its answer may be on its way.
    static let grace = Duration.seconds(2)
    /// The connect timeout for each host, in seconds.
    private static let connectSeconds: UInt32 = 5
    /// The timeout for sending a statement, in seconds.
    private static let writeSeconds: UInt32 = 10
    /// The errors of the driver itself have these numbers; after one the connection is of no more use.
    private static let driverErrors: ClosedRange<UInt32> = 2000...2999
    /// The server's word that it ends the connection: shutdown, KILL, a limit on idle transactions.
    private static let endings: Set<UInt32> = [1053, 1152, 1159, 1161, 1927, 4166, 4167, 4168]

    init(
      to host: ServerAddress.Host, of address: ServerAddress, password: Secret?, deadline: Duration
    ) throws(MariaDBFailure) {
      // Once for the process; later calls do nothing.
      guard mysql_server_init(0, nil, nil) == 0, let handle = mysql_init(nil) else {
        throw .unreachable(code: 0, "out of memory")
      }
      self.handle = handle
      (self.host, self.address, self.password, self.deadline) = (host, address, password, deadline)
      setOptions(of: address, host, deadline: deadline)
      let isSocket = host.name.isEmpty || host.name.hasPrefix("/")
      let socket = host.name.isEmpty ? MariaDBConnection.socket : host.name
      let connected = mysql_real_connect(
        handle, isSocket ? nil : host.name, address.user, password?.exposed, address.database,
        UInt32(host.port ?? MariaDBConnection.port), isSocket ? socket : nil, 0)
      guard connected != nil else {
        throw .unreachable(code: mysql_errno(handle), MariaDBConnection.text(mysql_error(handle)))
      }
      number = mysql_thread_id(handle)
    }

    deinit { mysql_close(handle) }

    /// Where Debian's servers listen.
    private static let (socket, port) = ("/run/mysqld/mysqld.sock", 3306)
    /// Where Debian's ca-certificates puts what is trusted.
    private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"

    /// Every relevant option is set explicitly, so that no configuration file of the environment decides it.
    private func setOptions(
      of address: ServerAddress, _ host: ServerAddress.Host, deadline: Duration
    ) {
      set(MYSQL_OPT_CONNECT_TIMEOUT, to: MariaDBConnection.connectSeconds)
      let patience = (deadline + MariaDBConnection.grace).inSeconds.rounded(.up)
      set(MYSQL_OPT_READ_TIMEOUT, to: UInt32(patience))
      set(MYSQL_OPT_WRITE_TIMEOUT, to: MariaDBConnection.writeSeconds)
      mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
      // A server must not ask for our files.
      set(MYSQL_OPT_LOCAL_INFILE, to: 0)
      let isSocket = host.name.isEmpty || host.name.hasPrefix("/")
      // Otherwise the driver would take `localhost` as its socket.
      let way = isSocket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP
      set(MYSQL_OPT_PROTOCOL, to: way.rawValue)
      guard address.security != .none else { return }
      var (yes, checks): (my_bool, my_bool) = (1, address.security == .checked ? 1 : 0)
      mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes)
      mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &checks)
      if address.security == .checked {
        mysql_options(
          handle, MYSQL_OPT_SSL_CA, address.certificates ?? MariaDBConnection.systemCertificates)
      }
    }

    private func set(_ option: mysql_option, to value: UInt32) {
      var value = value
      mysql_options(handle, option, &value)
    }

    /// The server's version as it names it: `10.11.6-MariaDB-0+deb12u1`, `8.0.36`.
    var version: String { MariaDBConnection.text(mysql_get_server_info(handle)) }

    var isMariaDB: Bool { MariaDBSession.isMariaDB(version) }

    // MARK: Statements

    /// Runs one statement and throws its rows away.
    func run(_ sql: String) throws(MariaDBFailure) { _ = try query(sql) }

    /// Runs one statement and fetches all its rows.
    func query(_ sql: String) throws(MariaDBFailure) -> MariaDBResult {
      try send(sql)
      guard let result = mysql_store_result(handle) else {
        guard mysql_errno(handle) == 0 else { throw failure }
        return MariaDBResult(nil)
      }
      return MariaDBResult(result)
    }

    /// Passes each row of one statement to `body` as it arrives, until it returns false; returns the number of rows
    /// passed.
    ///
    /// Remaining rows are read and discarded; if there may be many, the connection is abandoned instead.
    func stream(
      _ sql: String, mayBeMany: Bool, _ body: (MariaDBRow) throws -> Bool
    ) throws -> (rows: Int, isOver: Bool) {
      try send(sql)
      guard let result = mysql_use_result(handle) else { throw failure }
      let rows = MariaDBResult(result)
      var count = 0
      do {
        while let row = rows.next() {
          count += 1
          if try !body(row) {
            if mayBeMany { giveUp() }
            return (count, false)
          }
        }
      } catch {
        if mayBeMany { giveUp() }
        throw error
      }
      guard mysql_errno(handle) == 0 else { throw failure }
      return (count, true)
    }

    /// Has the server prepare a statement without running it; tells how many columns it gives.
    func prepare(_ sql: String) throws(MariaDBFailure) -> Int {
      guard let statement = mysql_stmt_init(handle) else { throw failure }
      defer { mysql_stmt_close(statement) }
      sent = Stopwatch()
      guard mysql_stmt_prepare(statement, sql, UInt(sql.utf8.count)) == 0 else {
        throw failed(
          mysql_stmt_errno(statement), MariaDBConnection.text(mysql_stmt_error(statement)))
      }
      guard mysql_stmt_param_count(statement) == 0 else { throw .placeholder("?") }
      return Int(mysql_stmt_field_count(statement))
    }

    func nextNumber() -> Int {
      numbers += 1
      return numbers
    }

    private func send(_ sql: String) throws(MariaDBFailure) {
      sent = Stopwatch()
      guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw failure }
    }

    private func giveUp() {
      isAlive = false
      mariadb_cancel(handle)
    }

    private var failure: MariaDBFailure {
      failed(mysql_errno(handle), MariaDBConnection.text(mysql_error(handle)))
    }

    private func failed(_ code: UInt32, _ message: String) -> MariaDBFailure {
      let isOver =
        MariaDBConnection.driverErrors.contains(code) || MariaDBConnection.endings.contains(code)
      if isOver {
        isAlive = false
        if sent.elapsed > deadline { endOnServer() }
      }
      return isOver ? .lost(message) : .refused(code: code, message)
    }

    /// Kills on the server, over another connection, whatever this connection's session is still working on.
    ///
    /// The server's own deadline does not cover work done while a statement is prepared. Without the kill that work
    /// would use up a processor and block an ALTER TABLE after we have given up on it.
    private func endOnServer() {
      do {
        let other = try MariaDBConnection(
          to: host, of: address, password: password, deadline: deadline)
        try other.run("KILL CONNECTION \(number)")
      } catch {
        // Losing the error is right: no other connection could be had, or the server has ended this one by itself.
      }
    }

    /// A message of the driver's in one line.
    static func text(_ message: UnsafePointer<CChar>?) -> String {
      guard let message else { return "" }
      return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
  }

  /// The rows of a statement; freed with the last row that stands on it.
  final class MariaDBResult {
    /// Nil where the statement gives no rows.
    private let handle: UnsafeMutablePointer<MYSQL_RES>?
    let columns: [(name: String, type: MariaDBType)]

    init(_ handle: UnsafeMutablePointer<MYSQL_RES>?) {
      self.handle = handle
      let fields = UnsafeBufferPointer(
        start: handle.flatMap { mysql_fetch_fields($0) },
        count: handle.map { Int(mysql_num_fields($0)) } ?? 0)
      columns = fields.map { field in
        (field.name.map { String(cString: $0) } ?? "", MariaDBType(field))
      }
    }

    deinit { if let handle { mysql_free_result(handle) } }

    /// The next row, valid until the one after it is fetched; nil after the last.
    func next() -> MariaDBRow? {
      guard let handle, let cells = mysql_fetch_row(handle),
        let lengths = mysql_fetch_lengths(handle)
      else { return nil }
      return MariaDBRow(result: self, cells: cells, lengths: lengths)
    }

    fileprivate func kind(_ column: Int) -> MariaDBType.Kind { columns[column].type.kind }
  }

  /// One row of a result.
  struct MariaDBRow: EngineRow {
    fileprivate let result: MariaDBResult
    fileprivate let cells: MYSQL_ROW
    fileprivate let lengths: UnsafeMutablePointer<UInt>

    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
      guard let start = cells[column] else { return nil }
      return UnsafeBufferPointer(
        start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self),
        count: Int(lengths[column]))
    }

    func value(_ column: Int) -> Value {
      bytes(column).map { result.kind(column).value($0) } ?? .null
    }

    func plainValue(_ column: Int) -> Value {
      result.kind(column) == .blob ? .null : value(column)
    }

    func keyValue(_ column: Int) -> Value? {
      bytes(column).flatMap { result.kind(column).keyValue($0) }
    }

    func isTrue(_ column: Int) -> Bool { value(column) == .integer(1) }
  }
#endif
