import Foundation
import GRDB
import Glibc
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Logging
import Synchronization

/// A company of a story: a real SQLite database, a real ledger and the whole daemon, on a clock that is moved by hand.
final class Stage {
  private let folder: SimulationFolder
  private let story: Story
  let clock: ManualClock
  private let channels: [ScriptedChannel]
  private let trouble = Trouble()
  private let database: DatabaseQueue
  private(set) var daemon: Daemon?
  private var configuration: SimConfiguration
  /// How many of each channel's hand-overs were taken away already.
  private var taken = [Int](repeating: 0, count: SimConfiguration.channels.count)
  let commits = CommitPlot()

  /// The channels that are down, for the scripts.
  final class Trouble: Sendable {
    private let down = Mutex<Set<String>>([])
    func set(_ channel: String, isDown: Bool) {
      down.withLock { if isDown { $0.insert(channel) } else { $0.remove(channel) } }
    }
    func isDown(_ channel: String) -> Bool { down.withLock { $0.contains(channel) } }
  }

  init(_ story: Story) throws {
    self.story = story
    folder = try SimulationFolder()
    clock = ManualClock(Instant(seconds: Int64(story.start)))
    configuration = story.configuration
    database = try DatabaseQueue(path: folder.path + "/crm.db")
    let (seed, trouble) = (story.seed, trouble)
    channels = SimConfiguration.channels.map { name in
      ScriptedChannel(
        name: name,
        traits: ChannelTraits(rings: false, afterUnknown: .resendOnce, address: .email)
      ) { delivery in
        if trouble.isDown(name) { return .retry(Refusal("down", isChannelWide: true)) }
        let text =
          "\(name) \(delivery.message.subject) \(delivery.recipient.key) \(delivery.attempt)"
        return switch SeededRandom.percent(seed: seed, of: text) {
        case 0..<4: .retry(Refusal("later"))
        case 4..<6: .rejected(Refusal("no", isRepeatable: true))
        case 6..<9: .unknown(Refusal("no answer"))
        default: .sent(evidence: "taken")
        }
      }
    }
    try write(SimRow.schema + story.rows.map(\.insertion).joined())
    try keep(configuration)
  }

  func close() async {
    await daemon?.close()
    // Losing the error is right: the folder goes away with everything in it.
    try? database.close()
  }

  /// Runs SQL as the application does.
  func write(_ sql: String) throws {
    try database.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  func set(_ channel: String, isDown: Bool) { trouble.set(channel, isDown: isDown) }

  /// Writes the files of a configuration.
  func keep(_ configuration: SimConfiguration) throws {
    self.configuration = configuration
    try folder.write(configuration.yaml(folder: folder.path), to: "kindly.yaml")
    try folder.write(configuration.rulesYAML, to: "rules.d/10-rules.yaml")
    for (year, text) in SimCalendar.files {
      try folder.write(text, to: "calendars/\(SimCalendar.name)/\(year).json")
    }
    for step in configuration.rules.flatMap(\.steps) {
      try folder.write(
        """
        ---
        subject: \(step.name)
        ---
        <p>{{this.status}};{{this.amount}}</p>

        """, to: "templates/\(step.name).html")
    }
  }

  private var loader: ConfigurationLoader {
    ConfigurationLoader(folders: [folder.path], channelTypes: ChannelTypes.all)
  }

  func reload() async throws {
    _ = try await daemon?.reloader.reload(acceptDrop: true)
  }

  /// Starts the daemon. If it dies over that, it is started again at once, as systemd does.
  func start() async throws {
    repeat {
      commits.revive()
      do { try await startOnce() } catch  where commits.hasDied { try await ledgerIsFree() }
    } while commits.hasDied
  }

  /// Returns when nothing holds the ledger. A killed process lets go of it at once; here its last commit may still be under
  /// way.
  private func ledgerIsFree() async throws {
    for _ in 0..<10_000 {
      let lock = open(folder.path + "/state/kindly.lock", O_RDWR)
      defer { Glibc.close(lock) }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { return }
      try await ContinuousClock().sleep(for: .milliseconds(1))
    }
  }

  private func startOnce() async throws {
    let loader = loader
    var options = DaemonOptions(
      load: { try loader.load() }, clock: clock, environment: [:], version: "simulation",
      log: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
      channels: Dictionary(uniqueKeysWithValues: channels.map { (ExactText($0.name), $0) }),
      fatal: { _ in })
    options.commits = commits.witness
    if daemon == nil, !FileManager.default.fileExists(atPath: ledgerPath) {
      // The ids of letters, and so the waits between their attempts, follow from the ledger's own id.
      try await Daemon(options).close()
      try setLedgerID()
    }
    daemon = try await Daemon(options)
  }

  /// What `kindly pause` and `kindly resume` do to a rule, or to everything.
  func pause(_ rule: String?, isOver: Bool) async throws {
    let scope = rule.map(PauseScope.rule) ?? .all
    let note = ActionNote(uid: 0, user: "simulation", because: "the story says so")
    if isOver {
      _ = try await daemon?.ledger.resume(scope, note: note, now: clock.now)
    } else {
      try await daemon?.ledger.pause(scope, until: nil, note: note, now: clock.now)
    }
  }

  func stop() async {
    await daemon?.close()
    daemon = nil
  }

  private var ledgerPath: String { folder.path + "/state/kindly.db" }

  private func setLedgerID() throws {
    let ledger = try DatabaseQueue(path: ledgerPath)
    let id = Data((0..<16).map { UInt8(truncatingIfNeeded: story.seed &* 31 &+ $0) })
    try ledger.writeWithoutTransaction {
      try $0.execute(sql: "UPDATE ledger SET ledger_id = ?", arguments: [id])
    }
    try ledger.close()
  }
}

extension Stage {
  /// What the channels were given since this was asked last.
  func handedOver() async throws -> [HandedOver] {
    var letters: [HandedOver] = []
    for (index, channel) in channels.enumerated() {
      let all = channel.handedOver
      for letter in all[taken[index]...] {
        let detail = try await daemon?.ledger.reminder(.publicID(letter.publicID))
        guard let summary = detail?.summary else {
          throw Violation("the ledger does not know \(letter.publicID), which was handed over")
        }
        guard letter.subject == SimName.first(of: summary.step) else {
          throw Violation("the letter \(letter.subject) was sent for step \(summary.step)")
        }
        letters.append(
          HandedOver(
            identity: try Stage.identity(summary), channel: channel.name,
            outcome: Stage.outcome(letter.outcome), text: letter.text, attempt: letter.attempt))
      }
      taken[index] = all.count
    }
    // One letter may have tried several channels.
    return letters.sorted { $0.attempt < $1.attempt }
  }

  private static func identity(_ summary: ReminderSummary) throws -> Identity {
    let digits = summary.key.description
    guard let key = Int(digits) else { throw Violation("a row has the key \(digits)") }
    return Identity(
      rule: SimName.first(of: summary.rule), step: SimName.first(of: summary.step), key: key,
      cycle: summary.cycle.text, leg: summary.leg)
  }

  private static func outcome(_ outcome: Outcome) -> HandedOver.Outcome {
    switch outcome {
    case .sent: .sent
    case .retry(let refusal): refusal.isChannelWide ? .channelDown : .retry
    case .rejected: .rejected
    case .unknown: .unknown
    case .misconfigured, .withdrawn: .retry
    }
  }

  /// The number of changes that the ledger has noticed.
  func changeCount() async throws -> Int {
    var last: Int64 = 0
    while let daemon {
      let page = try await daemon.ledger.changes(ofWatch: "customers", after: last, limit: 500)
      guard let id = page.last?.id else { break }
      last = id
    }
    return Int(last)
  }

  func uncertain() async throws -> [Identity] {
    let summaries = try await daemon?.ledger.reminders(
      ReminderSelection(states: [.uncertain]), before: nil, limit: 500)
    return try (summaries ?? []).map(Stage.identity)
  }

  /// What holds of every reminder at any time, and that `why` can tell of everybody.
  func checkLedger(now: Int) async throws {
    guard let daemon else { return }
    let summaries = try await daemon.ledger.reminders(
      ReminderSelection(), before: nil, limit: 100_000)
    for reminder in summaries {
      let identity = try Stage.identity(reminder)
      let isFinal = reminder.decided != nil
      guard reminder.state.isFinal == isFinal else {
        throw Violation("\(reminder.state) with decision \(isFinal): \(identity)")
      }
      if isFinal, reminder.state != .sent, reminder.reason == nil {
        throw Violation("\(reminder.state) without a reason: \(identity)")
      }
      if reminder.state == .claimed || reminder.state == .sending {
        throw Violation("\(reminder.state) after the turn: \(identity)")
      }
      if !isFinal, reminder.useUntil.seconds <= now {
        throw Violation(
          "still \(reminder.state) (\(reminder.reason?.words ?? "")) after its use: \(identity)")
      }
    }
  }

  /// What the ledger says of the letters that a text names.
  func words(about text: String) async throws -> String {
    let summaries = try await daemon?.ledger.reminders(
      ReminderSelection(), before: nil, limit: 100_000)
    var lines: [String] = []
    for reminder in (summaries ?? []).reversed() {
      guard text.contains(try Stage.identity(reminder).description),
        let detail = try await daemon?.ledger.reminder(.id(reminder.id))
      else { continue }
      lines.append(
        "  ledger: \(reminder.state) \(reminder.reasonWords ?? ""), due \(reminder.due), useful until \(reminder.useUntil), next \(reminder.next?.description ?? "never"), decided \(reminder.decided?.description ?? "not"), revived \(detail.revivals) times"
      )
      lines += detail.attempts.map { "  attempt: \($0)" }
    }
    return lines.isEmpty ? "  ledger: nothing" : lines.joined(separator: "\n")
  }

  /// Asks `kindly why` about a customer.
  func explain(_ key: Int) async throws {
    guard let daemon else { return }
    let inquiry = CustomerInquiry(
      try loader.load(), now: clock.now, environment: [:])
    let customer = RowKey(canonical: "[\"\(key)\"]")
    let explanation = try await Explainer(
      inquiry: inquiry, ledger: daemon.ledger, rule: nil, since: nil
    ).explain(customer)
    await inquiry.close()
    if let remark = explanation.remarks.first(where: { $0.contains("cannot be evaluated") }) {
      throw Violation("why \(key): \(remark)")
    }
  }
}
