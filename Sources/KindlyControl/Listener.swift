import Glibc

/// The daemon's end of the control socket: binds, accepts, and takes the socket away again.
struct Listener: Sendable {
  private let connection: Connection
  private let path: String
  private let identity: FileIdentity

  /// The owner and the group kindly; nobody else.
  static let mode: mode_t = 0o660

  /// Binds the path. A socket at that path without a listener was left by a killed daemon and is replaced.
  static func bind(path: String, backlog: Int) async throws(ControlError) -> Listener {
    let connection = try Connection.unconnected(path: path)
    let result = await connection.blocking { descriptor in
      Result { () throws(ControlError) in
        try bind(descriptor, path: path)
        // Before `listen`, so that there is no time at which others could connect.
        guard chmod(path, mode) == 0 else {
          throw ControlError.system(call: "chmod", path: path, code: errno)
        }
        guard listen(descriptor, Int32(backlog)) == 0, let identity = FileIdentity(path: path)
        else {
          throw ControlError.system(call: "listen", path: path, code: errno)
        }
        return identity
      }
    }
    return Listener(connection: connection, path: path, identity: try result.get())
  }

  private static func bind(_ descriptor: Int32, path: String) throws(ControlError) {
    if try UnixAddress.with(path: path, { Glibc.bind(descriptor, $0, $1) }) == 0 { return }
    guard errno == EADDRINUSE else { throw failure(path) }
    try removeStale(path)
    if try UnixAddress.with(path: path, { Glibc.bind(descriptor, $0, $1) }) == 0 { return }
    throw failure(path)
  }

  private static func failure(_ path: String) -> ControlError {
    .system(call: "bind", path: path, code: errno)
  }

  private static func removeStale(_ path: String) throws(ControlError) {
    guard let identity = FileIdentity(path: path), identity.isSocket else {
      throw .notASocket(path: path)
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { throw .system(call: "socket", path: path, code: errno) }
    defer { Glibc.close(probe) }
    let connected = try UnixAddress.with(path: path) { Glibc.connect(probe, $0, $1) }
    guard connected != 0, errno == ECONNREFUSED else { throw .alreadyServed(path: path) }
    unlink(path)
  }

  /// The next client, or nil once `stop` was called.
  func accept() async throws(ControlError) -> Connection? {
    let path = self.path
    let result = await connection.blocking { descriptor -> Result<Int32?, ControlError> in
      while true {
        let client = Glibc.accept(descriptor, nil, nil)
        if client >= 0 {
          // Swift's Glibc does not show accept4(2). A child started in between would only keep the client waiting.
          _ = fcntl(client, F_SETFD, FD_CLOEXEC)
          return .success(client)
        }
        switch errno {
        case EINTR, ECONNABORTED: continue
        // The process has no descriptor left: a client waits until one is free, asked for ten times a second.
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: _ = poll(nil, 0, 100)
        case EINVAL: return .success(nil)
        default: return .failure(.system(call: "accept", path: path, code: errno))
        }
      }
    }
    return try result.get().map(Connection.init)
  }

  /// Stops accepting; a pending `accept` returns.
  func stop() { connection.stop() }

  /// Takes the socket away, unless another process has put its own there.
  func close() {
    if FileIdentity(path: path) == identity { unlink(path) }
    connection.close()
  }
}

/// What tells one file from another that later has its name.
private struct FileIdentity: Hashable, Sendable {
  let device: dev_t
  let inode: ino_t
  let isSocket: Bool

  init?(path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
    isSocket = status.st_mode & S_IFMT == S_IFSOCK
  }
}
