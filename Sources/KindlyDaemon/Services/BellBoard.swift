import KindlyCore
import Synchronization

/// The bells of loops of which there is one for each source.
package final class BellBoard: Sendable {
  private let bells = Mutex<[ExactText: Bell]>([:])
  /// Rung when the sources may be others than before.
  let roster = Bell()

  package init() {}

  /// The bell of a source's loop.
  package func bell(of source: String) -> Bell {
    bells.withLock { bells in
      if let bell = bells[source] { return bell }
      let bell = Bell()
      bells[source] = bell
      return bell
    }
  }

  package func ring(_ source: String) async { await bell(of: source).ring() }

  /// Wakes every loop, and the service that starts one loop for each source.
  package func ringAll() async {
    for bell in bells.withLock({ Array($0.values) }) { await bell.ring() }
    await roster.ring()
  }
}
