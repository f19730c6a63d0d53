import KindlyCore

/// One connection to a server; each call blocks until it is answered or given up.
protocol ServerConnection: AnyObject {
  /// Whether it is of any more use after the last statement.
  var isAlive: Bool { get }

  /// Runs what gives no rows.
  func run(_ sql: String) throws
}

/// An engine that asks a server, over one connection that may break at any time.
protocol ServerEngine: Engine {
  associatedtype Connection: ServerConnection

  associatedtype Faults: Diagnosis

  var diagnosis: Faults { get }
  var manners: ServerManners { get }
  var line: ServerLine<Connection> { get set }

  /// A new connection, with what holds for all of its session.
  func connect() throws -> Connection

  /// Begins a transaction that reads one snapshot and cannot write; tells how old what it reads may be.
  ///
  /// Throws where the connection is of no more use, or no longer to a server that was asked for.
  func begin(on connection: Connection) throws -> ReplicaLag

  func reader(on connection: Connection) -> Reader

  /// The transactions that others have open, read after whatever they are compared with; nil where the user may not see them.
  func openTransactions(by reader: Reader) throws -> OpenTransactions?

  /// Forgets what is true only of the server that the connection was to.
  func forget()
}

/// What an engine keeps of its connection, and of the server behind it.
struct ServerLine<Connection: ServerConnection> {
  fileprivate(set) var connection: Connection?
  /// Why no connection came about when one was last tried; nil while one stands or was not needed.
  fileprivate(set) var refusal: SourceProblem?
  /// What tells the database from others; asked once for each connection.
  var identity: String?
  fileprivate var reconnecting: Reconnecting
  /// The next connection may reach another server, whose transactions have other names, so they end with it.
  fileprivate var horizons: [String: CursorHorizon] = [:]
  /// Whether the user may not see open transactions.
  fileprivate var isBlind = false

  init(_ reconnecting: Reconnecting) { self.reconnecting = reconnecting }
}

extension ServerEngine {
  var refusal: SourceProblem? { line.refusal }

  func close() {
    line.connection = nil
    line.identity = nil
    line.horizons.removeAll()
    forget()
  }

  func forget() {}

  // MARK: Transactions

  func read<Answer>(
    asking question: Question, _ body: (Reader) throws -> Answer
  ) throws(SourceProblem) -> Answer {
    do {
      let (connection, lag) = try begun()
      do {
        if lag.exceeds(manners.replicaLag) { throw tooFarBehind }
        let answer = try body(reader(on: connection))
        // One whose rows were left is not asked again, and its transaction ends with it.
        if connection.isAlive { try connection.run("COMMIT") } else { line.connection = nil }
        return answer
      } catch {
        end(connection)
        throw error
      }
    } catch {
      throw problem(error, asked: question)
    }
  }

  /// Nothing is judged by what may have changed long ago, so it is as if the server did not answer.
  private var tooFarBehind: SourceProblem {
    diagnosis.unreachable(
      "is a replica that is more than \(diagnosis.text(manners.replicaLag)) behind its primary, or does not hear from it",
      "nothing to do if it catches up; else look at its replication, or set `replica lag` to what may pass"
    )
  }

  /// Ends the transaction of a question that failed, with the connection where that is of no more use.
  private func end(_ connection: Connection) {
    do {
      guard connection.isAlive else { return close() }
      try connection.run("ROLLBACK")
    } catch {
      // The question's own error is the one to tell.
      close()
    }
  }

  /// A connection with an open transaction; one that broke while nobody used it is replaced at once.
  private func begun() throws(SourceProblem) -> (Connection, ReplicaLag) {
    if let connection = line.connection {
      do {
        return (connection, try begin(on: connection))
      } catch {
        close()
      }
    }
    if line.reconnecting.left != nil, let refusal = line.refusal { throw refusal }
    do {
      let connection = try connect()
      // A pool may let us in and have no server behind it, which the first statement tells.
      let lag = try begin(on: connection)
      line.reconnecting.succeeded()
      line.refusal = nil
      line.connection = connection
      return (connection, lag)
    } catch {
      let problem = problem(error, asked: .source)
      line.reconnecting.failed()
      line.refusal = problem
      throw problem
    }
  }

  // MARK: The cursor's horizon

  func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? {
    let name = request.watch.name + " " + request.column
    if request.after == nil {
      let noted = try read(asking: .watch(request.watch)) { reader in
        let shape = try Shape(request.watch, reading: reader)
        let cursor = try shape.column(request.column, as: "cursor column")
        let head = try CursorHead.read(of: cursor, in: shape, by: reader)
        return try openTransactions(by: reader).map { (head, $0) }
      }
      line.isBlind = noted == nil
      if let (head, transactions) = noted {
        line.horizons[name, default: CursorHorizon()].note(head, transactions)
      }
    }
    // Without the right to see transactions the highest value is as far as anyone knows.
    return line.isBlind ? nil : line.horizons[name]?.settled ?? request.from
  }
}
