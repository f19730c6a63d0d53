/// Answers commands on the control socket: newline-delimited JSON over a unix stream socket.
///
/// Who may ask is decided by the socket's mode, 0660; who did ask is told to the handler by the kernel.
package struct ControlServer: Sendable {
  package typealias Handler = @Sendable (ControlRequest, Peer) async -> ControlReply

  private let path: String
  private let limits: ControlLimits
  private let handler: Handler

  package init(
    path: String, limits: ControlLimits = ControlLimits(), handler: @escaping Handler
  ) {
    self.path = path
    self.limits = limits
    self.handler = handler
  }

  /// Serves until the task is cancelled; then it finishes the replies in progress and removes the socket.
  ///
  /// - Parameter whenListening: Called once, when clients can connect.
  /// - Throws: `ControlError` if the socket cannot be created or served.
  package func run(whenListening: @Sendable () -> Void = {}) async throws {
    let listener = try await Listener.bind(path: path, backlog: limits.clients)
    defer { listener.close() }
    whenListening()
    let clients = Clients(places: limits.clients)
    try await withTaskCancellationHandler {
      try await withThrowingDiscardingTaskGroup { group in
        while let client = try await listener.accept() {
          clients.enter(client)
          group.addTask { await serve(client, clients) }
          if clients.isFull {
            group.addTask { await clients.usher(grace: limits.grace) }
            await clients.place()
          }
        }
      }
    } onCancel: {
      listener.stop()
    }
  }

  /// Answers one client's requests, one after the other.
  private func serve(_ client: Connection, _ clients: Clients) async {
    defer {
      client.close()
      clients.leave(client)
    }
    client.setTimeout(limits.idle)
    await withTaskCancellationHandler {
      guard let peer = await client.blocking({ Peer(of: $0) }) else { return }
      while true {
        let reply: ControlReply
        var isLast = false
        let line = await client.readLine(limit: limits.lineBytes)
        clients.speak(client)
        switch line {
        case .line(let line): reply = await answer(line, of: peer)
        case .tooLong:
          reply = .refused(text: "\(ControlError.requestTooLong(limit: limits.lineBytes))")
          isLast = true
        case .end: return
        }
        guard await send(reply, to: client), !isLast else { return }
        clients.fallSilent(client)
      }
    } onCancel: {
      client.stop()
    }
  }

  private func answer(_ line: [UInt8], of peer: Peer) async -> ControlReply {
    do {
      return await handler(try ControlLine.decode(ControlRequest.self, from: line), peer)
    } catch {
      return .refused(text: "\(error)")
    }
  }

  private func send(_ reply: ControlReply, to client: Connection) async -> Bool {
    do {
      return await client.write(try ControlLine.encode(reply, limit: limits.lineBytes))
    } catch {
      // A reply is two strings and a number: JSON has room for them, or the client is told nothing.
      return false
    }
  }
}
