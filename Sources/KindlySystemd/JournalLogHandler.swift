import Glibc
package import Logging
import Synchronization

/// Writes swift-log's lines to the journal with their fields, or as plain lines to stderr where there is no journal.
///
/// `rule`, `customer`, `channel`, `reminder`, `attempt`, `source` and `watch` are the metadata that ours carry; each
/// becomes a field, so that `journalctl -u kindly KINDLY_CUSTOMER=42` works. `message_id` becomes `MESSAGE_ID`.
package struct JournalLogHandler: LogHandler {
  /// The process's threshold, unless this logger was given a level of its own.
  package var logLevel: Logger.Level {
    get { ownLevel ?? threshold.level }
    set { ownLevel = newValue }
  }
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?

  private let threshold: LogThreshold
  private var ownLevel: Logger.Level?
  private let destination: LogDestination
  private let descriptor: Int32
  private let clock: LogClock

  /// Lines of several threads must not run into each other, whatever stderr is.
  private static let output = Mutex(())

  package init(
    destination: LogDestination, threshold: LogThreshold = LogThreshold(.info),
    standardError descriptor: Int32 = STDERR_FILENO, clock: LogClock
  ) {
    self.destination = destination
    self.descriptor = descriptor
    self.clock = clock
    self.threshold = threshold
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let merged =
      metadata
      .merging(metadataProvider?.get() ?? [:]) { $1 }
      .merging(event.metadata ?? [:]) { $1 }
    switch destination {
    case .journal:
      // A journal that is restarting must not cost us the line: stderr is its stream too.
      if !JournalSocket.send(JournalFields(event, metadata: merged)) {
        write(LogLines(event, metadata: merged).prefixed)
      }
    case .supervised: write(LogLines(event, metadata: merged).prefixed)
    case .console: write(LogLines(event, metadata: merged).timed(clock.text))
    }
  }

  private func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    Self.output.withLock { _ in
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        // Nobody is left to tell that stderr is closed.
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}
