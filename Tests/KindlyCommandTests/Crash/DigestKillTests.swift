import Foundation
import GRDB
import KindlyCore
import KindlyTestKit
import Testing

/// The real daemon is killed while it hands digests over to a mail server.
@Suite("Kill -9 during a digest")
struct DigestKillTests {
  private static let customers = 8
  private static let rows = 40

  private static let rules = """
    rules:
      - name: orders
        watch: orders
        when: on ordered_on
        backfill: 9 days
        fuse: 10000 a day
        send: email
        digest: daily at 00:00
        template: orders
    """

  /// A company whose customers get one mail that lists all their orders.
  private func company(port: Int) throws -> MailCompany {
    let company = try MailCompany(port: port)
    let path = company.folder.path + "/kindly.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try company.folder.write(
      text.replacing(
        "watches:\n",
        with: """
          watches:
            orders: { source: crm, table: orders, key: id, customer: customer_id }

          """), to: "kindly.yaml")
    try company.write(rules: Self.rules)
    try company.folder.write(
      "---\nsubject: \"{{count}} orders\"\n---\n{{#rows}}<p>Order {{this.id}}</p>{{/rows}}\n",
      to: "templates/orders.html")
    try run(
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, ordered_on TEXT)", company)
    return company
  }

  private func run(_ sql: String, _ company: MailCompany) throws {
    let database = try DatabaseQueue(path: company.folder.path + "/crm.db")
    try database.write { try $0.execute(sql: sql) }
    try database.close()
  }

  /// A customer with 40 orders, in one transaction.
  private func insert(_ customer: Int, _ company: MailCompany) throws {
    try run(
      """
      INSERT INTO customers VALUES (\(customer), 'Customer \(customer)', 'c\(customer)@example.com');
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.rows))
      INSERT INTO orders SELECT \(customer * 1000) + i, \(customer), date('now', '-2 days') FROM n;
      """, company)
  }

  @Test(
    "killed around 8 mails of 40 rows each: none is lost, one mail is repeated unchanged, and no row is in two different mails"
  )
  func killed() async throws {
    let recorder = try await MailRecorder.start(pause: 0.05)
    let company = try company(port: recorder.port)
    var daemon = try DaemonProcess(company)
    try await daemon.says("is running: ")
    for customer in 1...Self.customers {
      // A second kill during the repeat of the same mail would leave it to a person.
      if customer > 1 { try await company.become([.sent: (customer - 1) * Self.rows]) }
      try insert(customer, company)
      if customer.isMultiple(of: 2) {
        // The mail has arrived, but it is unknown whether its answer has.
        let before = Set(try recorder.mails().map(\.recipient)).count
        try await Eventually.holds("the mail of customer \(customer)") {
          Set(try recorder.mails().map(\.recipient)).count > before
        }
      } else {
        try await company.plans(customer * Self.rows)
      }
      #expect(await daemon.kill())
      daemon = try DaemonProcess(company)
    }
    try await daemon.says("is running: ")
    try await company.become([.sent: Self.customers * Self.rows])
    #expect(await daemon.stop() == 0)

    let letters = Dictionary(grouping: try recorder.mails(), by: \.recipient)
    #expect(letters.count == Self.customers)
    #expect(letters.values.allSatisfy { Set($0.map(\.messageID)).count == 1 && $0.count <= 2 })
    // Each reminder names the message that carried it.
    let reminders = try await company.reminders()
    #expect(reminders.count { $0.lead == nil && $0.others == Self.rows - 1 } == Self.customers)
    #expect(reminders.allSatisfy { $0.attempts.last?.outcome == .sent })
  }
}
