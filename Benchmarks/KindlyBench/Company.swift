import Foundation
import GRDB
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import Logging

/// A company to look after: a customer database, a configuration, and the services that work on them.
struct Company: Sendable {
  let folder: String

  static let rule = "reminder"
  static let log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

  var database: String { folder + "/crm.db" }

  var hasDatabase: Bool { FileManager.default.fileExists(atPath: database) }

  var ledgerPath: String { folder + "/state/kindly.db" }

  /// Makes the customer database; `remindAt` and `alertAt` are SQL expressions of the row's `id`.
  func make(
    rows: Int, remindAt: String, alertAt: String = "NULL", journal: String = "WAL"
  ) throws {
    let queue = try DatabaseQueue(path: database)
    try queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA journal_mode = \(journal);
          CREATE TABLE customers (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, status TEXT NOT NULL,
            remind_at, alert_at, deleted INTEGER NOT NULL DEFAULT 0);
          INSERT INTO customers (id, name, email, status, remind_at, alert_at)
          WITH RECURSIVE number (id) AS (
            SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < \(rows))
          SELECT id, 'Customer ' || id, 'customer' || id || '@example.com', 'trial', \(remindAt),
            \(alertAt)
          FROM number;
          CREATE INDEX customers_remind ON customers (remind_at);
          CREATE INDEX customers_alert ON customers (alert_at) WHERE alert_at IS NOT NULL;
          """)
    }
    try queue.close()
  }

  /// Writes the configuration: one rule, sent by the channel that is given in YAML, and what else a benchmark needs.
  func configure(
    when: String, email: String, channels: String = "", rules: String = ""
  ) throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/rules.d", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder + "/templates", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder + "/state", withIntermediateDirectories: true)
    try write(
      """
      timezone: Asia/Shanghai
      delivery: live
      state: \(folder)/state
      socket: \(folder)/control.sock
      sources:
        crm: { url: "sqlite://\(database)", poll: 5s }
      watches:
        customers: { source: crm, table: customers, key: id, changes: snapshot }
      customers: { watch: customers, name: name, email: email }
      channels:
        email: \(email)
      \(channels)
      """, to: "kindly.yaml")
    try write(
      """
      rules:
        - name: \(Company.rule)
          watch: customers
          if: status = 'trial'
          when: \(when)
          fuse: 10000000 a day
          send: email
          template: reminder
          class: service
      \(rules)
      """, to: "rules.d/10-rules.yaml")
    try write(
      """
      ---
      subject: Your trial, {{customer.name}}
      ---
      <p>Dear {{customer.name}},</p>
      <p>your trial has the status {{this.status}}. Write to us whenever you need more time.</p>

      """, to: "templates/reminder.html")
  }

  private func write(_ text: String, to name: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
  }
}

/// A company's ledger and services, as the daemon puts them together.
struct CompanyAtWork: Sendable {
  let ledger: SQLiteLedger
  let generation: Generation
  let watcher: Watcher
  let scheduler: Scheduler
  let dispatcher: Dispatcher

  init(
    _ company: Company, channels: [ExactText: any Channel] = [:], now: Instant,
    clock: any Timekeeper = SystemClock()
  ) async throws {
    let configuration = try ConfigurationLoader.load(folder: company.folder)
    ledger = try Workshop.ledger(at: company.ledgerPath, now: now)
    generation = try await GenerationAssembly(
      configuration: configuration, ledger: ledger, clock: clock, environment: [:],
      channels: channels
    ).make(archivedIn: ledger, now: now)
    _ = try await ledger.activate(generation.activations, now: now)
    let current = CurrentGeneration(generation)
    let health = Health()
    let clocks = ClockBoard(
      judge: ClockGuard(built: .distantPast, latest: now, awaitsTimeServer: false), clock: clock,
      zone: { .utc },
      log: Company.log)
    watcher = Watcher(
      current: current, ledger: ledger, health: health, clocks: clocks, log: Company.log)
    scheduler = Scheduler(
      current: current, ledger: ledger, health: health, clocks: clocks, log: Company.log)
    dispatcher = Dispatcher(
      current: current,
      in: Surroundings(
        ledger: ledger, health: health, pauses: PauseBoard(), breakers: BreakerBoard(),
        clocks: clocks, clock: clock, log: Company.log))
  }

  /// Runs the dispatcher until something has come about.
  func dispatch(
    within patience: Duration = CompanyAtWork.patience, until isDone: @Sendable () -> Bool
  ) async throws {
    let bell = Bell()
    let stopping = Stopping()
    let dispatcher = dispatcher
    async let running: Void = dispatcher.run(bell: bell, stopping: stopping) {}
    let giveUp = ContinuousClock.now + patience
    while !isDone(), ContinuousClock.now < giveUp {
      try await Task.sleep(for: .milliseconds(2), clock: .continuous)
    }
    stopping.stop()
    await bell.ring()
    try await running
  }

  /// What has not come about by then will not.
  static let patience = Duration.seconds(60)

  func close() async {
    for source in generation.sources.values { await source.close() }
    await ledger.close(now: SystemClock().now)
  }
}
