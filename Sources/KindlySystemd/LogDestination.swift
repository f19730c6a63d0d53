import Foundation
import Glibc

/// The destination of the log, as determined from how the process was started.
package enum LogDestination: Hashable, Sendable {
  /// The journal takes fields.
  case journal
  /// A supervisor reads stderr line by line, and understands a `<6>` before each.
  case supervised
  /// A person, or a file, reads stderr.
  case console

  /// The destination for this process: what stderr is connected to decides, not only what the environment says.
  ///
  /// `$JOURNAL_STREAM` names the device and inode of the stream systemd gave us; behind a redirection it is still
  /// set but no longer true.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    standardError descriptor: Int32 = STDERR_FILENO
  ) {
    if let stream = environment["JOURNAL_STREAM"], stream == Self.identity(of: descriptor) {
      self = .journal
    } else if isatty(descriptor) == 1 {
      self = .console
    } else if environment["JOURNAL_STREAM"] != nil || environment["INVOCATION_ID"] != nil {
      self = .supervised
    } else {
      self = .console
    }
  }

  /// Device and inode as `$JOURNAL_STREAM` writes them.
  static func identity(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return "\(status.st_dev):\(status.st_ino)"
  }
}
