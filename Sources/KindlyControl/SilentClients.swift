import Synchronization

/// The clients whose next request is being waited for.
final class SilentClients: Sendable {
  /// A time in the order in which clients fell silent.
  struct Mark: Sendable {
    fileprivate let number: Int
  }

  private struct State {
    var clients: [(number: Int, connection: Connection)] = []
    var latest = 0
  }

  private let state = Mutex(State())

  func add(_ client: Connection) {
    state.withLock { state in
      state.latest += 1
      state.clients.append((state.latest, client))
    }
  }

  func remove(_ client: Connection) {
    state.withLock { $0.clients.removeAll { $0.connection === client } }
  }

  func mark() -> Mark { state.withLock { Mark(number: $0.latest) } }

  /// Sends away those who have said nothing since before the mark; what is being answered is never interrupted.
  func dismiss(through mark: Mark) {
    let silent = state.withLock { $0.clients.filter { $0.number <= mark.number } }
    for (_, connection) in silent where !connection.hasInput { connection.stop() }
  }
}
