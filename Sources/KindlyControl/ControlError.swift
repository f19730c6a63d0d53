import Glibc

/// Why a command and the daemon could not talk, and what to do.
package enum ControlError: Error, Hashable, Sendable {
  /// Nobody listens at the socket.
  case daemonNotRunning(path: String)
  /// The socket is there, but not for this user.
  case notPermitted(path: String)
  /// Another process serves the socket already.
  case alreadyServed(path: String)
  /// The path is taken by a file that is no socket; it is left alone.
  case notASocket(path: String)
  /// A unix socket's path has room for 107 bytes.
  case pathTooLong(path: String)
  case requestTooLong(limit: Int)
  /// The daemon took the request and ended or fell silent: whether it acted is not known.
  case noAnswer(path: String)
  /// The peer sent something that is not this protocol; the text says where it is wrong.
  case notUnderstood(String)
  /// A system call failed; `code` is its `errno`.
  case system(call: String, path: String, code: Int32)
}

extension ControlError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .daemonNotRunning(let path):
      "the daemon is not running: nothing is listening on \(path); start it with `systemctl start kindly`"
    case .notPermitted(let path):
      "no permission to use \(path): run this as root, or join the group kindly "
        + "(`sudo adduser YOU kindly`, then log in again)"
    case .alreadyServed(let path):
      "another kindly already uses \(path); two daemons cannot share one ledger, so this one stops"
    case .notASocket(let path):
      "expected \(path) to be a socket or not to exist, got another kind of file; move it away"
    case .pathTooLong(let path):
      "expected the control socket's path to be at most \(UnixAddress.longestPath) bytes, got "
        + "\(path.utf8.count): \(path)"
    case .requestTooLong(let limit):
      "expected the request to be at most \(limit / 1024) KB, got more; name fewer reminders at a time, "
        + "or use a filter"
    case .noAnswer(let path):
      "the daemon at \(path) accepted the request but did not answer; it may or may not have acted, "
        + "see `journalctl -u kindly`"
    case .notUnderstood(let text): text
    case .system(let call, let path, let code):
      "\(call) of \(path) failed: \(String(cString: strerror(code)))"
    }
  }
}
