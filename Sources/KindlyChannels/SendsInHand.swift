import KindlyCore
import Synchronization

/// Counts a channel's sends in progress, so that closing can wait for them and prevent new ones.
final class SendsInHand: Sendable {
  private struct State {
    var count = 0
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Runs a send, or returns nil when the channel is closed.
  func run(_ send: () async -> Outcome) async -> Outcome? {
    let isOpen = state.withLock { state in
      if !state.isClosed { state.count += 1 }
      return !state.isClosed
    }
    guard isOpen else { return nil }
    let outcome = await send()
    let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.count -= 1
      guard state.count == 0 else { return [] }
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
    return outcome
  }

  /// Lets no further send begin, and returns when the last one has ended.
  func close() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        state.isClosed = true
        if state.count > 0 { state.closers.append(continuation) }
        return state.count == 0
      }
      if isOver { continuation.resume() }
    }
  }
}
