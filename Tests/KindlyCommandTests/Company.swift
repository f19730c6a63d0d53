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

  init() throws {
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
    try write(Company.main(of: self), to: "kindly.yaml")
    try write(Company.trial, to: "rules.d/10-trial.yaml")
    try write(
      "---\nsubject: \"Welcome, {{customer.name}}\"\n---\n<p>Your password is {{customer.initial_password}}.</p>\n",
      to: "templates/welcome.html")
    try write(
      "---\nsubject: \"Your trial ends\"\n---\n<p>It ends on {{date(this.trial_ends_on)}}.</p>\n",
      to: "templates/ending.html")
  }

  func write(_ text: String, to name: String) throws { try folder.write(text, to: "etc/" + name) }

  func run(_ arguments: String...) async throws -> KindlyBinary.Result {
    try await KindlyBinary.run(arguments + ["--config", etc])
  }

  /// What an application does: another process's connection to the same file.
  func insert(_ id: Int, name: String) throws {
    try database.run(
      """
      INSERT INTO customers (id, name, email, lang, status, trial_ends_on, initial_password)
      VALUES (\(id), '\(name)', 'c\(id)@example.com', 'en', 'trial', '2099-03-01', 'geheim-\(id)')
      """)
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

  private static func main(of company: Company) -> String {
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
      email: { type: maildir, path: \(company.folder.path)/mail }

    """
  }
}

/// The real daemon at work for a company.
final class RunningDaemon: Sendable {
  private let process: Process
  private let errors: Capture
  private let ended: AsyncStream<Int32>

  /// Starts it, and returns when it answers and its first look is complete.
  static func start(_ company: Company) async throws -> RunningDaemon {
    let daemon = try RunningDaemon(company)
    try await Eventually.holds("an answer on the control socket") {
      guard daemon.process.isRunning else {
        throw Eventually.NeverCame(description: "the daemon ended: \(daemon.log)")
      }
      return try await company.run("status", "--json").json(as: Status.self).daemon
    }
    return daemon
  }

  private init(_ company: Company) throws {
    errors = try Capture()
    process = Process()
    process.executableURL = URL(fileURLWithPath: KindlyBinary.path)
    process.arguments = ["run", "--config", company.etc]
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
