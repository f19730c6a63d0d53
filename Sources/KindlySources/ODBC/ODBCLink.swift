#if ODBC
  import KindlyCore

  /// The connection of a source that is opened when it is needed, and again after it broke.
  final class ODBCLink {
    let diagnosis: ODBCDiagnosis
    private let password: Secret?
    private var reconnecting: Reconnecting
    private var lastProblem: SourceProblem?
    private(set) var connection: ODBCConnection?

    init(diagnosis: ODBCDiagnosis, password: Secret?, reconnecting: Reconnecting) {
      self.diagnosis = diagnosis
      self.password = password
      self.reconnecting = reconnecting
    }

    func connected() throws(SourceProblem) -> ODBCConnection {
      if let connection { return connection }
      if reconnecting.left != nil, let lastProblem { throw lastProblem }
      do throws(ODBCFailure) {
        let connection = try ODBCConnection(
          diagnosis.address.connectionString(
            password: password, restraints: SQLiteByODBC.restraints(on: diagnosis.address)),
          patience: diagnosis.deadline + ODBCConnection.grace)
        self.connection = connection
        return connection
      } catch {
        let problem = diagnosis.problem(error, asked: .source)
        drop(because: problem)
        throw problem
      }
    }

    /// Drops the connection, and leaves the database alone for a while; whoever asks meanwhile gets the problem.
    func drop(because problem: SourceProblem) {
      connection = nil
      reconnecting.waitLonger()
      lastProblem = problem
    }

    /// Ends the growing wait. Opening is not enough for that: the connection must be set up too.
    func resetWait() { reconnecting.reset() }

    func close() { connection = nil }
  }
#endif
