import Foundation
import GRDB
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Logging
import Synchronization

/// A company under test: a real customer database, a real ledger and the whole daemon, on a clock that is moved by hand.
final class Company {
  let folder: TemporaryFolder
  let clock: ManualClock
  let channel: ScriptedChannel
  let zone: Zone
  private(set) var daemon: Daemon
  private let channelTypes: [any ChannelType.Type]
  private let environment: [String: String]
  private let outlook: Reloader.Outlook?
  private let post = Post()

  /// Where mail arrives, with the time at which it did.
  final class Post: Sendable {
    private let letters = Mutex<[Letter]>([])
    func add(_ letter: Letter) { letters.withLock { $0.append(letter) } }
    var all: [Letter] { letters.withLock { $0 } }
  }

  struct Letter: Hashable, Sendable {
    let at: Instant
    let customer: String
    let rule: String
    let subject: String
    let messageID: String
    let attachments: [String]
  }

  /// Starts a company; a template that a rule names and that `files` does not hold has the step's name as its subject.
  init(
    at start: String, zone: String = "Asia/Shanghai", schema: String, configuration: String,
    rules: String, files: [String: String] = [:],
    afterUnknown: ChannelTraits.AfterUnknown = .resendOnce, repeatWindow: Duration? = nil,
    channelTypes: [any ChannelType.Type] = ChannelTypes.all, environment: [String: String] = [:],
    outlook: Reloader.Outlook? = nil
  ) async throws {
    self.channelTypes = channelTypes
    self.environment = environment
    self.outlook = outlook
    folder = try TemporaryFolder("company")
    self.zone = Zone.named(zone) ?? .utc
    clock = ManualClock(try Company.instant(start, in: self.zone))
    let post = post
    let clock = clock
    channel = ScriptedChannel(
      traits: ChannelTraits(
        rings: false, afterUnknown: afterUnknown, address: .email, repeatWindow: repeatWindow,
        carriesAttachments: true)
    ) { delivery in
      post.add(
        Letter(
          at: clock.now, customer: delivery.recipient.key, rule: delivery.rule,
          subject: delivery.message.subject, messageID: delivery.messageID,
          attachments: delivery.message.attachments.map(\.summary)))
      return .sent(evidence: "taken")
    }
    try folder.write(
      configuration.replacingOccurrences(of: "FOLDER", with: folder.path), to: "kindly.yaml")
    try folder.write(rules, to: "rules.d/10-rules.yaml")
    for (name, text) in files { try folder.write(text, to: name) }
    try Company.run(schema, in: folder.path + "/crm.db")
    try Company.addMissingTemplates(in: folder, channelTypes)
    daemon = try await Company.start(
      folder, clock, channel, channelTypes, environment, outlook)
  }

  /// Ends the daemon as at a shutdown and starts it anew on the same ledger.
  func restart() async throws {
    await daemon.close()
    daemon = try await Company.start(
      folder, clock, channel, channelTypes, environment, outlook)
  }

  func close() async { await daemon.close() }

  /// Runs SQL on the customer database over a connection of the application's own.
  func write(_ sql: String) throws { try Company.run(sql, in: databasePath) }

  /// Makes a copy of the customer database as it is now, and returns its path.
  func copyDatabase() throws -> String {
    let copy = databasePath + ".copy"
    try write("VACUUM INTO '\(copy)'")
    return copy
  }

  /// Puts a copy in the place of the customer database, as a restore does; one of its present rows by default.
  func replaceDatabase(by copy: String? = nil) throws {
    let copy = try copy ?? copyDatabase()
    try FileManager.default.removeItem(atPath: databasePath)
    try FileManager.default.moveItem(atPath: copy, toPath: databasePath)
  }

  var databasePath: String { folder.path + "/crm.db" }

  /// Replaces the rules and reloads.
  func reload(rules: String, acceptDrop: Bool = false) async throws {
    try folder.write(rules, to: "rules.d/10-rules.yaml")
    try Company.addMissingTemplates(in: folder, channelTypes)
    _ = try await daemon.reloader.reload(acceptDrop: acceptDrop)
  }

  /// Moves the clock to a wall time and turns the daemon.
  func turn(at time: String) async throws {
    clock.advance(to: try Company.instant(time, in: zone))
    try await daemon.turn()
  }

  /// Turns now.
  func turn() async throws { try await daemon.turn() }

  /// Turns at ten in the morning of every day before a wall time.
  ///
  /// Where it is told to, the daemon is restarted after every letter and on every Monday: before, between and behind
  /// all that happens.
  func live(before time: String, restarting: Bool = false) async throws {
    let end = try Company.instant(time, in: zone)
    var date = zone.date(at: clock.now)
    var known = letters.count
    while true {
      let instant = try Company.instant("\(date) 10:00", in: zone)
      guard instant < end else { return }
      let isMonday = date.weekday == 1
      date = date.adding(days: 1)
      guard instant > clock.now else { continue }
      clock.advance(to: instant)
      if restarting, isMonday || letters.count != known { try await restart() }
      known = letters.count
      try await daemon.turn()
    }
  }

  var letters: [Letter] { post.all }

  /// The mail as a table: `2026-01-10 1 Welcome`.
  var mail: [String] { letters.map { "\(zone.date(at: $0.at)) \($0.customer) \($0.subject)" } }

  func mail(to customer: String) -> [String] {
    letters.filter { $0.customer == customer }.map { "\(zone.date(at: $0.at)) \($0.subject)" }
  }

  /// Every reminder of a customer with everything that is kept about it, oldest first.
  func details(of customer: String) async throws -> [ReminderDetail] {
    let summaries = try await daemon.ledger.reminders(
      ReminderSelection(customer: RowKey([.text(customer)])), before: nil, limit: 100)
    var details: [ReminderDetail] = []
    for summary in summaries.reversed() {
      if let detail = try await daemon.ledger.reminder(.id(summary.id)) {
        details.append(detail)
      }
    }
    return details
  }

  /// The states of a customer's reminders with their reasons: `cancelled row gone`.
  func states(of customer: String) async throws -> [String] {
    try await details(of: customer).map { detail in
      [detail.summary.state.word, detail.summary.reason?.words].compactMap(\.self)
        .joined(separator: " ")
    }
  }

  /// What `kindly source accept` or `ignore` does.
  func accept(_ acceptance: SourceAcceptance) async throws {
    try await daemon.ledger.accept(
      acceptance, ofWatch: "customers", note: ActionNote(uid: 0, user: "test", because: "test"),
      now: clock.now)
  }

  /// Applies the change log's DDL as an administrator would.
  func installChangeLog(of watch: String) async throws {
    try write(try await changeLogDDL(of: watch))
  }

  /// What `kindly source ddl` prints.
  func changeLogDDL(of watch: String) async throws -> String {
    let configuration = daemon.configuration
    guard let settings = configuration.sources.first, let watch = configuration.watch(named: watch)
    else { return "" }
    let source = try SourceAssembly.source(settings)
    let columns = try await source.columns(of: watch)
    let ddl = try await source.changeLogDDL(for: watch, columns: columns)
    await source.close()
    return ddl
  }

  private static func start(
    _ folder: TemporaryFolder, _ clock: ManualClock, _ channel: ScriptedChannel,
    _ channelTypes: [any ChannelType.Type], _ environment: [String: String],
    _ outlook: Reloader.Outlook?
  ) async throws -> Daemon {
    let loader = ConfigurationLoader(folders: [folder.path], channelTypes: channelTypes)
    return try await Daemon(
      DaemonOptions(
        load: { try loader.load() }, clock: clock, environment: environment,
        version: "test", log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        channels: [ExactText(channel.name): channel], outlook: outlook, fatal: { _ in }))
  }

  static func run(_ sql: String, in path: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.writeWithoutTransaction { try $0.execute(sql: sql) }
    try database.close()
  }

  private static func addMissingTemplates(
    in folder: TemporaryFolder, _ channelTypes: [any ChannelType.Type]
  ) throws {
    let loader = ConfigurationLoader(folders: [folder.path], channelTypes: channelTypes)
    let configuration = try loader.load()
    for use in configuration.templates where use.template != ReplyRule.template {
      let name = "templates/\(use.template).html"
      guard !FileManager.default.fileExists(atPath: folder.path + "/" + name) else { continue }
      try folder.write(
        "---\nsubject: \(use.template)\n---\n<p>Dear {{customer.name}}</p>\n", to: name)
    }
  }

  static func date(_ text: String) throws -> CivilDate {
    guard case .date(let date) = try Anchor(.text(text), as: .unknown) else {
      throw Anchor.Unusable.unreadable
    }
    return date
  }

  /// An instant from a wall time of a zone, `2026-02-10 09:30`.
  static func instant(_ text: String, in zone: Zone) throws -> Instant {
    guard case .wall(let wall) = try Anchor(.text(text), as: .unknown) else {
      throw Anchor.Unusable.unreadable
    }
    return zone.instant(of: wall)
  }
}
