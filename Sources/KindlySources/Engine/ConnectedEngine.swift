import KindlyCore

/// One connection to a database; each call blocks until it is answered or given up.
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

  /// A connection with an open transaction; one that broke while nobody used it is replaced at once.
  func begun() throws -> Connection

  func reader(on connection: Connection) -> Reader

  /// What ends a transaction so that nothing outlives it that SQL of another person did, such as a lock of the session.
  func endings(of question: Question) -> [String]

  /// Gives up the connection, which was left while its rows came, and keeps what is known of the server.
  func leave()

  /// How far a cursor may go on, read after its highest value.
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
        // One whose rows were left is not asked again, and its transaction ends with it.
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

  /// Ends the transaction of a question that failed, with the connection where that is of no more use.
  func end(_ connection: Connection, _ question: Question = .source) {
    if !connection.isAlive || !finish(connection, question) { close() }
  }

  /// Undoes all that the transaction did: a condition may call functions that write, or that change the session's settings.
  ///
  /// False where the connection is of no more use; what was answered, or the question's own error, stays what is told.
  private func finish(_ connection: Connection, _ question: Question) -> Bool {
    do {
      for ending in endings(of: question) { try connection.run(ending) }
      return true
    } catch {
      return false
    }
  }

  /// A look that goes on is bounded as its beginning was.
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
