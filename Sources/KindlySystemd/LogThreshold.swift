package import Logging
import Synchronization

/// The level from which on lines are logged, for every logger of the process; it changes at a reload.
package final class LogThreshold: Sendable {
  private let current: Mutex<Logger.Level>

  package init(_ level: Logger.Level) {
    current = Mutex(level)
  }

  package var level: Logger.Level { current.withLock { $0 } }

  package func set(_ level: Logger.Level) { current.withLock { $0 = level } }
}
