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
        throw failed(diagnosis.problem(error, asked: .source))
      }
    }

    /// Leaves the database alone for a while after one that it cannot be spoken with.
    func failed(_ problem: SourceProblem) -> SourceProblem {
      connection = nil
      reconnecting.failed()
      lastProblem = problem
      return problem
    }

    /// Said when the database was understood, too.
    func succeeded() { reconnecting.succeeded() }

    func close() { connection = nil }
  }
#endif
