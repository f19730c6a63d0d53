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
    let draft = "\(path).\(getpid()).part"
    unlink(draft)
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

  /// Copies within one read of the source; the copy holds what is in use, without the source's gaps.
  private func copy(to draft: String) async throws {
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
    // Holds personal data, whatever the folder's other files may be.
    chmod(draft, 0o640)
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
