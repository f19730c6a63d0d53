import KindlyCore
import Synchronization

/// The ledger's own record of itself, to be compared with the marker file beside it.
///
/// The fence answers one question: is this the ledger that last sent from here? At each start and each tidying `epoch`
/// rises first in the ledger, durably, and then in the marker. So:
/// - A ledger copied without its marker, or placed beside another's marker, shows another instance.
/// - A restored old copy shows a lower epoch than the marker.
/// - A restored marker shows a lower epoch than the ledger, by more than the one step that a crash between the two can
///   cause.
/// - Both files moved to another machine show another machine.
/// - Both files copied to another path, or restored, show another file than the marker was written for.
/// - A ledger that lost its write-ahead log, or was replaced by a copy of the same epoch, shows fewer commits than the
///   marker.
/// - A copy made by `backup` is marked as a backup.
///
/// No file beside the ledger can reveal that a whole disk, marker included, was restored or cloned in place.
struct FencedLedger: Hashable, Sendable {
  var instance: String
  var epoch: Int64
  var machine: String?
  var backupOf: Instant?
  /// Commits while it was armed.
  var commits: Int64

  /// Whether the ledger may send, given the marker beside it, the machine it is on, and the database file as it is found now.
  func fence(
    marker: InstanceMarker?, machine present: String?, place: LedgerPlace?
  ) -> LedgerFence {
    if let backupOf { return .disarmed(.backup(made: backupOf)) }
    guard let marker else {
      // A ledger that never finished its first start cannot have sent anything.
      return epoch == 0 ? .armed : .disarmed(.markerMissing)
    }
    if marker.instance != instance { return .disarmed(.otherInstance) }
    if epoch < marker.epoch { return .disarmed(.restored) }
    if epoch > marker.epoch + 1 { return .disarmed(.markerBehind) }
    if let machine, let present, machine != present { return .disarmed(.otherMachine) }
    if let recorded = marker.place, let place, !place.isSameFile(as: recorded) {
      return .disarmed(.copied(from: recorded.path))
    }
    if commits < marker.commits { return .disarmed(.commitsMissing(marker.commits - commits)) }
    return .armed
  }
}

/// Whether an open ledger may send; shared by the ledger and the end of its writer.
final class FenceState: Sendable {
  private let fence: Mutex<LedgerFence>

  init(_ fence: LedgerFence) { self.fence = Mutex(fence) }

  var value: LedgerFence { fence.withLock { $0 } }

  func arm() { fence.withLock { $0 = .armed } }
}
