import Foundation
import KindlyTestKit

/// A small company: a customer database, and a configuration that delivers into a maildir.
final class Company: Sendable {
  let folder: TemporaryFolder
  /// In WAL mode, so that an application's write never meets a reader's lock.
  let database: TemporaryDatabase

  var etc: String { folder.path + "/etc" }
  var socket: String { folder.path + "/control.sock" }
  var mail: String { folder.path + "/mail/new" }
  var ledger: String { folder.path + "/state/kindly.db" }

  /// Makes the company; its one channel, `email`, is a maildir unless its settings are given.
  init(channel: String? = nil) throws {
    folder = try TemporaryFolder("kc")
    database = try TemporaryDatabase(
      """
      CREATE TABLE customers (
        id INTEGER PRIMARY KEY, name TEXT, email TEXT, lang TEXT, status TEXT, trial_ends_on TEXT,
        initial_password TEXT, deleted INTEGER NOT NULL DEFAULT 0
      );
      INSERT INTO customers (id, name, email, lang, status, trial_ends_on, initial_password) VALUES
        (1, '李伟', 'li.wei@example.com', 'zh-Hans', 'trial', '2099-02-10', 'geheim-1'),
        (2, 'Ada', 'ada@example.com', 'en', 'trial', '0000-00-00', 'geheim-2'),
        (3, 'Bob', 'bob@example.com', 'en', 'paid', NULL, 'geheim-3');
      """, journal: .wal)
    let channel = channel ?? "{ type: maildir, path: \(folder.path)/mail }"
    try write(Company.main(of: self, channel: channel), to: "kindly.yaml")
    try write(Company.trial, to: "rules.d/10-trial.yaml")
    try write(
      "---\nsubject: \"Welcome, {{customer.name}}\"\n---\n<p>Your password is {{customer.initial_password}}.</p>\n",
      to: "templates/welcome.html")
    try write(
      "---\nsubject: \"Your trial ends\"\n---\n<p>It ends on {{date(this.trial_ends_on)}}.</p>\n",
      to: "templates/ending.html")
  }

  func write(_ text: String, to name: String) throws { try folder.write(text, to: "etc/" + name) }

  /// Puts a line behind the one that is given in kindly.yaml.
  func configure(_ line: String, behind head: String) throws {
    let text = try String(contentsOfFile: etc + "/kindly.yaml", encoding: .utf8)
    try write(text.replacing(head + "\n", with: "\(head)\n\(line)\n"), to: "kindly.yaml")
  }

  /// Writes another text in kindly.yaml in the place of one.
  func replace(_ old: String, with new: String) throws {
    let text = try String(contentsOfFile: etc + "/kindly.yaml", encoding: .utf8)
    try write(text.replacing(old, with: new), to: "kindly.yaml")
  }

  func run(_ arguments: String..., powerless: Bool = false) async throws -> KindlyBinary.Result {
    try await run(arguments, powerless: powerless)
  }

  func run(_ arguments: [String], powerless: Bool = false) async throws -> KindlyBinary.Result {
    try await KindlyBinary.run(arguments + ["--config", etc], powerless: powerless)
  }

  /// What an application does: another process's connection to the same file.
  func insert(_ id: Int, name: String) throws {
    try database.run(
      """
      INSERT INTO customers (id, name, email, lang, status, trial_ends_on, initial_password)
      VALUES (\(id), '\(name)', 'c\(id)@example.com', 'en', 'trial', '2099-03-01', 'geheim-\(id)')
      """)
  }

  /// The reminders there are, newest first.
  func reminders() async throws -> [Reminder] {
    try await run("outbox", "list", "--json").json(as: [Reminder].self)
  }

  /// One of `kindly outbox list --json`, as far as tests ask.
  struct Reminder: Decodable {
    let id: String
    let rule: String
    let step: String
    let customer: String?
    let state: String
    let reason: String?
  }

  /// The mails that have arrived, whole.
  var letters: [String] {
    // Before the first delivery there is no folder, and no mail.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: mail)) ?? []
    return names.sorted().map {
      String(
        decoding: FileManager.default.contents(atPath: mail + "/" + $0) ?? Data(), as: UTF8.self)
    }
  }

  static let trial = """
    rules:
      - name: trial
        watch: customers
        if: status = 'trial'
        send: email
        steps:
          - { when: insert, template: welcome, class: service }
          - { when: 4 days before trial_ends_on at 09:30, template: ending }

    """

  private static func main(of company: Company, channel: String) -> String {
    """
    timezone: Asia/Shanghai
    delivery: live
    state: \(company.folder.path)/state
    socket: \(company.socket)
    sources:
      crm: { url: "sqlite://\(company.database.path)", poll: 100ms }
    watches:
      customers: { source: crm, table: customers, key: id, changes: snapshot }
    customers:
      watch: customers
      if: deleted = 0
      name: name
      email: email
      language: lang
      secret: [initial_password]
    channels:
      email: \(channel)

    """
  }
}

/// The real daemon at work for a company.
final class RunningDaemon: Sendable {
  private let process: Process
  private let errors: Capture
  private let ended: AsyncStream<Int32>

  /// Starts it, and returns when it answers; a row that is inserted before it has said that its first look is complete
  /// may fire no rule.
  ///
  /// - Parameter through: a command that prepares something and then becomes the daemon.
  static func start(
    _ company: Company, powerless: Bool = false, through: [String] = []
  ) async throws -> RunningDaemon {
    let daemon = try RunningDaemon(company, powerless: powerless, through: through)
    try await Eventually.holds("an answer on the control socket") {
      guard daemon.process.isRunning else {
        throw Eventually.NeverCame(description: "the daemon ended: \(daemon.log)")
      }
      return try await company.run("status", "--json").json(as: Status.self).daemon
    }
    return daemon
  }

  private init(_ company: Company, powerless: Bool, through: [String]) throws {
    errors = try Capture()
    process = Process()
    process.setKindly(
      ["run", "--config", company.etc], powerless: powerless, through: through)
    process.environment = KindlyBinary.environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = errors.handle
    process.standardError = errors.handle
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    ended = stream
    process.terminationHandler = { process in
      continuation.yield(process.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  private struct Status: Decodable {
    let daemon: Bool
  }

  var log: String { errors.text }

  func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for a line of the journal.
  func says(_ text: String) async throws {
    try await Eventually.holds("\"\(text)\" in the journal of \(log)") { log.contains(text) }
  }

  /// Ends it as systemd does, and returns its exit code.
  func stop() async -> Int32 {
    signal(SIGTERM)
    for await code in ended { return code }
    return -1
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }
}
