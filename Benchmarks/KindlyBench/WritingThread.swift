import Foundation
import KindlyTestKit
import Synchronization

/// The company's application: it changes one row after the other, each in a transaction of its own, and notes how long each took.
enum WritingThread {
  /// The times of its transactions while something else is done, in milliseconds.
  static func measure(
    _ engine: any EngineUnderTest, beside body: () async throws -> Void
  ) async throws -> [Double] {
    let session = try engine.session()
    let isOver = Flag()
    async let times = BlockingWork.run {
      var times: [Double] = []
      while !isOver.isSet {
        let began = ContinuousClock.now
        // Rows all over the table, so that a look is always before some of them.
        let row = times.count &* 7919 % Workshop.million + 1
        try session.run("UPDATE customers SET status = 'written' WHERE id = \(row)")
        times.append((ContinuousClock.now - began).seconds * 1000)
      }
      return times
    }
    do {
      try await body()
    } catch {
      isOver.set()
      throw error
    }
    isOver.set()
    return try await times
  }

  private final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
  }
}
