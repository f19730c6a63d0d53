import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Whose letter goes to whom, where keys look alike or are written in several ways.
@Suite("Customers' keys")
struct KeyTests {
  /// A company whose customers have the keys, each with an address of its own and a lease of the same key.
  private func company(
    _ type: String, customers: [String], leases: [String]
  ) async throws -> Company {
    let people = customers.enumerated().map { index, key in
      "INSERT INTO customers VALUES ('\(key)', 'n\(index)', 'c\(index)@example.com', '2026-03-10');"
    }
    let rows = leases.enumerated().map { index, key in
      "INSERT INTO leases VALUES (\(index), '\(key)', '2026-03-05');"
    }
    let company = try await Company(
      at: "2026-03-04 12:00",
      schema: """
        CREATE TABLE customers (id \(type) PRIMARY KEY, name TEXT, email TEXT, ends_on DATE);
        CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id TEXT, due DATE);
        \((people + rows).joined(separator: "\n"))
        """,
      configuration: Simple.configuration().replacingOccurrences(
        of: "key: id, changes: snapshot }",
        with: "key: id }\n  leases: { source: crm, table: leases, key: id, customer: customer_id }"),
      rules: """
        rules:
          - { name: lease, watch: leases, when: on due, send: email, template: lease }
          - { name: end, watch: customers, when: on ends_on, send: email, template: end }
        """)
    try await company.live(before: "2026-03-12 00:00")
    return company
  }

  @Test(
    "each customer gets their own letters where keys differ in their bytes alone",
    arguments: [
      ["Andr\u{E9}", "Andre\u{301}"], ["\u{795E}", "\u{FA19}"], ["K", "\u{212A}"], ["A12", "A12 "],
    ])
  func lookalikes(keys: [String]) async throws {
    let company = try await company("TEXT", customers: keys, leases: keys)
    // By their bytes, as two of these keys are one text to Swift.
    let letters = company.letters.map { Array("\($0.customer) \($0.subject)".utf8) }
    let expected = keys.flatMap { key in ["\(key) lease", "\(key) end"].map { Array($0.utf8) } }
    #expect(Set(letters) == Set(expected))
    #expect(letters.count == expected.count)
    await company.close()
  }

  @Test("a lease finds its customer where the customers' column ignores case")
  func caseless() async throws {
    let company = try await company(
      "TEXT COLLATE NOCASE", customers: ["AB7", "cd8"], leases: ["ab7", "CD8", "no"])
    #expect(
      company.mail.sorted() == [
        "2026-03-05 AB7 lease", "2026-03-05 cd8 lease", "2026-03-10 AB7 end", "2026-03-10 cd8 end",
      ])
    // The ledger has one customer, however a row writes them.
    #expect(try await company.states(of: "AB7") == ["sent", "sent"])
    #expect(try await company.states(of: "ab7").isEmpty)
    await company.close()
  }

  @Test("a lease finds its customer where the customers' keys have decimals")
  func decimals() async throws {
    let company = try await company("REAL", customers: ["1.5", "2"], leases: ["1.5", "2"])
    #expect(
      company.mail.sorted() == [
        "2026-03-05 1.5 lease", "2026-03-05 2 lease", "2026-03-10 1.5 end", "2026-03-10 2 end",
      ])
    #expect(try await company.states(of: "1.5") == ["sent", "sent"])
    await company.close()
  }

  @Test("rows of 0 and '0' fire nothing and are told of until each has a key of its own")
  func twins() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: """
        CREATE TABLE customers (id PRIMARY KEY, name TEXT, email TEXT, ends_on DATE);
        INSERT INTO customers VALUES (0, 'a', 'a@example.com', '2026-03-05'), (5, 'b', 'b@example.com', '2026-03-06');
        """,
      configuration: Simple.configuration(),
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
          - { name: bye, watch: customers, when: delete, send: email, template: bye, class: service }
          - { name: end, watch: customers, when: on ends_on, send: email, template: end }
        """)
    try await company.turn()
    #expect(company.daemon.health.remarks.isEmpty)
    try company.write("INSERT INTO customers VALUES ('0', 'c', 'c@example.com', '2026-03-05')")
    for day in 2...6 { try await company.turn(at: "2026-03-0\(day) 10:00") }
    #expect(
      company.daemon.health.remarks == [
        "watch customers: 2 rows with a key (id) that is not unique fire no rule until they are fixed: key 0"
      ])
    #expect(company.mail == ["2026-03-06 5 end"])
    #expect(try await company.states(of: "0").last == "waiting row in doubt")
    try company.write("UPDATE customers SET id = 'x9' WHERE typeof(id) = 'text'")
    for time in ["10:10", "10:20", "11:30"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.daemon.health.remarks.isEmpty)
    #expect(company.mail(to: "0") == ["2026-03-06 end"])
    #expect(Set(company.mail(to: "x9")) == ["2026-03-06 welcome", "2026-03-06 end"])
    #expect(company.mail.count == 4)
    await company.close()
  }
}
