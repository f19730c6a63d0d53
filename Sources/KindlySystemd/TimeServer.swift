import CSystemd
import Glibc

/// What is known of a time server that keeps this machine's clock right.
package enum TimeServer {
  /// Made by systemd-timesyncd when it has set the clock, on a file system that a restart empties.
  private static let timesyncMark = "/run/systemd/timesync/synchronized"

  /// Whether the kernel says that the clock is kept right (adjtimex(2)).
  ///
  /// Where a sandbox does not let us ask the kernel, as Kindly's own unit with `ProtectClock=` does not, systemd-timesyncd's
  /// word is taken; of other time servers nothing is known there.
  package static var keepsClock: Bool {
    var time = timex()
    let state = adjtimex(&time)
    if state >= 0 { return state != TIME_ERROR && time.status & STA_UNSYNC == 0 }
    return access(timesyncMark, F_OK) == 0
  }
}
