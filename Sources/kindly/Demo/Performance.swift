import Foundation
import KindlyChannels
import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon

/// The demo from its first line to its last: makes the company, runs the daemon, plays the story and shows the result.
struct Performance {
  let folder: DemoFolder
  private let zone: Zone
  private let clock: any Timekeeper
  private let narrator: Narrator
  /// The program as a person would type it here.
  private let program: String

  /// What is in flight at the end takes milliseconds; the rest is for a slow machine.
  private static let stopTime = Duration.seconds(20)
  /// Verbs that only read answer within a second.
  private static let verbTime = Duration.seconds(30)

  init(folder: DemoFolder, program: String, clock: any Timekeeper) {
    self.folder = folder
    self.program = program.contains("/") ? program : "kindly"
    self.clock = clock
    zone = Zone.named(TimeZone.current.identifier) ?? .utc
    narrator = Narrator(zone: zone, clock: clock)
  }

  func run() async throws {
    narrator.plain("Kindly at work on a small company\n")
    narrator.fact("Folder", folder.path)
    let providers = try DemoProviders()
    defer { providers.close() }
    try folder.writeConfiguration(zone: zone.identifier, port: providers.port)
    let database = try CustomerDatabase(
      making: folder.database, of: DemoCompany(now: clock.now, zone: zone))
    let configuration = try ConfigurationLoader.load(folder: folder.path)
    try await introduce(configuration, database)
    try await applyChangeLog(configuration, database)
    let log = try folder.openLog()
    let daemon = try ChildProcess(["run", "--config", folder.path], output: log, clock: clock)
    do {
      try await play(on: database, daemon, providers)
      try await showVerbs()
    } catch {
      _ = try await stop(daemon)
      throw error
    }
    try await finish(daemon)
    try database.close()
  }

  private func introduce(_ configuration: Configuration, _ database: CustomerDatabase) async throws
  {
    let counts = try ["customers", "leases", "orders", "invoices"].map {
      "\(try database.count(of: $0)) \($0)"
    }
    narrator.fact("Database", "crm.db: " + counts.joined(separator: ", "))
    narrator.fact("Rules", configuration.rules.map(\.name).joined(separator: ", "))
    narrator.fact("Letters", "templates, in English and Chinese")
    narrator.fact("Mail", "goes to mail/new, and nowhere else")
    narrator.fact("SMS, WeChat", "go to a stand-in for the providers, here in the demo")
    narrator.fact("Daemon", "kindly run --config FOLDER, with its log in kindly.log")
  }

  /// What an administrator does once with the output of `kindly source ddl leases`: the columns are those that the rules
  /// about leases name, and the one that names the customer.
  private func applyChangeLog(
    _ configuration: Configuration, _ database: CustomerDatabase
  ) async throws {
    guard let watch = configuration.watch(named: "leases"),
      let settings = configuration.source(named: watch.source)
    else { return }
    let source = try SourceAssembly.source(settings)
    let script = try await source.changeLogDDL(for: watch, columns: ["customer_id", "status"])
    await source.close()
    try database.run(script: script)
  }

  private func play(
    on database: CustomerDatabase, _ daemon: ChildProcess, _ providers: DemoProviders
  ) async throws {
    try await awaitAnswer(of: daemon)
    try await LedgerAssembly.reading(folder.path + "/state/kindly.db") { ledger in
      var story = Story(
        on: Stage(
          database: database, daemon: daemon, folder: folder,
          lookout: Lookout(ledger: ledger, folder: folder, providers: providers),
          narrator: narrator, clock: clock))
      try await story.play()
    }
  }

  /// Waits until the daemon answers on its control socket.
  private func awaitAnswer(of daemon: ChildProcess) async throws {
    let client = ControlClient(path: folder.socket, timeout: .seconds(2))
    let deadline = clock.now + Stage.patience
    while true {
      // Until it listens each attempt fails; only that it ended, or takes too long, is a problem.
      if case .ok? = try? await client.send(.ping) { return }
      guard daemon.isRunning, clock.now < deadline else {
        throw DemoProblem(
          """
          the daemon did not start within \(Int(Stage.patience.inSeconds)) s; the last lines of \(folder.log) are
          \(folder.lastLogLines)
          """)
      }
      try await clock.sleep(for: .milliseconds(50))
    }
  }

  private func showVerbs() async throws {
    try await show(["status"])
    try await show(["why", "--customer", "\(Cast.payer)"])
  }

  /// Prints a command and runs it.
  private func show(_ verb: [String]) async throws {
    narrator.heading((["kindly"] + verb).joined(separator: " "))
    let arguments = verb + ["--config", folder.path]
    let child = try ChildProcess(arguments, output: .standardOutput, clock: clock)
    let status = try await child.end(within: Performance.verbTime)
    guard status == 0 else {
      _ = try await stop(child)
      let command = (["kindly"] + arguments).joined(separator: " ")
      throw DemoProblem(
        "`\(command)` "
          + (status.map { "ended with exit code \($0)" } ?? "gave no answer"))
    }
  }

  private func finish(_ daemon: ChildProcess) async throws {
    narrator.heading("The end")
    let status = try await stop(daemon)
    guard status == 0 else {
      throw DemoProblem(
        "the daemon ended with exit code \(status); the last lines of \(folder.log) are\n\(folder.lastLogLines)"
      )
    }
    narrator.plain(
      """
      The daemon has ended, and each message went out once. To look around:

        ls \(folder.path)/mail/new
        \(program) outbox list --config \(folder.path)
        \(program) channel list --config \(folder.path)
        \(program) why --config \(folder.path) --customer \(Cast.caller)

      Any mail program opens the letters: mutt -f \(folder.path)/mail
      """)
  }

  /// Ends a child process, also when the demo itself was asked to end.
  private func stop(_ child: ChildProcess) async throws -> Int32 {
    // A task of its own, because cancellation must not leave the child behind.
    try await Task { try await child.stop(within: Performance.stopTime) }.value
  }
}
