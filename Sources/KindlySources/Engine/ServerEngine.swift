import KindlyCore

/// An engine that asks a server through a client library of that server's own.
protocol ServerEngine: ConnectedEngine {
  associatedtype Faults: Diagnosis

  var diagnosis: Faults { get }
  var manners: ServerManners { get }
  var line: ServerLine<Connection> { get set }

  /// A new connection, with what holds for all of its session.
  func connect() throws -> Connection

  /// Begins a read-only transaction on one snapshot; returns how far that snapshot lags behind.
  ///
  /// Throws if the connection is unusable, or if the server is no longer one that was asked for.
  func begin(on connection: Connection) throws -> ReplicaLag

  /// The open transactions of other sessions, read after whatever they are compared with; nil if our user may not see
  /// them.
  func openTransactions(by reader: Reader) throws -> OpenTransactions?

  /// Forgets everything that applies only to the server of the lost connection.
  func forget()
}

/// The state that an engine keeps of its connection and of the server.
struct ServerLine<Connection: EngineConnection> {
  fileprivate(set) var connection: Connection?
  /// Why no connection came about when one was last tried; nil while one stands or was not needed.
  fileprivate(set) var refusal: SourceProblem?
  /// What tells the database from others; asked once for each connection.
  var identity: String?
  fileprivate var reconnecting: Reconnecting
  fileprivate var horizons = CursorHorizons()

  init(_ reconnecting: Reconnecting) { self.reconnecting = reconnecting }
}

extension ServerEngine {
  var refusal: SourceProblem? { line.refusal }

  var horizons: CursorHorizons {
    get { line.horizons }
    set { line.horizons = newValue }
  }

  func close() {
    line.connection = nil
    line.identity = nil
    line.horizons.forget()
    forget()
  }

  func forget() {}

  func leave() { line.connection = nil }

  /// Without the right to see transactions, the highest value is the best that is known.
  func reach(of cursor: Shape.Column, by reader: Reader) throws -> CursorReach {
    try openTransactions(by: reader).map { .behind($0) } ?? .head
  }

  // MARK: Transactions

  func begun() throws -> Connection {
    let (connection, lag) = try opened()
    if lag.exceeds(manners.replicaLag) {
      end(connection)
      throw tooFarBehind
    }
    return connection
  }

  /// Data that may be long out of date must not decide anything, so the server counts as unreachable.
  private var tooFarBehind: SourceProblem {
    diagnosis.unreachable(
      "is a replica that is more than \(diagnosis.text(manners.replicaLag)) behind its primary, or does not hear from it",
      "nothing to do if it catches up; otherwise check its replication, or allow more with `replica lag`"
    )
  }

  private func opened() throws(SourceProblem) -> (Connection, ReplicaLag) {
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
      // A connection pool may accept us without a server behind it; only the first statement shows that.
      let lag = try begin(on: connection)
      line.reconnecting.reset()
      line.refusal = nil
      line.connection = connection
      return (connection, lag)
    } catch {
      let problem = problem(error, asked: .source)
      line.reconnecting.waitLonger()
      line.refusal = problem
      throw problem
    }
  }
}
