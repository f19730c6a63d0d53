import GRDB
import KindlyCore
import Synchronization

/// Counts the ledger's commits: in the ledger within each commit, and in the marker after it.
///
/// Nothing is counted while the ledger is disarmed, so missing commits stay missing until a person arms it.
final class CommitCount: Sendable {
  private let marker: MarkerFile
  private let fence: FenceState
  private let durable: Mutex<Int64>

  init(_ durable: Int64, marker: MarkerFile, fence: FenceState) {
    self.durable = Mutex(durable)
    self.marker = marker
    self.fence = fence
  }

  /// Counts the transaction that is open, and returns the number it will have; nil while the ledger is disarmed.
  func number(_ db: Database) throws -> Int64? {
    guard fence.value.isArmed else { return nil }
    let next = durable.withLock { $0 + 1 }
    let statement = try Prepared(db, "UPDATE ledger SET commits = ?")
    statement.bind(next, at: 1)
    try statement.run()
    return next
  }

  /// Notes that the transaction of this number is durable.
  func noteCommit(_ number: Int64?) {
    guard let number else { return }
    durable.withLock { $0 = number }
    marker.count(number)
  }
}
