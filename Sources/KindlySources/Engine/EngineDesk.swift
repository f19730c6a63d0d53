import KindlyCore
import Synchronization

/// One engine at work on a thread of its own, so that the drivers' blocking calls take no thread of the cooperative pool.
///
/// One question is answered at a time; an engine has one connection at the most.
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
