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

  /// Serves until the task is cancelled; then what is being answered is answered, and the socket is taken away.
  ///
  /// - Parameter whenListening: Called once, when clients can connect.
  /// - Throws: `ControlError` where the socket cannot be made or served.
  package func run(whenListening: @Sendable () -> Void = {}) async throws {
    let listener = try await Listener.bind(path: path, backlog: limits.clients)
    defer { listener.close() }
    whenListening()
    let silent = SilentClients()
    try await withTaskCancellationHandler {
      try await withThrowingTaskGroup(of: Event.self) { group in
        var served = 0
        while let client = try await listener.accept() {
          silent.add(client)
          group.addTask {
            await serve(client, silent)
            return .served
          }
          served += 1
          if served == limits.clients {
            try await makeRoom(silent, in: &group)
            served -= 1
          }
        }
      }
    } onCancel: {
      listener.stop()
    }
  }

  private enum Event {
    /// A client has gone.
    case served
    /// All places were taken for as long as one may say nothing; the mark tells who was silent before.
    case graceOver(SilentClients.Mark)
  }

  /// Waits until a client has gone, and sends away those that say nothing: they must not keep out one who wants to pause everything.
  private func makeRoom(
    _ silent: SilentClients, in group: inout ThrowingTaskGroup<Event, any Error>
  ) async throws {
    let mark = silent.mark()
    let grace = limits.grace
    group.addTask {
      await Connection.wait(grace)
      return .graceOver(mark)
    }
    while let event = try await group.next() {
      switch event {
      case .served: return
      // One that a wait before this one began is over too late to matter, and sends nobody away who came since.
      case .graceOver(let mark): silent.dismiss(through: mark)
      }
    }
  }

  /// Answers one client's requests, one after the other.
  private func serve(_ client: Connection, _ silent: SilentClients) async {
    defer {
      silent.remove(client)
      client.close()
    }
    client.setTimeout(limits.idle)
    await withTaskCancellationHandler {
      guard let peer = await client.blocking({ Peer(of: $0) }) else { return }
      while true {
        let reply: ControlReply
        var isLast = false
        let line = await client.readLine(limit: limits.lineBytes)
        silent.remove(client)
        switch line {
        case .line(let line): reply = await answer(line, of: peer)
        case .tooLong:
          reply = .refused(text: "\(ControlError.requestTooLong(limit: limits.lineBytes))")
          isLast = true
        case .end: return
        }
        guard await send(reply, to: client), !isLast else { return }
        silent.add(client)
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
      return await client.write(try ControlLine.encode(reply))
    } catch {
      // A reply is two strings and a number: JSON has room for them, or the client is told nothing.
      return false
    }
  }
}
