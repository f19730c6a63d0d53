import KindlyCore
import Synchronization

/// The channels that may have hand-overs in flight, including those of earlier generations, so that all can be closed
/// at the end.
final class OpenChannels: Sendable {
  private let state = Mutex((next: 0, channels: [Int: any Channel]()))

  /// Notes a channel that is opened, and returns the number to remove it by.
  func add(_ channel: any Channel) -> Int {
    state.withLock { state in
      defer { state.next += 1 }
      state.channels[state.next] = channel
      return state.next
    }
  }

  func remove(_ number: Int) {
    state.withLock { _ = $0.channels.removeValue(forKey: number) }
  }

  /// Closes all at once, and returns when each has let go of what it had in hand.
  func close() async {
    let channels = state.withLock { Array($0.channels.values) }
    await withDiscardingTaskGroup { group in
      for channel in channels { group.addTask { await channel.close() } }
    }
  }
}
