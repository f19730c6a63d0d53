import KindlyControl
import KindlyCore
import KindlyDesk

extension StatusReport {
  /// A daemon that works answers within milliseconds.
  static let patience = Duration.seconds(5)

  /// Asks the daemon and the ledger of a workplace.
  static func make(_ workplace: Workplace) async -> StatusReport {
    let facts: Result<Facts, Unreadable>
    do {
      facts = .success(
        try await workplace.reading { try await Facts(of: $0, now: workplace.now) })
    } catch {
      facts = .failure(Unreadable(description: Failure(error)?.description ?? "\(error)"))
    }
    return StatusReport(
      workplace.configuration, now: workplace.now,
      remarks: [workplace.fault?.summary, workplace.move].compactMap(\.self),
      daemonProblem: await daemonProblem(workplace), facts: facts)
  }

  /// Why the daemon could not be asked; nil if it answers.
  private static func daemonProblem(_ workplace: Workplace) async -> String? {
    do {
      let client = ControlClient(path: workplace.socket, timeout: patience)
      switch try await client.send(.standing) {
      case .standing: return nil
      case .ok(let text, _), .refused(let text): return text
      }
    } catch {
      return "\(error)"
    }
  }
}
