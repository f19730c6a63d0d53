#if ODBC
  import CODBC
  import KindlyCore

  /// One connection through an ODBC driver; every unixODBC call on it is limited in time.
  ///
  /// Statements are sent as UTF-16, which no driver mistakes for a locale's encoding. A driver that does not support
  /// UTF-16 is sent UTF-8, because the driver manager would convert to the locale's encoding.
  final class ODBCConnection: EngineConnection {
    private let handle: SQLHDBC
    private let deadline = ODBCDeadline()
    /// Whether the connection still stood after the last statement.
    private(set) var isAlive = true
    /// When a statement with unread rows is cancelled.
    var limit: Duration
    /// Whether the session has the settings of its kind of database.
    var isSetUp = false
    var takesUTF8 = false
    /// Whether the database checked no text when it was written, so that texts are fetched as the bytes that they are.
    var isUnchecked = false
    /// What the database calls itself: `SQLite`, `PostgreSQL`, `MariaDB`.
    let product: String
    /// How many numbers were given to statements that must be told apart.
    private var numbers = 0

    /// What a connection may take to come about, in seconds.
    private static let connectSeconds = 5
    /// How much longer than a server's own deadline its answer may be on its way.
    static let grace = Duration.seconds(2)

    /// `patience` is how long the network may be silent, where the driver can tell.
    init(_ connectionString: String, patience: Duration) throws(ODBCFailure) {
      var allocated: SQLHANDLE?
      guard
        isSuccess(
          SQLAllocHandle(
            SQLSMALLINT(SQL_HANDLE_DBC), ODBCEnvironment.shared.handle, &allocated)),
        let handle = allocated
      else {
        throw .unreachable(ODBCDiagnostic(SQL_HANDLE_ENV, ODBCEnvironment.shared.handle))
      }
      ODBCConnection.set(SQL_ATTR_LOGIN_TIMEOUT, ODBCConnection.connectSeconds, of: handle)
      ODBCConnection.set(
        SQL_ATTR_CONNECTION_TIMEOUT, Int(patience.inSeconds.rounded(.up)), of: handle)
      var text = Array(connectionString.utf16) + [0]
      let answer = SQLDriverConnectW(
        handle, nil, &text, SQLSMALLINT(SQL_NTS), nil, 0, nil,
        SQLUSMALLINT(SQL_DRIVER_NOPROMPT))
      guard isSuccess(answer) else {
        let diagnostic = ODBCDiagnostic(SQL_HANDLE_DBC, handle)
        SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        throw .unreachable(diagnostic)
      }
      self.handle = handle
      limit = patience
      product = ODBCConnection.information(SQL_DBMS_NAME, of: handle)
    }

    deinit {
      SQLDisconnect(handle)
      SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
    }

    /// A driver that does not know an attribute does without.
    private static func set(_ attribute: Int32, _ value: Int, of handle: SQLHDBC) {
      SQLSetConnectAttrW(
        handle, attribute, UnsafeMutableRawPointer(bitPattern: value), SQL_IS_UINTEGER)
    }

    private static func information(_ item: Int32, of handle: SQLHDBC) -> String {
      var buffer = [SQLWCHAR](repeating: 0, count: 256)
      var length: SQLSMALLINT = 0
      let bytes = SQLSMALLINT(buffer.count * MemoryLayout<SQLWCHAR>.size)
      guard isSuccess(SQLGetInfoW(handle, SQLUSMALLINT(item), &buffer, bytes, &length)) else {
        return ""
      }
      return String(decoding: buffer.prefix { $0 != 0 }, as: UTF16.self)
    }

    // MARK: Statements

    /// Runs one or more statements and throws their rows away.
    func run(_ sql: String) throws(ODBCFailure) {
      let statement = try open(sql)
      while try statement.next() {}
    }

    /// The first value of the first row, as its text; empty where there is none.
    func text(_ sql: String) throws(ODBCFailure) -> String {
      let statement = try open(sql)
      guard try statement.fetch() else { return "" }
      return statement.cells.read(0) { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Runs one statement, whose rows come as they are fetched.
    func open(_ sql: String) throws(ODBCFailure) -> ODBCStatement {
      let statement = try allocated()
      statement.names = QuotedParts.withoutLiterals(sql)
      deadline.begin(statement.handle, limit: limit)
      let answer = statement.give(sql, SQLExecDirect, SQLExecDirectW)
      // An UPDATE that changes nothing returns SQL_NO_DATA.
      guard isSuccess(answer) || answer == SQL_NO_DATA else { throw failure(of: statement) }
      try statement.describe()
      return statement
    }

    /// Has the database prepare a statement without running it; tells how many columns it gives.
    func prepare(_ sql: String) throws(ODBCFailure) -> Int {
      let statement = try allocated()
      statement.names = QuotedParts.withoutLiterals(sql)
      deadline.begin(statement.handle, limit: limit)
      guard isSuccess(statement.give(sql, SQLPrepare, SQLPrepareW)) else {
        throw failure(of: statement)
      }
      // A driver may delay preparing until it is asked for the result.
      var columns: SQLSMALLINT = 0
      guard isSuccess(SQLNumResultCols(statement.handle, &columns)) else {
        throw failure(of: statement)
      }
      return Int(columns)
    }

    func nextNumber() -> Int {
      numbers += 1
      return numbers
    }

    private func allocated() throws(ODBCFailure) -> ODBCStatement {
      var statement: SQLHANDLE?
      guard isSuccess(SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle, &statement)),
        let statement
      else {
        isAlive = false
        throw .lost(ODBCDiagnostic(SQL_HANDLE_DBC, handle).message)
      }
      // Braces are a condition's own, and no escape sequences of ODBC's.
      SQLSetStmtAttrW(
        statement, SQL_ATTR_NOSCAN, UnsafeMutableRawPointer(bitPattern: Int(SQL_NOSCAN_ON)),
        SQL_IS_UINTEGER)
      return ODBCStatement(statement, of: self)
    }

    fileprivate func endDeadline(of statement: ODBCStatement) { deadline.end(statement.handle) }

    /// What the last call on a statement failed with.
    fileprivate func failure(of statement: ODBCStatement) -> ODBCFailure {
      let diagnostic = ODBCDiagnostic(SQL_HANDLE_STMT, statement.handle)
      let wasCancelled = deadline.end(statement.handle)
      if diagnostic.isLoss || isDead {
        isAlive = false
        return .lost(diagnostic.message)
      }
      return wasCancelled ? .cancelled : .refused(diagnostic.masked(asking: statement.names))
    }

    /// Whether the driver has noticed that the connection is no more.
    private var isDead: Bool {
      var isDead: SQLUINTEGER = 0
      let answer = SQLGetConnectAttrW(handle, SQL_ATTR_CONNECTION_DEAD, &isDead, 0, nil)
      return isSuccess(answer) && isDead == SQL_CD_TRUE
    }
  }

  /// The driver manager's environment, created once for the process.
  private struct ODBCEnvironment: Sendable {
    static let shared = ODBCEnvironment()

    // unixODBC locks it by itself; it is never freed.
    nonisolated(unsafe) let handle: SQLHANDLE?

    private init() {
      var allocated: SQLHANDLE?
      SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_ENV), nil, &allocated)
      SQLSetEnvAttr(
        allocated, SQL_ATTR_ODBC_VERSION,
        UnsafeMutableRawPointer(bitPattern: UInt(SQL_OV_ODBC3)), 0)
      handle = allocated
    }
  }

  private func isSuccess(_ answer: SQLRETURN) -> Bool {
    answer == SQL_SUCCESS || answer == SQL_SUCCESS_WITH_INFO
  }

  /// A statement that was run, and the row that it stands on; freed with the last use of it.
  final class ODBCStatement {
    fileprivate let handle: SQLHSTMT
    private let connection: ODBCConnection
    private(set) var columns: [ODBCColumn] = []
    let cells: ODBCCells
    /// Which columns are read as the bytes they are stored as.
    var binary: Set<Int> = []
    /// The SQL that was run, without the values in it.
    fileprivate var names = ""

    fileprivate init(_ handle: SQLHSTMT, of connection: ODBCConnection) {
      self.handle = handle
      self.connection = connection
      cells = ODBCCells(inUTF8: connection.takesUTF8 || connection.isUnchecked)
    }

    deinit {
      connection.endDeadline(of: self)
      SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle)
    }

    /// Gives the driver a statement in the encoding that it takes.
    fileprivate func give(
      _ sql: String,
      _ narrow: (SQLHSTMT?, UnsafeMutablePointer<SQLCHAR>?, SQLINTEGER) -> SQLRETURN,
      _ wide: (SQLHSTMT?, UnsafeMutablePointer<SQLWCHAR>?, SQLINTEGER) -> SQLRETURN
    ) -> SQLRETURN {
      if connection.takesUTF8 {
        var text = Array(sql.utf8)
        return narrow(handle, &text, SQLINTEGER(text.count))
      }
      var text = Array(sql.utf16)
      return wide(handle, &text, SQLINTEGER(text.count))
    }

    /// Goes to the next statement of several that were run at once; false where there is none.
    func next() throws(ODBCFailure) -> Bool {
      switch SQLMoreResults(handle) {
      case SQLRETURN(SQL_NO_DATA): return false
      case SQLRETURN(SQL_SUCCESS), SQLRETURN(SQL_SUCCESS_WITH_INFO):
        try describe()
        return true
      default: throw connection.failure(of: self)
      }
    }

    fileprivate func describe() throws(ODBCFailure) {
      var count: SQLSMALLINT = 0
      guard isSuccess(SQLNumResultCols(handle, &count)) else {
        throw connection.failure(of: self)
      }
      columns = (0..<Int(count)).map {
        ODBCColumn(handle, SQLUSMALLINT($0 + 1), inUTF8: connection.takesUTF8)
      }
    }

    /// Goes to the next row and reads it; false behind the last.
    func fetch() throws(ODBCFailure) -> Bool {
      guard !columns.isEmpty else { return false }
      let answer = SQLFetch(handle)
      if answer == SQL_NO_DATA { return false }
      guard isSuccess(answer) else { throw connection.failure(of: self) }
      cells.removeAll()
      // In order and once each, because a driver need not allow anything else.
      for column in columns.indices {
        guard cells.take(column, of: handle, asBytes: binary.contains(column)) else {
          throw connection.failure(of: self)
        }
      }
      return true
    }
  }
#endif
