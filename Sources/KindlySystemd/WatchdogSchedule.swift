import Foundation

/// How often the service manager wants to hear that the daemon is alive.
///
/// See sd_watchdog_enabled(3).
package struct WatchdogSchedule: Hashable, Sendable {
  /// Silence for this long ends the service.
  package let limit: Duration

  /// The time between two notifications: half the limit, so that a late one is still in time.
  package var interval: Duration { limit / 2 }

  /// The schedule that the environment asks for, or nil where no watchdog watches this process.
  ///
  /// `WATCHDOG_PID` names the one process that is meant: children inherit the variables, and must not feed.
  package init?(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    process: Int32 = ProcessInfo.processInfo.processIdentifier
  ) {
    guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0
    else { return nil }
    if let owner = environment["WATCHDOG_PID"], owner != String(process) { return nil }
    limit = .microseconds(microseconds)
  }
}
