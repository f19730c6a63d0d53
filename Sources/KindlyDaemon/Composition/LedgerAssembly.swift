import KindlyConfig
package import KindlyCore
import KindlySQLiteLedger

/// Opens ledgers for the daemon and for commands. Nobody else in the product knows which kind of ledger it is.
package enum LedgerAssembly {
  /// Opens the daemon's ledger for writing, and creates it if it is missing.
  static func open(
    _ configuration: Configuration, options: DaemonOptions, now: Instant
  ) throws -> any SharedLedger {
    let paths = StatePaths(configuration)
    try StateFolder.make(paths.folder)
    return try SQLiteLedger(
      opening: LedgerOptions(
        path: paths.ledger, create: true, messageDomain: MessageDomain.of(configuration),
        version: options.version, machine: options.machine, commits: options.commits), now: now,
      fatal: options.fatal)
  }

  /// Opens a ledger for writing by a command; it must exist, and nobody else may write it.
  ///
  /// - Parameter machine: what tells this machine from another; nil leaves the comparison out.
  package static func open(
    _ path: String, version: String, machine: String?, now: Instant
  ) throws -> any SharedLedger {
    try SQLiteLedger(
      opening: LedgerOptions(path: path, create: false, version: version, machine: machine),
      now: now,
      // The call that met the failure throws it too, and the command ends with it.
      fatal: { _ in })
  }

  /// Runs a body with a ledger opened for reading, whether or not a daemon writes it, and closes it.
  package static func reading<Result>(
    _ path: String, _ body: (any ForecastingLedger) async throws -> Result
  ) async throws -> Result {
    let ledger = try SQLiteLedgerReader(path: path)
    do {
      let result = try await body(ledger)
      await ledger.close()
      return result
    } catch {
      await ledger.close()
      throw error
    }
  }

  /// The configuration that the last writer of a ledger loaded.
  package static func latestConfiguration(in path: String) async throws -> ArchivedConfiguration? {
    try await reading(path) { try await $0.latestConfiguration() }
  }

  /// Writes a consistent copy of a ledger to a path that must not exist, whether or not a daemon writes the ledger.
  package static func backUp(_ path: String, to copy: String, now: Instant) async throws {
    // Opened as a ledger first, so that something else is not copied under its name.
    try await reading(path) { _ in }
    try await Backup(from: path, to: copy, now: now).make()
  }

  /// What a configuration's ledger publishes for rules to read.
  static func published(by configuration: Configuration) -> PublishedLedger {
    PublishedLedger(at: StatePaths(configuration).ledger)
  }

  /// Whether there is a ledger at a path.
  ///
  /// One in a folder that may not be entered counts as existing, so that opening it reports the cause.
  package static func exists(at path: String) -> Bool { LedgerFiles(database: path).exists }

  /// The folder that holds a ledger's files.
  package static func folder(of path: String) -> String { LedgerFiles(database: path).folder }
}
