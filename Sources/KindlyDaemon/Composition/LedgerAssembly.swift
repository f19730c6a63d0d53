import KindlyConfig
import KindlyCore
import KindlySQLiteLedger

/// Opens the ledger that a configuration asks for. Nobody else in the daemon knows which kind of ledger it is.
struct LedgerAssembly {
  let configuration: Configuration
  let options: DaemonOptions

  /// Opens it for writing, and creates it if it is missing.
  func open(now: Instant) throws -> any SharedLedger {
    let paths = StatePaths(configuration)
    try StateFolder.make(paths.folder)
    return try SQLiteLedger(
      opening: LedgerOptions(
        path: paths.ledger, create: true, messageDomain: MessageDomain.of(configuration),
        version: options.version, machine: options.machine, commits: options.commits), now: now,
      fatal: options.fatal)
  }
}
