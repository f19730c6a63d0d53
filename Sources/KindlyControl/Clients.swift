import Synchronization

/// The clients that are connected now, and which of them say nothing.
final class Clients: Sendable {
  /// A time in the order in which clients fell silent.
  private struct Mark {
    let number: Int
  }

  private struct State {
    var connected = 0
    /// Those whose next request is being waited for.
    var silent: [(number: Int, connection: Connection)] = []
    var latest = 0
    /// Whether a task sends silent clients away while all places are taken.
    var isUshered = false
    /// Who waits for a place.
    var waiting: CheckedContinuation<Void, Never>?

    mutating func beginUshering() -> Bool {
      defer { isUshered = true }
      return !isUshered
    }

    mutating func goesOnUshering(_ places: Int) -> Bool {
      isUshered = connected >= places
      return isUshered
    }
  }

  private let state = Mutex(State())
  private let places: Int

  init(places: Int) {
    self.places = places
  }

  func enter(_ client: Connection) {
    state.withLock { $0.connected += 1 }
    fallSilent(client)
  }

  /// Frees the client's place at once, whatever its task still has to do.
  func leave(_ client: Connection) {
    speak(client)
    let waiting = state.withLock { state in
      state.connected -= 1
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }

  func fallSilent(_ client: Connection) {
    state.withLock { state in
      state.latest += 1
      state.silent.append((state.latest, client))
    }
  }

  /// A client has sent a request, and is not sent away while it waits for the answer.
  func speak(_ client: Connection) {
    state.withLock { $0.silent.removeAll { $0.connection === client } }
  }

  var isFull: Bool { state.withLock { $0.connected >= places } }

  /// Waits until a place is free.
  func place() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.connected >= places { state.waiting = continuation }
        return state.connected < places
      }
      if isFree { continuation.resume() }
    }
  }

  /// While all places are taken, sends away those that say nothing for the time of grace.
  ///
  /// They must not keep out one who wants to pause everything. Does nothing where another call is at it.
  func usher(grace: Duration) async {
    guard state.withLock({ $0.beginUshering() }) else { return }
    while state.withLock({ $0.goesOnUshering(places) }) {
      let mark = state.withLock { Mark(number: $0.latest) }
      await Connection.wait(grace)
      dismiss(through: mark)
    }
  }

  /// Sends away those who have said nothing since before the mark, unless others are about to leave anyway.
  private func dismiss(through mark: Mark) {
    let (silent, connected) = state.withLock { ($0.silent, $0.connected) }
    guard connected - silent.count(where: \.connection.hasEnded) >= places else { return }
    for (number, connection) in silent where number <= mark.number && !connection.hasInput {
      connection.stop()
    }
  }
}
