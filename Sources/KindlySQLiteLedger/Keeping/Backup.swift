import Foundation
import GRDB
import Glibc
package import KindlyCore

/// Makes a consistent copy of a ledger while it is being written.
///
/// The copy is made under another name, marked as a backup so that it can never send unnoticed, flushed, and only then
/// given its name; an existing file is never replaced.
package struct Backup: Sendable {
  private let source: String
  private let path: String
  private let now: Instant

  package init(from source: String, to path: String, now: Instant) {
    self.source = source
    self.path = path
    self.now = now
  }

  package func make() async throws {
    guard LedgerConnection.size(path) == nil else { throw exists() }
    try checkFolder()
    removeLeftovers()
    let draft = "\(path).\(getpid()).part"
    try create(draft)
    defer { unlink(draft) }
    do {
      try await copy(to: draft)
      try await mark(draft)
    } catch let error as DatabaseError {
      throw LedgerProblem(
        .unwritable, "cannot write the backup \(path): \(error.message ?? "\(error.resultCode)")",
        hint: "check that its folder has room")
    }
    try publish(draft)
  }

  /// Checks the folder first, because the database engine gives no cause.
  private func checkFolder() throws {
    let folder = LedgerFiles.folder(of: path)
    guard access(folder, W_OK | X_OK) != 0 else { return }
    throw LedgerProblem(
      .unwritable,
      "cannot write the backup \(path): its folder \(folder): \(String(cString: strerror(errno)))",
      hint: "name a folder that exists and that this user may write")
  }

  /// Removes the drafts of backups to the same path that were killed.
  private func removeLeftovers() {
    let folder = LedgerFiles.folder(of: path)
    let (start, end) = ((path as NSString).lastPathComponent + ".", ".part")
    // Losing the error is right: a folder that cannot be listed may still take the backup.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard name.utf8.starts(with: start.utf8),
        name.utf8.suffix(end.utf8.count).elementsEqual(end.utf8),
        let process = pid_t(
          Substring(name.utf8.dropFirst(start.utf8.count).dropLast(end.utf8.count))),
        process > 0, kill(process, 0) != 0, errno == ESRCH
      else { continue }
      for leftover in [name, name + "-journal"] { unlink(folder + "/" + leftover) }
    }
  }

  /// Makes the draft before SQLite does, because it holds personal data that others need not read.
  func create(_ draft: String) throws {
    for leftover in [draft, draft + "-journal"] { unlink(leftover) }
    let descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw failure("make") }
    // The group reads the backup, whatever the umask is.
    fchmod(descriptor, 0o640)
    close(descriptor)
  }

  /// Copies within one read of the source; the copy holds what is in use, without the source's gaps.
  func copy(to draft: String) async throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.label = "ledger backup"
    let queue = try DatabaseQueue(path: source, configuration: configuration)
    try await queue.unsafeRead { db in
      try db.execute(sql: "VACUUM INTO ?", arguments: [draft])
    }
    try queue.close()
  }

  private func mark(_ draft: String) async throws {
    let queue = try DatabaseQueue(path: draft)
    let made = now.milliseconds
    try await queue.write {
      try $0.execute(sql: "UPDATE ledger SET backup_of = ?", arguments: [made])
    }
    try queue.close()
  }

  private func publish(_ draft: String) throws {
    let descriptor = open(draft, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open") }
    let flushed = fsync(descriptor)
    close(descriptor)
    guard flushed == 0 else { throw failure("flush") }
    // A link, unlike a rename, fails where somebody has made the file in the meantime.
    guard link(draft, path) == 0 else { throw errno == EEXIST ? exists() : failure("name") }
  }

  private func exists() -> LedgerProblem {
    LedgerProblem(
      .refused, "there is a file at \(path) already; nothing was written",
      hint: "give another name, or move the old backup away")
  }

  private func failure(_ verb: String) -> LedgerProblem {
    LedgerProblem(
      .unwritable, "cannot \(verb) the backup \(path): \(String(cString: strerror(errno)))",
      hint: nil)
  }
}
