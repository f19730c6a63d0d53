import KindlyCore

/// One connection to a database; each call blocks until it is answered or abandoned.
protocol EngineConnection: AnyObject {
  /// Whether it is of any more use after the last statement.
  var isAlive: Bool { get }

  /// Runs what gives no rows.
  func run(_ sql: String) throws
}

/// An engine that asks over one connection, which may break at any time, while others write.
protocol ConnectedEngine: Engine {
  associatedtype Connection: EngineConnection

  var horizons: CursorHorizons { get set }

  /// Begins a transaction and returns its connection. A connection that broke while unused is replaced at once.
  func begun() throws -> Connection

  func reader(on connection: Connection) -> Reader

  /// The statements that end a transaction and remove what foreign SQL may leave behind, such as a session lock.
  func endings(of question: Question) -> [String]

  /// Abandons a connection whose rows were not all read, and keeps what is known of the server.
  func leave()

  /// How far a cursor may advance; read after its highest value.
  func reach(of cursor: Shape.Column, by reader: Reader) throws -> CursorReach
}

extension ConnectedEngine {
  func read<Answer>(
    asking question: Question, _ body: (Reader) throws -> Answer
  ) throws(SourceProblem) -> Answer {
    do {
      let connection = try begun()
      do {
        let answer = try body(reader(on: connection))
        // A connection with unread rows is not used again; its transaction ends with it.
        if !connection.isAlive || !finish(connection, question) { leave() }
        return answer
      } catch {
        end(connection, question)
        throw error
      }
    } catch {
      throw problem(error, asked: question)
    }
  }

  /// Ends the transaction of a failed question, and the connection too if it is unusable.
  func end(_ connection: Connection, _ question: Question = .source) {
    if !connection.isAlive || !finish(connection, question) { close() }
  }

  /// Undoes everything the transaction did: a condition may call functions that write, or that change the session's
  /// settings.
  ///
  /// Returns false if the connection is unusable afterwards. The answer, or the question's own error, is reported all
  /// the same.
  private func finish(_ connection: Connection, _ question: Question) -> Bool {
    do {
      for ending in endings(of: question) { try connection.run(ending) }
      return true
    } catch {
      return false
    }
  }

  /// The later slices of a look keep the limit of the first one.
  func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? {
    if request.after == nil {
      let (head, bound) = try read(asking: .watch(request.watch)) { reader in
        let shape = try Shape(request.watch, reading: reader)
        let cursor = try shape.column(request.column, as: "cursor column")
        let head = try CursorHead.read(of: cursor, in: shape, by: reader)
        return (head, try reach(of: cursor, by: reader))
      }
      horizons.note(head, bound, for: request)
    }
    return horizons.settled(for: request)
  }
}
