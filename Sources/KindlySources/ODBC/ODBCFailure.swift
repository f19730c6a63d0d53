#if ODBC
  import CODBC

  /// What a driver tells of a failure (Microsoft's ODBC reference, SQLGetDiagRec).
  struct ODBCDiagnostic: Error {
    /// The five characters of SQLSTATE.
    let state: String
    /// The server's or driver's own number.
    let code: Int32
    /// The message in one line, without the names of who passed it on.
    let message: String
  }

  /// What went wrong with a database behind a driver, before it is put into words for the operator.
  enum ODBCFailure: Error {
    /// No connection came about.
    case unreachable(ODBCDiagnostic)
    /// The connection broke, or was ended by the server.
    case lost(String)
    /// A statement was cancelled by us, because it took too long.
    case cancelled
    case refused(ODBCDiagnostic)
    /// A database of which we know no dialect.
    case unknown(product: String)
    /// The database lacks what the questions are asked with.
    case tooOld(String, needed: String)
    case placeholder(String)
    /// The text contains several statements, and a driver would run all of them.
    case severalStatements
  }

  extension ODBCDiagnostic {
    /// The error of the last call on a handle; warnings before it are passed over.
    init(_ kind: Int32, _ handle: SQLHANDLE?) {
      var (state, message) = (
        [SQLWCHAR](repeating: 0, count: 6), [SQLWCHAR](repeating: 0, count: 2048)
      )
      var found: ODBCDiagnostic?
      var record: SQLSMALLINT = 1
      while found.map({ $0.isWarning }) ?? true {
        var (code, length): (SQLINTEGER, SQLSMALLINT) = (0, 0)
        let answer = SQLGetDiagRecW(
          SQLSMALLINT(kind), handle, record, &state, &code, &message, SQLSMALLINT(message.count),
          &length)
        guard answer == SQL_SUCCESS || answer == SQL_SUCCESS_WITH_INFO else { break }
        found = ODBCDiagnostic(
          state: String(decoding: state.prefix(5), as: UTF16.self), code: code,
          message: ODBCDiagnostic.plain(
            String(
              decoding: message.prefix(min(max(Int(length), 0), message.count - 1)), as: UTF16.self)
          ))
        record += 1
      }
      self = found ?? ODBCDiagnostic(state: "HY000", code: 0, message: "the driver says nothing")
    }

    /// The same without what the message quotes of a row.
    func masked(asking sql: String) -> ODBCDiagnostic {
      ODBCDiagnostic(
        state: state, code: code, message: QuotedParts.masked(message, asking: sql))
    }

    /// A warning, unless there is nothing else: a driver that cannot be loaded is one to the driver manager.
    private var isWarning: Bool { state.hasPrefix("01") }

    /// Whether the connection is no more, whatever was asked.
    var isLoss: Bool { state.hasPrefix("08") || state == "HYT01" }

    /// A message in one line, without `[vendor][driver]` before it.
    private static func plain(_ text: String) -> String {
      var text = text[...]
      while text.first == "[", let end = text.firstIndex(of: "]") {
        text = text[text.index(after: end)...]
      }
      return text.split(whereSeparator: \.isNewline).map { line in
        var line = line.drop(while: \.isWhitespace)
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
      }.joined(separator: "; ")
    }
  }
#endif
