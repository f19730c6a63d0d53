import GRDB
package import KindlyCore
import Synchronization

/// Kindly's own database in one SQLite file.
///
/// This class is the only writer of its file, which its lock ensures. Reads use separate connections that cannot write.
/// The ledger's roles are implemented in the folders beside this file.
package final class SQLiteLedger: Sendable {
  package let files: LedgerFiles
  /// For reading while this one writes; the same as a command opens without a daemon.
  package let reader: SQLiteLedgerReader
  let writer: GroupCommit
  /// This process's row in `run`; it owns what this process claims.
  package let run: Int64
  let identity: PublicIdentity
  let machine: String?
  let marker: MarkerFile
  let fenceState: FenceState

  init(_ opened: OpenedLedger, fatal: @escaping @Sendable (LedgerProblem) -> Void) {
    files = opened.files
    reader = opened.reader
    run = opened.run
    identity = opened.identity
    machine = opened.machine
    marker = opened.marker
    fenceState = FenceState(opened.fence)
    writer = GroupCommit(
      opened.database, holding: opened.lock,
      counting: CommitCount(opened.commits, marker: marker, fence: fenceState),
      witness: opened.witness, fatal: fatal)
  }

  package var place: String { files.database }

  /// Whether this ledger may send; while it is disarmed nothing can be claimed.
  package var fence: LedgerFence { fenceState.value }

  /// Commits what was submitted, notes the end of the run, and lets the lock go.
  package func close(now: Instant) async {
    let run = run
    // Losing the error is right: the note is for people, and a ledger that cannot be written has said so before.
    try? await writer.submit { db in
      try db.execute(
        sql: "UPDATE run SET ended_at = ?, until = 0 WHERE id = ?",
        arguments: [now.milliseconds, run])
    }
    await reader.close()
    await writer.close()
  }

  /// A ledger that was never closed still ends its thread and gives its lock back.
  deinit { writer.abandon() }
}
