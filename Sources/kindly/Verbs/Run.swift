import ArgumentParser
import Foundation
import Glibc
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlySystemd
import KindlyTemplates
import Logging

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the daemon in the foreground, as systemd does.",
    discussion: """
      SIGHUP reloads the configuration. SIGTERM stops the daemon: it breaks off messages that it has not sent completely, \
      which leave after the next start, and waits up to 10 seconds for the answers to the others. `log level:` in \
      kindly.yaml sets the log level; --log-level overrides it.

      EXAMPLES
        kindly run
        kindly run --config ./etc --log-level debug
      """)

  @OptionGroup var place: ConfigurationPlace

  @Option(
    help: ArgumentHelp(
      "Log from this level on: debug, info, notice, warning or error.", valueName: "level"),
    transform: Run.level)
  var logLevel: Logger.Level?

  func run() async throws {
    let clock = SystemClock()
    let fixed = logLevel
    let threshold = LogThreshold(fixed ?? .info)
    let logClock = LogClock(zone: .named(TimeZone.current.identifier) ?? .utc) { clock.now }
    LoggingSystem.bootstrap { _ in
      JournalLogHandler(destination: LogDestination(), threshold: threshold, clock: logClock)
    }
    let log = Logger(label: "kindly")
    // A release artefact whose calendars were not linked would write wrong dates; it must not write any.
    if let fault = TemplateSelfCheck.run() {
      log.critical(
        "this build of kindly cannot write dates and amounts, so it sends nothing: \(fault)")
      throw ExitCode(70)
    }
    guard access(place.config + "/kindly.yaml", F_OK) == 0 || errno != ENOENT else {
      log.critical(
        """
        there is no configuration at \(place.config)/kindly.yaml, so there is nothing to do yet. \
        Create one with `kindly init`, then run `systemctl start kindly`; /usr/share/doc/kindly/configuration.md lists every key
        """)
      throw ExitCode(78)
    }
    let folder = place.config
    let daemon: Daemon
    do {
      daemon = try await Daemon(
        DaemonOptions(
          load: { try ConfigurationLoader.load(folder: folder) }, clock: clock,
          environment: ProcessInfo.processInfo.environment, version: Version.text,
          madeAfter: Version.madeAfter,
          machine: MachineIdentity.read(), log: log,
          setLog: { level, zone in
            threshold.set(fixed ?? level ?? .info)
            logClock.set(zone)
          }, outlook: Run.outlook, fatal: Run.end))
    } catch {
      for line in Failure.text(of: error).split(separator: "\n") { log.critical("\(line)") }
      // The service manager restarts the daemon after any failure that is not known to be permanent.
      throw ExitCode((Failure(error)?.code ?? .software).rawValue)
    }
    do {
      try await daemon.run()
    } catch {
      log.critical("kindly is stopping because one of its services failed: \(error)")
      throw ExitCode((error is LedgerProblem ? Failure.Code.inputOutput : .software).rawValue)
    }
  }

  private static let level: @Sendable (String) throws -> Logger.Level = { text in
    guard let level = Logger.Level(rawValue: text) else {
      throw ValidationError("expected a level such as info or debug, got \(text)")
    }
    return level
  }

  /// Compares the coming days before and after a reload, on a connection to the ledger of its own.
  private static let outlook: Reloader.Outlook = { before, after, now in
    try await LedgerAssembly.reading(StatePaths(before).ledger) { ledger in
      try await ReloadOutlook(from: before, to: after, now: now).text(
        ledger: ledger, environment: ProcessInfo.processInfo.environment)
    }
  }

  /// Ends the process: after the disk failed during a commit, nothing may continue as if it had been saved.
  private static let end: @Sendable (LedgerProblem) -> Void = { problem in
    Logger(label: "kindly").critical(
      "\(problem); kindly is stopping, and the service manager will restart it")
    Foundation.exit(74)
  }
}
