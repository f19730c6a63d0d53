import Foundation
package import GRDB

/// A real SQLite file in a folder of its own, with a connection that writes as a customer's application would.
///
/// The folder is removed when the value goes away.
package final class TemporaryDatabase: Sendable {
  private let folder: URL
  package let path: String
  /// The application's connection; it never waits for a lock, so that a reader left open is an error.
  package let writer: DatabaseQueue

  package enum Journal: String, Sendable, CaseIterable {
    case rollback = "DELETE"
    case wal = "WAL"
  }

  package init(_ sql: String = "", journal: Journal = .rollback) throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "kindly-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "customers.db").path
    var configuration = Configuration()
    configuration.busyMode = .immediateError
    // A test leaves a transaction open to hold a lock.
    configuration.allowsUnsafeTransactions = true
    // What an application in any language gets by default.
    configuration.foreignKeysEnabled = false
    writer = try DatabaseQueue(path: path, configuration: configuration)
    try writer.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = \(journal.rawValue)")
      try database.execute(sql: sql)
    }
  }

  /// Runs SQL outside a transaction, as the sqlite3 program would.
  package func run(_ sql: String) throws {
    try writer.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  deinit {
    // What cannot be removed is left to the system's own cleaning of temporary files.
    try? FileManager.default.removeItem(at: folder)
  }
}
