import Glibc

/// Asks the running daemon to do something.
package struct ControlClient: Sendable {
  private let path: String
  private let timeout: Duration
  private let limits: ControlLimits

  /// How long a command waits for the reply. `pause` returns only when hand-overs in flight have ended, for which the
  /// daemon has a time limit.
  package static let patience = Duration.seconds(120)

  package init(
    path: String, timeout: Duration = ControlClient.patience,
    limits: ControlLimits = ControlLimits()
  ) {
    self.path = path
    self.timeout = timeout
    self.limits = limits
  }

  /// Sends one request and waits for the answer.
  ///
  /// After `.noAnswer` the daemon may or may not have acted.
  package func send(_ request: ControlRequest) async throws(ControlError) -> ControlReply {
    let line = try ControlLine.encode(request)
    guard line.count <= limits.lineBytes else {
      throw .requestTooLong(limit: limits.lineBytes)
    }
    let connection = try Connection.unconnected(path: path)
    defer { connection.close() }
    connection.setTimeout(timeout)
    try await connect(connection)
    let answer = await withTaskCancellationHandler {
      await connection.write(line) ? await connection.readLine(limit: limits.lineBytes) : .end
    } onCancel: {
      connection.stop()
    }
    switch answer {
    case .line(let reply): return try ControlLine.decode(ControlReply.self, from: reply)
    case .end, .tooLong: throw .noAnswer(path: path)
    }
  }

  private func connect(_ connection: Connection) async throws(ControlError) {
    let path = self.path
    let result = await connection.blocking { descriptor in
      Result { () throws(ControlError) in
        try UnixAddress.with(path: path) { Glibc.connect(descriptor, $0, $1) == 0 ? 0 : errno }
      }
    }
    switch try result.get() {
    case 0: return
    case ENOENT, ECONNREFUSED: throw .daemonNotRunning(path: path)
    case EACCES, EPERM: throw .notPermitted(path: path)
    // All places are taken, and none became free in time.
    case EAGAIN: throw .noAnswer(path: path)
    case let code: throw .system(call: "connect", path: path, code: code)
    }
  }
}
