import Foundation
import GRDB
import KindlyControl
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit

/// A company whose customers are written to by mail as soon as they are inserted, over a mail server of the test's.
final class MailCompany: Sendable {
  /// As many connections to the mail server may be open.
  static let connections = 4

  let folder: TemporaryFolder
  private let database: DatabaseQueue

  /// A company whose database has no customer yet, and whose mail goes to a local port.
  init(port: Int) throws {
    folder = try TemporaryFolder("kindly-mail")
    var configuration = Configuration()
    // As any application: a reader may hold its commit up for as long as a slice takes.
    configuration.busyMode = .timeout(5)
    database = try DatabaseQueue(path: folder.path + "/crm.db", configuration: configuration)
    try database.write {
      try $0.execute(sql: "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT)")
    }
    try folder.write(
      """
      timezone: UTC
      delivery: live
      state: \(folder.path)/state
      socket: \(socket)
      sources:
        crm: { url: "sqlite://\(folder.path)/crm.db", poll: 100ms }
      watches:
        customers: { source: crm, table: customers, key: id, changes: snapshot }
      customers: { watch: customers, name: name, email: email }
      channels:
        email:
          type: smtp
          url: smtp://127.0.0.1:\(port)
          tls: none
          from: Example <care@example.com>
          connections: \(MailCompany.connections)
      """, to: "kindly.yaml")
    try write(rules: MailCompany.rules)
    try folder.write(
      "---\nsubject: Welcome\n---\n<p>Dear {{customer.name}}</p>\n", to: "templates/welcome.html")
  }

  /// Replaces the mail channel by another one of the same name.
  ///
  /// - Parameter address: the word of `customers:` for the column of addresses; nil where the channel needs none.
  func use(channel: String, address: String?) throws {
    let path = folder.path + "/kindly.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let head = text.prefix(upTo: text.firstRange(of: "channels:")?.lowerBound ?? text.endIndex)
    let column = address.map { ", \($0): email" } ?? ""
    try folder.write(
      head.replacing(", email: email }", with: "\(column) }") + "channels:\n  email: \(channel)\n",
      to: "kindly.yaml")
  }

  static let rules = """
    rules:
      - name: welcome
        watch: customers
        when: insert
        fuse: 10000 a day
        class: service
        send: email
        template: welcome
    """

  func write(rules: String) throws { try folder.write(rules, to: "rules.d/10-rules.yaml") }

  var socket: String { folder.path + "/control.sock" }

  var control: ControlClient { ControlClient(path: socket) }

  /// Inserts customers in one transaction, with their ids in their addresses unless told otherwise.
  func insert(
    _ ids: ClosedRange<Int>, address: (Int) -> String = { "c\($0)@example.com" }
  ) throws {
    try database.write { db in
      for id in ids {
        try db.execute(
          sql: "INSERT INTO customers VALUES (?, ?, ?)",
          arguments: [id, "Customer \(id)", address(id)])
      }
    }
  }

  /// Says, as soon as the daemon asks, that so many new customers at once are right.
  func acceptInserts() async throws {
    try await Eventually.holds("new customers that wait for a person") {
      let reply = try await control.send(.sourceAccept("customers", because: "test"))
      guard case .ok = reply else { return false }
      return true
    }
  }

  /// Gives a customer another address.
  func moveCustomer(_ id: Int, to address: String) throws {
    try database.write {
      try $0.execute(
        sql: "UPDATE customers SET email = ? WHERE id = ?", arguments: [address, id])
    }
  }

  /// The ledger as a person would read it beside the daemon.
  func ledger() throws -> SQLiteLedgerReader {
    try SQLiteLedgerReader(path: folder.path + "/state/kindly.db")
  }

  /// Everything that is kept about the reminders that are meant, oldest first.
  func reminders(
    where isMeant: (ReminderSummary) -> Bool = { _ in true }
  ) async throws -> [ReminderDetail] {
    let ledger = try ledger()
    var details: [ReminderDetail] = []
    for summary in try await summaries().filter(isMeant) {
      if let detail = try await ledger.reminder(.id(summary.id)) { details.append(detail) }
    }
    await ledger.close()
    return details
  }

  /// Every reminder, oldest first.
  func summaries() async throws -> [ReminderSummary] {
    let ledger = try ledger()
    let newestFirst = try await ledger.reminders(ReminderSelection(), before: nil, limit: 10_000)
    await ledger.close()
    return newestFirst.reversed()
  }

  /// How many reminders are in each state.
  func states() async throws -> [ReminderState: Int] {
    let ledger = try ledger()
    // What was decided within a day before then, or later: everything.
    let status = try await ledger.status(now: Instant(milliseconds: 0))
    await ledger.close()
    return status.open.merging(status.decided, uniquingKeysWith: +).filter { $0.value > 0 }
  }

  /// Returns when so many reminders are planned, whatever became of them since.
  func plans(_ count: Int) async throws {
    try await Eventually.holds("\(count) reminders") {
      try await states().values.reduce(0, +) == count
    }
  }

  /// Returns when so many reminders are in each state, and none in another.
  func become(_ wanted: [ReminderState: Int]) async throws {
    var last: [ReminderState: Int] = [:]
    do {
      try await Eventually.holds("a state of the ledger") {
        last = try await states()
        return last == wanted
      }
    } catch {
      throw FixtureFault("the reminders never became \(wanted), but stayed \(last)")
    }
  }
}
