#if ODBC
  import KindlyCore

  /// Answers from one kind of database behind a driver.
  final class ODBCEngine<Database: ODBCDatabase>: Engine {
    typealias Reader = ODBCReader<Database>
    typealias Shape = WatchShape<Database.Dialect>

    let pace: SlicePace
    private let link: ODBCLink
    /// What told the database from others when the connection was new.
    private var identity: String?
    /// How often a connection was made; what counts by connection begins anew with each.
    private var connections: Int64 = 0
    private var horizons: [String: CursorHorizon] = [:]
    private var memory = Database.newMemory()
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(link: ODBCLink, pace: SlicePace) {
      self.link = link
      self.pace = pace
    }

    func close() {
      link.close()
      identity = nil
      // The next connection may reach another server, and its transactions have other names.
      horizons.removeAll()
      memory = Database.newMemory()
    }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      link.diagnosis.problem(error, asked: question, of: Database.self)
    }

    func log(of shape: Shape, in reader: Reader) throws -> Database.Log {
      try Database.log(of: shape, memory, in: reader)
    }

    func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String {
      try Database.logDDL(shape, columns: columns, in: reader)
    }

    func cautions(about shape: Shape, in reader: Reader) throws -> [String] {
      try Database.cautions(about: shape, user: link.diagnosis.address.user, in: reader)
    }

    func catalogue(in reader: Reader) throws -> any Catalogue {
      try Database.catalogue(in: reader)
    }

    // MARK: Transactions

    func read<Answer>(
      asking question: Question, _ body: (Reader) throws -> Answer
    ) throws(SourceProblem) -> Answer {
      do {
        let connection = try begun()
        do {
          let answer = try body(Reader(connection, limit: limit))
          try connection.run("COMMIT", limit: limit)
          return answer
        } catch {
          end(connection)
          throw error
        }
      } catch {
        throw problem(error, asked: question)
      }
    }

    /// When a statement is cancelled, if the server has not ended it before.
    private var limit: Duration {
      link.diagnosis.deadline + (Database.endsStatements ? ODBCConnection.grace : .zero)
    }

    /// Ends the transaction of a question that failed, with the connection where that is of no more use.
    private func end(_ connection: ODBCConnection) {
      do {
        guard connection.isAlive else { return close() }
        try connection.run("ROLLBACK", limit: limit)
      } catch {
        // The question's own error is the one to tell.
        close()
      }
    }

    /// A connection with an open transaction; one that broke while nobody used it is replaced at once.
    private func begun() throws -> ODBCConnection {
      if let connection = link.connection, connection.isSetUp {
        do {
          try begin(connection)
          return connection
        } catch {
          close()
        }
      }
      let connection = try link.connected()
      if !connection.isSetUp { try setUp(connection) }
      try begin(connection)
      return connection
    }

    private func begin(_ connection: ODBCConnection) throws {
      for statement in Database.beginning(deadline: link.diagnosis.deadline) {
        try connection.run(statement, limit: limit)
      }
    }

    private func setUp(_ connection: ODBCConnection) throws(SourceProblem) {
      do {
        connection.takesUTF8 = Database.takesUTF8
        try Database.setUp(connection, deadline: link.diagnosis.deadline)
        connection.isSetUp = true
        connections += 1
        link.succeeded()
      } catch {
        throw link.failed(problem(error, asked: .source))
      }
    }

    // MARK: Pulse and horizon

    /// Another file may have taken the place of the one that is open, and is opened then.
    func pulse() throws(SourceProblem) -> SourcePulse {
      var pulse = try seen()
      if let identity, identity != pulse.identity {
        close()
        pulse = try seen()
      }
      identity = pulse.identity
      return pulse
    }

    private func seen() throws(SourceProblem) -> SourcePulse {
      try read(asking: .source) { reader in
        var hash = RowHash()
        hash.combine(.integer(connections))
        hash.combine(try Database.version(by: reader))
        return SourcePulse(identity: try Database.identity(by: reader), version: hash.stored)
      }
    }

    func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? {
      let name = request.watch.name + " " + request.column
      guard request.after == nil else { return horizons[name].map { $0.settled ?? request.from } }
      return try read(asking: .watch(request.watch)) { reader in
        let shape = try Shape(request.watch, reading: reader)
        let cursor = try shape.column(request.column, as: "cursor column")
        let head = try CursorHead.read(of: cursor, in: shape, by: reader)
        switch try Database.reach(of: cursor, in: reader) {
        case .head:
          horizons[name] = nil
          return nil
        case .behind(let open): horizons[name, default: CursorHorizon()].note(head, open)
        case .settled(let value):
          horizons[name, default: CursorHorizon()].note(value, OpenTransactions())
        }
        return horizons[name]?.settled ?? request.from
      }
    }
  }
#endif
