import KindlyTestKit

/// A small company with one table, for tests of identity: rules are given per test.
enum Simple {
  static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, status TEXT, ends_on DATE, phone TEXT, updated_at INTEGER DEFAULT 0);
    CREATE INDEX customers_ends ON customers (ends_on);
    INSERT INTO customers (id, name, email, status, ends_on, updated_at)
    VALUES (1, 'Wang', 'wang@example.com', 'trial', '2026-03-10', 1),
           (2, 'Li', 'li@example.com', 'trial', '2026-04-20', 1);
    """

  /// One of the three ways to notice changes.
  enum Mode: String, CaseIterable, Sendable {
    case snapshot
    case cursor = "cursor updated_at"
    case changelog
  }

  static func configuration(mode: Mode = .snapshot, extra: String = "") -> String {
    """
    timezone: Asia/Shanghai
    delivery: live
    state: FOLDER/state
    socket: FOLDER/control.sock
    sources:
      crm: { url: "sqlite://FOLDER/crm.db" }
    watches:
      customers: { source: crm, table: customers, key: id, changes: \(mode.rawValue) }
    customers: { watch: customers, name: name, email: email }
    channels:
      email: { type: maildir, path: FOLDER/mail }
      inbox: { type: inbox }
    \(extra)
    """
  }

  /// A rule that writes four days before the end while it is a trial.
  static let ending = """
    rules:
      - name: ending
        watch: customers
        if: status = 'trial'
        when: 4 days before ends_on
        send: email
        template: ending
    """

  static func company(
    at start: String = "2026-03-01 12:00", mode: Mode = .snapshot, rules: String = ending,
    files: [String: String] = [:]
  ) async throws -> Company {
    let company = try await Company(
      at: start, schema: schema, configuration: configuration(mode: mode), rules: rules,
      files: files)
    if mode == .changelog { try await company.installChangeLog(of: "customers") }
    try await company.turn()
    return company
  }
}
