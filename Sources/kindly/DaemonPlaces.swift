import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyDesk

/// The socket on which the running daemon answers, and the ledger that it writes.
///
/// They can differ from those that the files name: a reload refuses to change them, so the daemon keeps its own until a
/// restart.
struct DaemonPlaces: Hashable {
  let socket: String
  let ledger: String

  /// Finds the running daemon; nil if there is none, or it does not answer.
  ///
  /// It is asked at the socket that the files name. If nothing answers there, the ledgers say which socket was configured
  /// when the daemon loaded its configuration.
  static func find(from places: Whereabouts) async -> DaemonPlaces? {
    if let daemon = await ask(at: places.socket) { return daemon }
    for ledger in places.ledgersOfAnyMode {
      // Losing the error is right: the verb meets it again, or can do without.
      guard let archived = try? await LedgerAssembly.latestConfiguration(in: ledger) else {
        continue
      }
      let socket = Whereabouts(archive: archived.text).socket
      if !socket.isExactly(places.socket), let daemon = await ask(at: socket),
        daemon.ledger.isExactly(ledger)
      {
        return daemon
      }
    }
    return nil
  }

  private static func ask(at socket: String) async -> DaemonPlaces? {
    // Losing the error is right: without a daemon, or with one of another release, the files say where the ledger is.
    let reply = try? await ControlClient(path: socket, timeout: StatusReport.patience)
      .send(.standing)
    guard case .standing(let standing)? = reply else { return nil }
    return DaemonPlaces(socket: socket, ledger: standing.ledger)
  }

  /// How the places differ from those that the files name, in one line; nil if they are the same.
  func difference(from configuration: Configuration) -> String? {
    let places = [
      ("socket", configuration.socket, socket),
      ("ledger", StatePaths(configuration).ledger, ledger),
    ]
    let differences = places.filter { !$1.isExactly($2) }.map { what, named, used in
      "the running daemon uses the \(what) \(used), but kindly.yaml names \(named); "
    }
    guard !differences.isEmpty else { return nil }
    return differences.joined()
      + "run `systemctl restart kindly` to have the daemon use what kindly.yaml names"
  }
}

extension Whereabouts {
  /// The ledgers that exist, first that of the delivery mode; a daemon that was not restarted may write the other.
  fileprivate var ledgersOfAnyMode: [String] {
    ledgers(of: delivery == .rehearsal ? [true, false] : [false, true])
  }

  /// The ledger for the delivery mode; if none is given, the live ledger takes precedence over a rehearsal's.
  var ledger: String? {
    ledgers(of: delivery.map { [$0 == .rehearsal] } ?? [false, true]).first
  }

  private func ledgers(of modes: [Bool]) -> [String] {
    modes.map { StatePaths(stateDirectory: stateDirectory, isRehearsal: $0).ledger }
      .filter { LedgerAssembly.exists(at: $0) }
  }
}
