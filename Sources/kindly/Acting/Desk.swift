import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon

/// Carries out writing verbs: through the daemon, or directly in the ledger if no daemon runs.
struct Desk {
  let workplace: Workplace

  /// Asks the daemon; what only a running daemon can do is an error without one.
  func askDaemon(_ request: ControlRequest) async throws -> String {
    try Desk.text(of: try await ControlClient(path: workplace.socket).send(request))
  }

  private static func text(of reply: ControlReply) throws -> String {
    switch reply {
    case .ok(let text, _): return text
    case .refused(let text): throw Failure(.refused, text)
    // Only a question about the daemon itself is answered so, and none comes this way.
    case .standing(let standing): return "kindly \(standing.version) is running"
    }
  }

  /// Asks the daemon, or does the same in the ledger while no daemon holds it.
  func ask(_ request: ControlRequest) async throws -> String {
    do {
      return try await askDaemon(request)
    } catch ControlError.daemonNotRunning {
      return try await withLedger { ledger in
        let desk = WritingDesk(
          ledger: ledger, names: DeskNames(workplace.configuration), setting: LedgerAlone(),
          clock: SystemClock(), note: Caller.note)
        guard let reply = try await desk.answer(request) else {
          throw ControlError.daemonNotRunning(path: workplace.socket)
        }
        return try Desk.text(of: reply)
      }
    }
  }

  /// Opens the ledger for writing for a moment; it must exist, and nobody else may write it.
  private func withLedger<Answer>(_ body: (any SharedLedger) async throws -> Answer) async throws
    -> Answer
  {
    let path = workplace.ledgerPath
    try LedgerOwner.become(of: path)
    let ledger = try LedgerAssembly.open(
      path, version: Version.text, machine: MachineIdentity.read(), now: workplace.now)
    do {
      let answer = try await body(ledger)
      await ledger.close(now: workplace.now)
      return answer
    } catch {
      await ledger.close(now: workplace.now)
      throw error
    }
  }
}
