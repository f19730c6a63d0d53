package import Foundation
import Synchronization

/// The lines that another process writes, for tests that wait for one of them.
package final class LineFeed: Sendable {
  package typealias Condition = @Sendable ([String]) -> Bool

  private struct Waiter {
    let isMet: Condition
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var lines: [String] = []
    var isOver = false
    var waiters: [Int: Waiter] = [:]
    var givenUp: Set<Int> = []
    var nextID = 0
  }

  private let state = Mutex(State())

  /// Long enough for a busy machine. A line that has not come by then never comes, and the test says which one it was.
  private static let longestWait = Duration.seconds(600)

  /// Reads to the end on a thread of its own, because reading blocks.
  package init(reading handle: FileHandle) {
    Thread.detachNewThread { [self] in
      var rest = Data()
      while true {
        let more = handle.availableData
        if more.isEmpty { break }
        rest += more
        while let end = rest.firstIndex(of: 0x0A) {
          add(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
          rest = rest[(end + 1)...]
        }
      }
      end()
      // Losing the error is right: what is read to its end is of no more use, and Foundation would hold on to it.
      try? handle.close()
    }
  }

  package var lines: [String] { state.withLock { $0.lines } }

  /// Waits until the lines so far meet a condition; false if they end, the task is cancelled or ten minutes pass before
  /// that.
  package func wait(until isMet: @escaping Condition) async -> Bool {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let limit = Task {
      try await ContinuousClock().sleep(for: LineFeed.longestWait)
      giveUp(id)
    }
    defer { limit.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { enter(id, Waiter(isMet: isMet, continuation: $0)) }
    } onCancel: {
      giveUp(id)
    }
  }

  private func giveUp(_ id: Int) {
    let waiter = state.withLock { state in
      state.givenUp.insert(id)
      return state.waiters.removeValue(forKey: id)
    }
    waiter?.continuation.resume(returning: false)
  }

  private func enter(_ id: Int, _ waiter: Waiter) {
    let answer: Bool? = state.withLock { state in
      if waiter.isMet(state.lines) { return true }
      if state.isOver || state.givenUp.contains(id) { return false }
      state.waiters[id] = waiter
      return nil
    }
    if let answer { waiter.continuation.resume(returning: answer) }
  }

  private func add(_ line: String) {
    let met = state.withLock { state in
      state.lines.append(line)
      let met = state.waiters.filter { $0.value.isMet(state.lines) }
      for id in met.keys { state.waiters[id] = nil }
      return met.values.map(\.continuation)
    }
    for continuation in met { continuation.resume(returning: true) }
  }

  private func end() {
    let left = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [:] }
      return state.waiters.values.map(\.continuation)
    }
    for continuation in left { continuation.resume(returning: false) }
  }
}
