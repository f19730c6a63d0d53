import Foundation
import KindlyTestKit
import Testing

@Suite("The cost of text messages")
struct ForecastCostTests {
  /// A company that texts everybody whose trial ends; the letter of a customer with a long name has two segments.
  private func company(sms channel: String? = nil, head: String? = nil) throws -> Company {
    let company = try Company()
    try FileManager.default.createDirectory(
      atPath: company.folder.path + "/sms", withIntermediateDirectories: true)
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN mobile TEXT;
      UPDATE customers SET status = 'trial', trial_ends_on = date('now', '+10 days'), lang = 'en',
        mobile = '+861380013800' || id;
      UPDATE customers SET name = '\(Self.longName)' WHERE id = 2;
      """)
    try company.configure("  phone: mobile", behind: "  email: email")
    let sms = channel ?? "{ type: smstools, path: \(company.folder.path)/sms, price: 0.045 CNY }"
    let text = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(text + "  sms: \(sms)\n", to: "kindly.yaml")
    try company.write(
      """
      rules:
        - name: texts
          watch: customers
          if: status = 'trial'
          send: sms else email
          template: texting
          when: 2 days before trial_ends_on
      """, to: "rules.d/10-trial.yaml")
    try company.write(
      "---\nsubject: \"It ends\"\n\(head ?? "sms: \"{{customer.name}}, it ends.\"")\n---\n<p>It ends.</p>\n",
      to: "templates/texting.html")
    return company
  }

  private static let longName = String(repeating: "x", count: 170)

  private struct Entry: Decodable {
    let customer: String
    let segments: Int?
    let cost: String?
    let currency: String?
    let estimated: Bool?
  }

  private func entries(of company: Company) async throws -> [Entry] {
    try await company.run("forecast", "--days", "14", "--json").json(as: [Entry].self)
  }

  @Test("of a forecast is exact where every letter was written, and check says the most")
  func exact() async throws {
    let company = try company()
    // Messages that go by mail cost nothing.
    try company.database.run("UPDATE customers SET mobile = NULL WHERE id = 3")
    try company.insert(4, name: "李雷")
    try company.database.run(
      "UPDATE customers SET mobile = '+8613800138004', trial_ends_on = date('now', '+11 days') WHERE id = 4"
    )
    let table = try await company.run("forecast", "--days", "14")
    #expect(table.code == 0, "\(table.errors)")
    #expect(
      table.cells.contains("date channel text messages segments cost"), "\(table.output)")
    #expect(table.cells.contains { $0.hasSuffix(" sms 2 3 0.135 CNY") }, "\(table.output)")
    #expect(table.cells.contains { $0.hasSuffix(" sms 1 1 0.045 CNY") }, "\(table.output)")
    #expect(table.cells.contains("total sms 3 4 0.18 CNY"), "\(table.output)")
    #expect(!table.output.contains("about"))
    let entries = try await entries(of: company)
    #expect(entries.count == 4)
    let long = try #require(entries.first { $0.customer == "2" })
    #expect(long.segments == 2 && long.cost == "0.09" && long.currency == "CNY")
    #expect(long.estimated == false)
    let mail = try #require(entries.first { $0.customer == "3" })
    #expect(mail.segments == nil && mail.cost == nil && mail.estimated == nil)
    let csv = try await company.run("forecast", "--days", "14", "--csv")
    #expect(csv.output.contains(",sms,,2,0.09,CNY,false,\n"), "\(csv.output)")
    let one = try await company.run("forecast", "--days", "14", "--customer", "2")
    #expect(one.cells.last?.hasSuffix("sms 0.09 CNY") == true, "\(one.output)")
    let check = try await company.run("check")
    #expect(
      check.output.contains(
        "texts: a message over sms costs at most 0.09 CNY (2 segments), judging by 3 letters written for real rows"
      ), "\(check.output)\(check.errors)")
  }

  @Test("of many is counted in some letters, multiplied, and called about")
  func about() async throws {
    let company = try company()
    try company.database.run(
      """
      DELETE FROM customers;
      WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 400)
      INSERT INTO customers (id, name, email, lang, status, trial_ends_on, mobile)
      SELECT id, CASE WHEN id % 4 = 0 THEN '\(Self.longName)' ELSE 'Ada' END, 'a@example.com', 'en',
        'trial', date('now', '+10 days'), '+86138001' || (38000 + id) FROM n;
      """)
    let table = try await company.run("forecast", "--days", "14")
    #expect(
      table.output.contains("about: estimated from some letters of each step and language"),
      "\(table.output)\(table.errors)")
    let entries = try await entries(of: company)
    #expect(entries.count == 400)
    let written = entries.count { $0.estimated == false }
    #expect((40..<60).contains(written))
    // A quarter of all have two segments.
    let segments = entries.compactMap(\.segments).reduce(0, +)
    #expect((490...520).contains(segments), "\(segments)")
    #expect(table.cells.contains { $0.hasPrefix("total sms 400 about \(segments) about ") })
    #expect(entries.allSatisfy { $0.currency == "CNY" && $0.cost != nil })
  }

  @Test("counts a secret at its real length, and never shows it")
  func secrets() async throws {
    let company = try company(head: "sms: \"Your password is {{customer.initial_password}}.\"")
    try company.database.run(
      "UPDATE customers SET initial_password = '\(Self.longName)' WHERE id = 2")
    let entries = try await entries(of: company)
    #expect(entries.first { $0.customer == "2" }?.segments == 2)
    let check = try await company.run("check")
    #expect(check.output.contains("costs at most 0.09 CNY"), "\(check.output)\(check.errors)")
    #expect(!check.output.contains("xxx") && !check.errors.contains("xxx"))
  }

  @Test("is not known where the letter does not say the text of the provider's template")
  func unknown() async throws {
    let company = try company(
      sms:
        "{ type: aliyun-sms, access key: { env: KEY }, access secret: { env: SECRET }, sign: 示例, price: 0.045 CNY }",
      head:
        "channels:\n  sms: { template: SMS_1, parameters: { day: \"{{date(this.trial_ends_on)}}\" } }"
    )
    let check = try await company.run("check")
    #expect(
      check.errors.contains(
        "the letter of rule texts, step only does not contain the whole text of a message over sms"),
      "\(check.output)\(check.errors)")
    #expect(!check.output.contains("costs at most"))
    let table = try await company.run("forecast", "--days", "14")
    #expect(table.cells.contains("total sms 3 0 0.00 CNY"), "\(table.output)\(table.errors)")
    #expect(
      table.output.contains(
        "not included: 3 text messages whose length is not known; see `kindly check`"))
    #expect(try await entries(of: company).allSatisfy { $0.segments == nil && $0.cost == nil })
    try company.write(
      "---\nsubject: x\nsms: \"It ends.\"\nchannels:\n  sms: { template: SMS_1, parameters: {} }\n---\n<p>x</p>\n",
      to: "templates/texting.html")
    let known = try await company.run("forecast", "--days", "14")
    #expect(known.cells.contains("total sms 3 3 0.135 CNY"), "\(known.output)\(known.errors)")
  }
}
