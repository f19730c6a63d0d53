import Foundation
import KindlyTestKit
import Testing

/// What `kindly coverage` says of all customers, whatever the rules say.
@Suite("kindly coverage --customers")
struct CustomerCoverageTests {
  private struct View: Decodable {
    struct Channel: Decodable {
      let channel: String
      let type: String
      let address: String
      let customers: Int
      let reached: Int
      let unreached: Int
      let reasons: [String: Int]
    }

    struct Phones: Decodable {
      let column: String
      let several: Int
      let severalCustomers: [String]
      let invalid: Int
      let invalidCustomers: [String]
    }

    let channels: [Channel]
    let phones: Phones?
    let refused: Int
  }

  /// A company with phone numbers of every sort.
  private func company() throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN mobile TEXT;
      DELETE FROM customers;
      INSERT INTO customers (id, name, email, mobile, status, deleted) VALUES
        (1, 'Ann', 'ann@example.com', '13800138000', 'trial', 0),
        (2, 'Bob', 'bob@example.com', '13800138001 / 13800138002', 'trial', 0),
        (3, 'Cem', 'cem@example.com', '12; 13800138003', 'trial', 0),
        (4, 'Dee', 'dee@example.com', '13800138004、13800138005', 'trial', 0),
        (5, 'Eve', 'eve@example.com', '+8613800138006,+8613800138007', 'trial', 0),
        (6, 'Fay', NULL, '110', 'trial', 0),
        (7, 'Gus', NULL, 'ask Ann', 'trial', 0),
        (8, 'Hal', 'hal@example.com', '  ', 'trial', 0),
        (9, 'Ida', 'ida@example.com', '13800138008 13800138009', 'trial', 1);
      """)
    try company.configure("  phone: mobile\n  country: CN", behind: "  email: email")
    try company.configure(
      "  sms: { type: exec, command: /bin/true, address: phone }", behind: "channels:")
    return company
  }

  @Test("counts fields with several numbers and without a valid one, and names some customers")
  func phones() async throws {
    let shown = try await company().run("coverage")
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(
      shown.output.contains(
        "\n4 customers have several numbers in customers.mobile (customers 2, 3, 4 and 1 more); messages go to the first"
      ), "\(shown.output)")
    #expect(
      shown.output.contains(
        "\n2 customers have no valid number in customers.mobile (customers 6, 7); correct the field"
      ),
      "\(shown.output)")
    for hidden in ["138", "110", "ask", "@"] { #expect(!shown.output.contains(hidden)) }
    let rule = try await company().run("coverage", "--rule", "trial")
    #expect(!rule.output.contains("several numbers"))
  }

  @Test("gives scripts what each channel reaches, as JSON and as lines")
  func scripts() async throws {
    let company = try company()
    let view = try await company.run("coverage", "--customers", "--json").json(as: View.self)
    let phones = try #require(view.phones)
    #expect(phones.column == "customers.mobile" && phones.several == 4 && phones.invalid == 2)
    #expect(phones.severalCustomers == ["2", "3", "4"] && phones.invalidCustomers == ["6", "7"])
    let sms = try #require(view.channels.first { $0.channel == "sms" })
    #expect(sms.type == "exec" && sms.address == "phone" && view.refused == 0)
    #expect(sms.customers == 8 && sms.reached + sms.unreached == 8)
    #expect(sms.reasons["no address"] == 1 && sms.reasons["suppressed"] == 0)
    let email = try #require(view.channels.first { $0.channel == "email" })
    #expect(
      email.reached == 6 && email.reasons == ["no address": 2, "malformed": 0, "suppressed": 0])
    let lines = try await company.run("coverage", "--customers", "--csv", "--channel", "email")
    #expect(
      lines.output == """
        channel,customer,reason,column
        email,6,no address,customers.email
        email,7,no address,customers.email

        """)
  }

  @Test("a condition that fails on customers leaves them out, and is told")
  func faults() async throws {
    let company = try company()
    try company.database.run("UPDATE customers SET status = 'trial', name = 'x{' WHERE id = 2")
    try company.replace(
      "  if: deleted = 0",
      with: "  if: \"deleted = 0 AND json_extract(iif(id = 2, name, '1'), '$') = 1\"")
    let shown = try await company.run("coverage", "--customers")
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(shown.output.contains("customers: ") && shown.output.contains("left out"))
  }

  @Test("ends with an error if the customers cannot be read, or a rule is asked about as well")
  func failing() async throws {
    let company = try company()
    #expect(try await company.run("coverage", "--customers", "--rule", "trial").code == 64)
    try company.database.run("ALTER TABLE customers RENAME COLUMN mobile TO cell")
    let shown = try await company.run("coverage", "--customers")
    #expect(shown.code == 78 && shown.errors.contains("mobile"))
    try FileManager.default.removeItem(atPath: company.database.path)
    #expect(try await company.run("coverage", "--customers").code == 69)
  }
}
