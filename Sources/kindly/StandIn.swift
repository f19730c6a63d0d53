import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Finds a substitute workplace while the files have errors: the running daemon's ledger, and the configuration loaded
/// last, which the ledger archives.
struct StandIn {
  let folder: String
  let problems: ConfigurationProblems

  /// The workplace; nil where there is neither a daemon nor a ledger that can be read.
  func workplace() async -> Workplace? {
    guard let places = Whereabouts(folder: folder) else { return nil }
    let daemon = await DaemonPlaces.find(from: places)
    guard let ledger = daemon?.ledger ?? places.ledger else { return nil }
    // Losing the error is right: the verb meets it again, or can do without.
    let archived = try? await LedgerAssembly.latestConfiguration(in: ledger)
    guard daemon != nil || archived != nil else { return nil }
    let loader = ConfigurationLoader(folder: folder)
    // If this release cannot read the archive, verbs that need no rule still work: locations, pauses of everything, the
    // outbox.
    let loaded = archived.flatMap { try? loader.load(archive: $0.text) }
    let fault = ConfigurationFault(
      folder: folder, problems: problems, loaded: loaded == nil ? nil : archived?.archived)
    return Workplace(
      loaded ?? Configuration(places), socket: daemon?.socket, ledger: ledger, fault: fault)
  }
}

/// Errors in the files of a configuration while a verb works by what was loaded before.
struct ConfigurationFault {
  let folder: String
  let problems: ConfigurationProblems
  /// When the configuration was first loaded that is used instead; nil where there is none.
  let loaded: Instant?

  /// One line that says what is wrong and what it means.
  var summary: String {
    let count = counted(problems.problems.count, "error")
    return
      "the configuration in \(folder) has \(count) and cannot be loaded: the next reload or start will fail; run `kindly check`"
  }

  /// Every error, and what is used instead.
  func text(in zone: Zone) -> String {
    let used =
      loaded.map { "using the configuration of \(zone.text(of: $0)), which was loaded last" }
      ?? "using the ledger alone, without rules and channels"
    let lines = problems.problems.map { "kindly: warning: \($0)" }
    return (lines + ["kindly: warning: \(summary); \(used)"]).joined(separator: "\n")
  }
}
