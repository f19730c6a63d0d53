import KindlyCore
import Synchronization

/// Lets the process die at a chosen commit of the ledger.
final class CommitPlot: Sendable {
  private struct Plan {
    var left: Int
    let isDurable: Bool
  }

  private let plan = Mutex<Plan?>(nil)
  private let died = Mutex(false)

  struct Death: Error {}

  /// Whether the process has died since its start.
  var hasDied: Bool { died.withLock { $0 } }

  /// The process dies at the n-th commit from now on, before it is durable or before anybody hears of it.
  func die(at commit: Int, isDurable: Bool) {
    plan.withLock { $0 = Plan(left: commit, isDurable: isDurable) }
  }

  func forget() { plan.withLock { $0 = nil } }

  /// Another process begins.
  func revive() { died.withLock { $0 = false } }

  var witness: CommitWitness {
    CommitWitness(
      before: { try self.meet(isDurable: false) }, after: { try self.meet(isDurable: true) })
  }

  private func meet(isDurable: Bool) throws {
    let dies = plan.withLock { plan in
      guard var next = plan, next.isDurable == isDurable else { return false }
      next.left -= 1
      plan = next.left > 0 ? next : nil
      return next.left <= 0
    }
    guard dies else { return }
    died.withLock { $0 = true }
    throw Death()
  }
}
