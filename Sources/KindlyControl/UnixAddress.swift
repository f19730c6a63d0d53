import Glibc

/// The address of a unix socket.
enum UnixAddress {
  /// `sun_path` has 108 bytes, one of them for the zero at its end (unix(7)).
  static let longestPath = 107

  /// Calls `body` with the address as `bind` and `connect` take it.
  static func with<Result>(
    path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(ControlError) -> Result {
    guard path.utf8.count <= longestPath else { throw .pathTooLong(path: path) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
