import Foundation
import KindlyTestKit
import Testing

@Suite("Colleagues on the command line")
struct ColleagueCommandTests {
  /// A company whose customers have owners, some of whom cannot be reached.
  private func company() async throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN owner_id TEXT;
      CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, mail TEXT, lead_id TEXT);
      INSERT INTO staff VALUES
        ('anna', 'Anna', 'anna@company.example', 'carl'), ('bob', 'Bob', NULL, 'bob'),
        ('carl', 'Carl', 'carl@company.example', 'nora');
      UPDATE customers SET owner_id = 'anna' WHERE id = 1;
      UPDATE customers SET owner_id = 'bob', status = 'trial' WHERE id = 3;
      INSERT INTO customers (id, name, email, status, owner_id) VALUES
        (4, 'Eve', 'eve@example.com', 'trial', 'zoe');
      """)
    try company.configure(
      "  staff: { source: crm, table: staff, key: id }", behind: "watches:")
    try company.replace("  email: email\n", with: "  email: email\n  owner: owner_id\n")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    try company.write(
      main + "\ncolleagues: { watch: staff, name: name, email: mail, lead: lead_id }\n",
      to: "kindly.yaml")
    try company.write(
      """
      rules:
        - name: trial
          watch: customers
          if: status = 'trial'
          when: 4 days before trial_ends_on
          to: [owner, customer]
          send: email
          template: ending
      """, to: "rules.d/10-trial.yaml")
    return company
  }

  @Test("are counted by check, which names those who cannot be reached and wrong leads")
  func check() async throws {
    let company = try await company()
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    for warning in [
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: customers without an owner\n",
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: colleagues without a valid address for email (bob)\n",
      "10-trial.yaml:2: warning: rule trial: `to: owner` reaches nobody for 1 of 4 customers: colleagues who are not in the directory (zoe)\n",
      "warning: watch staff: 1 colleague is their own lead, directly or through others: bob; what should go to their lead reaches nobody\n",
      "warning: watch staff: 1 lead is not in the directory: nora; what should go to them reaches nobody\n",
    ] {
      #expect(checked.errors.contains(warning), "\(warning)\n\(checked.errors)")
    }
    #expect(
      checked.output.contains("send ending to owner and customer by email"), "\(checked.output)")
  }

  @Test("are shown by preview and forecast, and preview says why there is nobody")
  func preview() async throws {
    let company = try await company()
    let owner = try await company.run("preview", "trial", "1")
    #expect(owner.output.hasPrefix("To: Anna <anna@company.example>\n"), "\(owner)")
    let customer = try await company.run("preview", "trial", "1", "--to", "customer")
    #expect(customer.output.hasPrefix("To: 李伟 <li.wei@example.com>\n"), "\(customer)")
    let nobody = try await company.run("preview", "trial", "2")
    #expect(nobody.code != 0)
    #expect(
      nobody.errors.contains("there is nobody to write to as `owner`: customer 2 has no owner"),
      "\(nobody.errors)")
    let wrong = try await company.run("preview", "trial", "1", "--to", "lead")
    #expect(
      wrong.errors.contains(
        "rule trial does not write to `lead`; its recipients are owner, customer"),
      "\(wrong.errors)")
    struct Entry: Decodable {
      let customer: String
      let recipient: String?
      let leg: Int
    }
    let entries = try await company.run(
      "forecast", "--at", "2099-02-01", "--days", "10", "--json"
    ).json(as: [Entry].self).filter { $0.customer == "1" }.sorted { $0.leg < $1.leg }
    #expect(entries.map(\.recipient) == ["anna", nil])
    #expect(entries.map(\.leg) == [0, 5])
  }

  @Test("must have the columns that rules and the directory name")
  func columns() async throws {
    let company = try await company()
    try company.replace("lead: lead_id", with: "lead: boss")
    let path = company.etc + "/rules.d/10-trial.yaml"
    let rules = try String(contentsOfFile: path, encoding: .utf8)
    try company.write(
      rules.replacing("[owner, customer]", with: "colleague handler"), to: "rules.d/10-trial.yaml")
    let checked = try await company.run("check")
    #expect(checked.code != 0)
    #expect(
      checked.errors.contains(
        "expected watch staff to have the column boss that `colleagues:` names as `lead`"),
      "\(checked.errors)")
    #expect(
      checked.errors.contains(
        "expected watch customers to have the column handler that `to: colleague handler` names"),
      "\(checked.errors)")
  }
}
