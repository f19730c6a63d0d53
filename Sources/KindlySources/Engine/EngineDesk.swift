import KindlyCore
import Synchronization

/// Runs one engine on its own thread, so that the drivers' blocking calls do not occupy the cooperative pool.
///
/// It answers one question at a time; an engine has at most one connection.
actor EngineDesk {
  private let engine: any BlockingSource
  private let executor: QueueExecutor
  private let refused = Mutex<SourceProblem?>(nil)

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ label: String, _ engine: sending any BlockingSource) {
    self.engine = engine
    executor = QueueExecutor(label: label)
  }

  func answer<Answer: Sendable>(
    _ question: @Sendable (any BlockingSource) throws(SourceProblem) -> Answer
  ) throws(SourceProblem) -> Answer {
    defer { refused.withLock { $0 = engine.refusal } }
    return try question(engine)
  }

  /// Why no connection came about when one was last tried; known while a question is being answered, too.
  nonisolated var refusal: SourceProblem? { refused.withLock { $0 } }

  func close() { engine.close() }
}
