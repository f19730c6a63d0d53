import Foundation
import Glibc

/// The files of one ledger: the database, and beside it the writer's lock and the instance marker.
package struct LedgerFiles: Hashable, Sendable {
  /// `/var/lib/kindly/kindly.db`
  package let database: String
  /// `/var/lib/kindly/kindly.lock`
  package let lock: String
  /// `/var/lib/kindly/kindly.instance`
  package let marker: String

  package init(database: String) {
    self.database = database
    let stem = database.hasSuffix(".db") ? String(database.dropLast(3)) : database
    lock = stem + ".lock"
    marker = stem + ".instance"
  }

  /// Whether there is a database. One in a folder that may not be entered counts as existing, so that opening it
  /// reports the cause.
  package var exists: Bool { access(database, F_OK) == 0 || errno == EACCES }

  package var folder: String { LedgerFiles.folder(of: database) }

  /// The folder of a file; `.` for a path without one.
  static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}
