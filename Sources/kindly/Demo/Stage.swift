import KindlyCore

/// Where the story is played: writes to the customer database, and waits for what Kindly makes of it.
struct Stage {
  let database: CustomerDatabase
  let daemon: ChildProcess
  let folder: DemoFolder
  let narrator: Narrator
  let clock: any Timekeeper
  private var lookout: Lookout
  private var seen: [Event: Int] = [:]

  /// How long to wait for Kindly, which takes about a second for anything; after this it will not happen.
  static let patience = Duration.seconds(20)
  /// How often the lookout looks: often enough for the printed times to be right.
  private static let glance = Duration.milliseconds(50)
  /// Between two scenes, for reading; nothing depends on it.
  private static let breath = Duration.milliseconds(800)

  init(
    database: CustomerDatabase, daemon: ChildProcess, folder: DemoFolder, lookout: Lookout,
    narrator: Narrator, clock: any Timekeeper
  ) {
    self.database = database
    self.daemon = daemon
    self.folder = folder
    self.lookout = lookout
    self.narrator = narrator
    self.clock = clock
  }

  /// Begins a scene.
  func scene(_ heading: String) async throws {
    try await clock.sleep(for: Stage.breath)
    narrator.heading(heading)
  }

  /// Runs statements as the company's application would, in one transaction.
  func apply(_ statements: [String]) throws {
    for statement in statements { narrator.sql(statement) }
    try database.execute(statements)
  }

  /// Waits until every watch has had its first look.
  func awaitFirstLook() async throws {
    try await wait(for: "the first look at the customer database") {
      try await lookout.hasBaselines()
    }
  }

  /// Waits until all of these have happened, and tells everything that happens meanwhile.
  mutating func awaitEvents(
    _ events: [Event], until deadline: Instant? = nil
  ) async throws {
    let deadline = deadline ?? clock.now + Stage.patience
    while true {
      for happening in try await lookout.look() {
        seen[happening.event, default: 0] += 1
        narrator.tell(happening)
      }
      let missing = events.filter { seen[$0] == nil }
      guard let first = missing.first else { return }
      try checkDaemon()
      guard clock.now < deadline else { throw problem("\(first)") }
      try await clock.sleep(for: Stage.glance)
    }
  }

  /// How often something has happened so far.
  func count(of event: Event) -> Int { seen[event] ?? 0 }

  /// Everything that has happened.
  var events: Set<Event> { Set(seen.keys) }

  private func wait(for what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = clock.now + Stage.patience
    while try await !condition() {
      try checkDaemon()
      guard clock.now < deadline else { throw problem(what) }
      try await clock.sleep(for: Stage.glance)
    }
  }

  private func checkDaemon() throws {
    guard !daemon.isRunning else { return }
    throw DemoProblem(
      "the daemon has ended; the last lines of \(folder.log) are\n\(folder.lastLogLines)")
  }

  private func problem(_ what: String) -> DemoProblem {
    DemoProblem(
      "waited \(Int(Stage.patience.inSeconds)) s for \(what) in vain; \(folder.log) may say why")
  }
}

extension Event: CustomStringConvertible {
  var description: String {
    let name = DemoCompany.name(of: customer)
    return switch kind {
    case .planned: "a reminder of rule \(rule) planned for \(name)"
    case .letter: "a letter of rule \(rule) to \(name)"
    case .message: "a text message of rule \(rule) to \(name)"
    case .call: "a task of rule \(rule) about \(name) for the owner"
    case .escalation: "a task of rule \(rule) about \(name) for the lead"
    case .task: "a note of rule \(rule) about \(name)"
    case .cancelled: "a reminder of rule \(rule) for \(name) cancelled"
    }
  }
}
