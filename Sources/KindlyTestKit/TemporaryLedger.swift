package import Foundation
package import KindlyCore
package import KindlySQLiteLedger

/// A real ledger in a folder of its own, which goes away with it.
package final class TemporaryLedger: Sendable {
  package let folder: URL
  package let ledger: SQLiteLedger

  package static let start = Instant(seconds: 1_770_000_000)

  /// Makes a folder with a new ledger in it.
  package init(now: Instant = start) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "kindly-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    ledger = try TemporaryLedger.open(in: folder, create: true, now: now)
  }

  package var path: String { TemporaryLedger.path(in: folder) }

  package static func path(in folder: URL) -> String { folder.appending(path: "ledger.db").path }

  /// Opens the ledger in a folder; a disk that fails ends the test's process, as it would the daemon.
  package static func open(
    in folder: URL, create: Bool = false, machine: String? = nil, now: Instant = start
  ) throws -> SQLiteLedger {
    try SQLiteLedger(
      opening: LedgerOptions(
        path: path(in: folder), create: create, messageDomain: "test.invalid", version: "test",
        machine: machine), now: now, fatal: { fatalError("\($0)") })
  }

  deinit {
    // Losing the error is right: a folder left behind in /tmp harms no test.
    try? FileManager.default.removeItem(at: folder)
  }
}
