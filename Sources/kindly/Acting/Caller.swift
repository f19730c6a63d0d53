import Glibc
import KindlyCore
import KindlyDaemon

/// The person who typed the verb, as recorded in the ledger if no daemon can ask the kernel.
enum Caller {
  static func note(because: String?) -> ActionNote {
    ActionNote(uid: getuid(), user: name(of: getuid()), because: because)
  }

  /// The person's user name on this machine.
  static var user: String { name(of: getuid()) }

  static var isRoot: Bool { getuid() == 0 }

  private static func name(of uid: uid_t) -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    // More than `getpwuid_r` needs for any entry of a sane directory.
    var room = [CChar](repeating: 0, count: 16 * 1024)
    guard getpwuid_r(uid, &entry, &room, room.count, &found) == 0, let name = found?.pointee.pw_name
    else { return "uid \(uid)" }
    return String(cString: name)
  }
}

/// The user to whom the ledger belongs: the daemon's. Where there is no ledger yet, its folder's owner is meant.
enum LedgerOwner {
  /// Whether the person who typed the verb is the owner.
  static func isCaller(of path: String) -> Bool { status(of: path)?.st_uid == getuid() }

  /// Switches from root to the owner first, because the daemon's user could not open files that root creates beside the
  /// ledger.
  static func become(of path: String) throws {
    guard geteuid() == 0, let status = status(of: path), status.st_uid != 0 else { return }
    guard setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
      throw Failure(
        .notPermitted,
        "cannot act as the owner of \(path) (uid \(status.st_uid)): \(String(cString: strerror(errno)))"
      )
    }
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    let isFound =
      stat(path, &status) == 0 || stat(LedgerAssembly.folder(of: path), &status) == 0
    return isFound ? status : nil
  }
}
