import Glibc

/// Who is at the other end of the socket, as the kernel says.
package struct Peer: Hashable, Sendable, CustomStringConvertible {
  package let uid: UInt32
  package let gid: UInt32
  package let pid: Int32
  /// The name the uid has here, or `uid 1000` where it has none.
  package let user: String

  package init(uid: UInt32, gid: UInt32, pid: Int32, user: String) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
    self.user = user
  }

  package var description: String { "\(user) (uid \(uid), pid \(pid))" }
}

extension Peer {
  /// `struct ucred` of unix(7), which Swift's Glibc does not show: three 32-bit numbers in this order.
  private struct KernelCredentials {
    var pid: pid_t = 0
    var uid: uid_t = 0
    var gid: gid_t = 0
  }

  /// The peer of a connected unix socket. Looks the name up, which may ask a directory server: blocks.
  init?(of descriptor: Int32) {
    var credentials = KernelCredentials()
    var length = socklen_t(MemoryLayout<KernelCredentials>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
      return nil
    }
    self.init(
      uid: credentials.uid, gid: credentials.gid, pid: credentials.pid,
      user: Self.userName(credentials.uid) ?? "uid \(credentials.uid)")
  }

  private static func userName(_ uid: uid_t) -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    // More than `getpwuid_r` needs for any entry of a sane directory.
    var room = [CChar](repeating: 0, count: 16 * 1024)
    guard getpwuid_r(uid, &entry, &room, room.count, &found) == 0, let name = found?.pointee.pw_name
    else { return nil }
    return String(cString: name)
  }
}
