import CSystemd
import Foundation
import Glibc

/// Reports the daemon's state to the service manager: the `sd_notify` protocol on `$NOTIFY_SOCKET`.
///
/// Outside systemd every call does nothing. A call sends one datagram and does not wait for an answer. See
/// sd_notify(3).
package struct Notifier: Sendable {
  /// The result of one notification.
  package enum Delivery: Hashable, Sendable {
    case sent
    /// There is no `$NOTIFY_SOCKET`: the process was started by hand.
    case noSupervisor
    /// The socket did not take it; the value is an `errno`.
    case failed(Int32)
  }

  package init() {}

  /// The daemon has started, or has finished a reload.
  @discardableResult
  package func ready() -> Delivery { send("READY=1") }

  /// The sentence that `systemctl status` shows.
  @discardableResult
  package func status(_ text: String) -> Delivery { send("STATUS=" + oneLine(text)) }

  /// A reload begins; `ready()` ends it.
  ///
  /// systemd 253 and later compare the time with that of the reload they asked for; older ones ignore it.
  @discardableResult
  package func reloading() -> Delivery {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
  }

  /// The daemon ends.
  @discardableResult
  package func stopping() -> Delivery { send("STOPPING=1") }

  /// The daemon's loops turn; owed once in each `WatchdogSchedule.interval`.
  @discardableResult
  package func watchdog() -> Delivery { send("WATCHDOG=1") }

  /// The `errno` behind a failed start, which `systemctl status` shows in words.
  @discardableResult
  package func failed(errno code: Int32) -> Delivery { send("ERRNO=\(code)") }

  private func send(_ state: String) -> Delivery {
    let result = sd_notify(0, state)
    return switch result {
    case 0: .noSupervisor
    case ..<0: .failed(-result)
    default: .sent
    }
  }

  /// A newline would begin another variable.
  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
