#if ODBC
  import KindlyCore

  /// Answers from one kind of database behind a driver.
  final class ODBCEngine<Database: ODBCDatabase>: ConnectedEngine {
    typealias Reader = ODBCReader<Database>
    typealias Shape = WatchShape<Database.Dialect>

    let pace: SlicePace
    private let link: ODBCLink
    /// What told the database from others when the connection was new.
    private var identity: String?
    /// The number of the connection; a count kept for each connection starts again with each.
    private var number: Int64 = 0
    var horizons = CursorHorizons()
    private var memory = Database.newMemory()
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(link: ODBCLink, pace: SlicePace) {
      self.link = link
      self.pace = pace
    }

    func close() {
      link.close()
      identity = nil
      horizons.forget()
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

    func reader(on connection: ODBCConnection) -> Reader { Reader(connection) }

    func leave() { link.close() }

    func endings(of question: Question) -> [String] { Database.endings(of: question) }

    func begun() throws -> ODBCConnection {
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
      let deadline = link.diagnosis.deadline
      for statement in Database.beginning(on: connection, deadline: deadline) {
        try connection.run(statement)
      }
    }

    private func setUp(_ connection: ODBCConnection) throws(SourceProblem) {
      do {
        let deadline = link.diagnosis.deadline
        connection.takesUTF8 = Database.takesUTF8
        // A server that ends what is late itself is given the time to say so.
        connection.limit = deadline + (Database.endsStatements ? ODBCConnection.grace : .zero)
        try Database.setUp(connection, deadline: deadline)
        connection.isSetUp = true
        number = ConnectionNumber.next()
        link.resetWait()
      } catch {
        let problem = problem(error, asked: .source)
        link.drop(because: problem)
        throw problem
      }
    }

    func reach(of cursor: Shape.Column, by reader: Reader) throws -> CursorReach {
      try Database.reach(of: cursor, in: reader)
    }

    // MARK: Pulse

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
        hash.combine(.integer(number))
        hash.combine(try Database.version(by: reader))
        return SourcePulse(identity: try Database.identity(by: reader), version: hash.stored)
      }
    }
  }
#endif
