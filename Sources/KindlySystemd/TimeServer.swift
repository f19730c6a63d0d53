import CSystemd
import Glibc

/// Whether a time server is known to keep this machine's clock right.
package enum TimeServer {
  /// Made by systemd-timesyncd when it has set the clock, on a file system that a restart empties.
  private static let timesyncMark = "/run/systemd/timesync/synchronized"

  /// Whether the kernel says that the clock is synchronised (adjtimex(2)).
  ///
  /// If a sandbox forbids asking the kernel, as Kindly's own unit does with `ProtectClock=`, systemd-timesyncd's mark
  /// is used instead; other time servers are then unknown.
  package static var keepsClock: Bool {
    var time = timex()
    let state = adjtimex(&time)
    if state >= 0 { return state != TIME_ERROR && time.status & STA_UNSYNC == 0 }
    return access(timesyncMark, F_OK) == 0
  }
}
