import Foundation

/// Runs what blocks on a thread of its own, beside the cooperative pool.
package enum BlockingWork {
  package static func run<Answer: Sendable>(
    _ body: @escaping @Sendable () throws -> Answer
  ) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }
}
