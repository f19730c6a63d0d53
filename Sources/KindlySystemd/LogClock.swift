package import KindlyCore
import Synchronization

/// The time as log lines show it to a person: by the clocks of the configured zone, once that is known.
package final class LogClock: Sendable {
  private let zone: Mutex<Zone>
  private let now: @Sendable () -> Instant

  /// - Parameters:
  ///   - zone: whose clocks the lines follow until a configuration is loaded.
  ///   - now: asked for the time that a person reading stderr sees, and for nothing else.
  package init(zone: Zone, now: @escaping @Sendable () -> Instant) {
    self.zone = Mutex(zone)
    self.now = now
  }

  package func set(_ zone: Zone) { self.zone.withLock { $0 = zone } }

  var text: String { zone.withLock { $0 }.text(of: now(), withSeconds: true) }
}
