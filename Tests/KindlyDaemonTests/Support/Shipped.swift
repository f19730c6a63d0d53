import Foundation
import KindlyTestKit

/// A company that uses the configuration which is shipped in `config/`.
enum Shipped {
  /// Its rules as they are; letters are replaced by ones whose subject is their template's name.
  static func company(at start: String) async throws -> Company {
    try await Company(
      at: start, schema: schema, configuration: configuration,
      rules: try rules())
  }

  /// The rules about trials and leases, in one text.
  static func rules() throws -> String {
    try ["20-trial", "30-lease"].map(rules).joined(separator: "\n")
  }

  static var folder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/config"
  }

  /// The rules of a shipped file, without the head line after the first file.
  private static func rules(of name: String) throws -> String {
    let text = try String(contentsOfFile: "\(folder)/rules.d/\(name).yaml", encoding: .utf8)
    return name == "20-trial" ? text : text.replacingOccurrences(of: "rules:\n", with: "")
  }

  static let configuration = """
    timezone: Asia/Shanghai
    delivery: live
    quiet hours: 21:00-08:30
    state: FOLDER/state
    socket: FOLDER/control.sock
    sources:
      crm: { url: "sqlite://FOLDER/crm.db" }
    watches:
      customers: { source: crm, table: customers, key: id, changes: snapshot }
      leases: { source: crm, table: leases, key: id, changes: snapshot, customer: customer_id }
    customers:
      watch: customers
      if: deleted = 0
      name: name
      email: email
      language: lang
      timezone: tz
      secret: [initial_password]
    channels:
      email: { type: maildir, path: FOLDER/mail }
    """

  static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, lang TEXT, tz TEXT, status TEXT NOT NULL,
      trial_started_on DATE, trial_ends_on DATE, initial_password TEXT, deleted INTEGER NOT NULL DEFAULT 0,
      updated_at TEXT);
    CREATE TABLE leases (
      id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, status TEXT NOT NULL, starts_on DATE, ends_on DATE);
    CREATE INDEX customers_ends ON customers (trial_ends_on);
    CREATE INDEX customers_starts ON customers (trial_started_on);
    CREATE INDEX leases_customer ON leases (customer_id);
    CREATE INDEX leases_ends ON leases (ends_on);
    CREATE INDEX leases_starts ON leases (starts_on);
    """
}
